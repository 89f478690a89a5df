// Package soltest holds the cases that every build of the engine must answer
// alike, and a generator of synthetic households.
//
// A case is a txtar file in cases, readable by a lawyer:
//
//	The working, by hand, as the comment.
//	-- facts.json --
//	{"schema":"skalig/facts/1",…}
//	-- guideline --
//	1287-2019-01        (a file of package municipal, none, or a guideline itself)
//	-- want --
//	human 17340         (outcome, and support or surplus as +n or -n)
//	reason rent-above-cap costs[0]
//	question lunch persons[1].lunch
//	check child-benefit 2500   (what is usual)
//	3940 norm.adult/single
//	4406 norm            (rows in the trace's order; those not named are not checked)
//	-- says --
//	Du kan ha rätt till 5 220 kr för mars 2026.   (what the Swedish explanation says, line by line; may be left out)
package soltest

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/skalig/skalig/engine/sol/municipal"
)

//go:embed cases/*.txtar
var files embed.FS

// A Case is one household with the answer worked out by hand.
type Case struct {
	Name      string
	Working   string
	Facts     []byte
	Guideline []byte // nil for none
	Want      []string
	Says      []string
}

// Input returns the input of the call assess.
func (c Case) Input() []byte {
	in := append([]byte(`{"facts":`), c.Facts...)
	if c.Guideline != nil {
		in = append(append(in, `,"guideline":`...), c.Guideline...)
	}
	return append(in, '}')
}

// Cases returns every case in the order of their names.
func Cases() ([]Case, error) {
	var all []Case
	err := fs.WalkDir(files, "cases", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		c, err := parse(strings.TrimSuffix(d.Name(), ".txtar"), txtar.Parse(data))
		if err != nil {
			return fmt.Errorf("couldn't read the case %s: %w", path, err)
		}
		all = append(all, c)
		return nil
	})
	return all, err
}

func parse(name string, a *txtar.Archive) (Case, error) {
	c := Case{Name: name, Working: strings.TrimSpace(string(a.Comment))}
	for _, f := range a.Files {
		text := strings.TrimSpace(string(f.Data))
		switch f.Name {
		case "facts.json":
			c.Facts = []byte(text)
		case "guideline":
			g, err := guideline(text)
			if err != nil {
				return c, err
			}
			c.Guideline = g
		case "want":
			c.Want = strings.Split(text, "\n")
		case "says":
			c.Says = strings.Split(text, "\n")
		default:
			return c, fmt.Errorf("no such part: %s", f.Name)
		}
	}
	if c.Working == "" || c.Facts == nil || c.Want == nil {
		return c, fmt.Errorf("a case needs its working, facts.json and want")
	}
	return c, nil
}

func guideline(name string) ([]byte, error) {
	if name == "none" {
		return nil, nil
	}
	if strings.HasPrefix(name, "{") {
		return []byte(name), nil
	}
	for _, e := range municipal.All() {
		if e.Code+"-"+e.From.String() == name {
			return e.Bytes, nil
		}
	}
	return nil, fmt.Errorf("no guideline %s", name)
}
