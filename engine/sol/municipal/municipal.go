// Package municipal holds the guidelines of municipalities as data, one file
// for each municipality and start: <code>-<YYYY-MM>.json, in the form that
// sol.ReadGuideline reads. A municipality is added by adding its file. The
// file's bytes are what a decision records and what its digest is taken over.
package municipal

import (
	"embed"
	"fmt"
	"sort"
	"strings"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

//go:embed *.json
var files embed.FS

// An Entry is one guideline.
type Entry struct {
	Code   string // four digits
	Name   string
	Board  string
	Status sol.GuidelineStatus
	From   engine.Month
	Bytes  []byte // the file
}

// Demo is the code of the synthetic municipality of demonstrations. It lies
// outside the codes that Statistics Sweden gives out.
const Demo = "9999"

var entries = load()

func load() []Entry {
	list, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	var all []Entry
	for _, f := range list {
		data, err := files.ReadFile(f.Name())
		if err != nil {
			panic(err)
		}
		r := engine.NewReader(data, "")
		g := sol.ReadGuideline(r)
		r.Done()
		if p := r.Problems(); len(p) > 0 {
			panic(fmt.Sprintf("couldn't read the guideline %s: %s at %q", f.Name(), p[0].Code, p[0].Path))
		}
		if want := g.Municipality + "-" + g.From.String() + ".json"; f.Name() != want {
			panic(fmt.Sprintf("couldn't read the guideline %s: its content belongs in %s", f.Name(), want))
		}
		all = append(all, Entry{g.Municipality, g.Name, g.Board, g.Status, g.From, data})
	}
	sort.Slice(all, func(i, k int) bool {
		if a, b := strings.ToLower(all[i].Name), strings.ToLower(all[k].Name); a != b {
			return a < b
		}
		return all[i].From < all[k].From
	})
	return all
}

// All returns every guideline by name and start.
func All() []Entry { return entries }

// List returns the newest guideline of each municipality, by name.
func List() []Entry {
	var list []Entry
	for i, e := range entries {
		if i+1 == len(entries) || entries[i+1].Code != e.Code {
			list = append(list, e)
		}
	}
	return list
}

// For returns the guideline of a municipality that is in force in a month.
func For(code string, m engine.Month) (Entry, bool) {
	for i := len(entries) - 1; i >= 0; i-- {
		if e := entries[i]; e.Code == code && e.From <= m {
			return e, true
		}
	}
	return Entry{}, false
}

// File returns the bytes of a municipality's newest guideline.
func File(code string) ([]byte, bool) {
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].Code == code {
			return entries[i].Bytes, true
		}
	}
	return nil, false
}
