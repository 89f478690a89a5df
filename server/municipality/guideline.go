package municipality

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
)

// A Book holds the guidelines of every municipality that the server knows: the
// configured ones' own, and the published examples that are built in.
type Book struct{ entries map[string][]municipal.Entry } // by code, oldest first

// Open reads the guidelines of the configured municipalities.
func Open(all []Municipality) (*Book, error) {
	b := &Book{entries: map[string][]municipal.Entry{}}
	for _, e := range municipal.All() {
		b.entries[e.Code] = append(b.entries[e.Code], e)
	}
	for i := range all {
		m := &all[i]
		own, err := m.guidelines()
		if err != nil {
			return nil, err
		}
		if len(own) > 0 {
			b.entries[m.Code] = own
		}
	}
	return b, nil
}

// guidelines are the municipality's own, oldest first.
func (m *Municipality) guidelines() (own []municipal.Entry, err error) {
	add := func(name string, text []byte) error {
		e, err := parse(text)
		if err != nil || e.Code != m.Code {
			return fmt.Errorf("couldn't read the guideline %s: it is not one of municipality %s, or has faults (skalig params lint names them)", name, m.Code)
		}
		own = append(own, e)
		return nil
	}
	for _, path := range m.Guidelines {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("couldn't read the guideline of municipality %s: %w", m.Code, err)
		}
		if err := add(path, text); err != nil {
			return nil, err
		}
	}
	for _, text := range m.BuiltIn {
		if err := add("that is built in", text); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(own, func(a, b municipal.Entry) int { return int(a.From) - int(b.From) })
	return own, nil
}

func parse(text []byte) (municipal.Entry, error) {
	r := engine.NewReader(text, "")
	g := sol.ReadGuideline(r)
	r.Done()
	if p := r.Problems(); len(p) > 0 {
		return municipal.Entry{}, fmt.Errorf("%s at %q", p[0].Code, p[0].Path)
	}
	return municipal.Entry{Code: g.Municipality, Name: g.Name, Board: g.Board, Status: g.Status, From: g.From, Bytes: text}, nil
}

// For is the guideline of a municipality in force in a month, written 2026-11, or
// its newest where the month is none: the engine then says what is wrong with it.
func (b *Book) For(code, month string) (municipal.Entry, bool) {
	all := b.entries[code]
	if m, ok := engine.ParseMonth(month); ok {
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].From <= m {
				return all[i], true
			}
		}
	}
	if len(all) == 0 {
		return municipal.Entry{}, false
	}
	return all[len(all)-1], true
}

// All are the guidelines by municipality and start.
func (b *Book) All() (all []municipal.Entry) {
	for _, code := range slices.Sorted(maps.Keys(b.entries)) {
		all = append(all, b.entries[code]...)
	}
	return all
}

// List is the newest guideline of each municipality, by name: the published
// examples in their order, among them those of the configured municipalities.
func (b *Book) List() []municipal.Entry {
	var out []municipal.Entry
	for _, all := range b.entries {
		if len(all) > 0 {
			out = append(out, all[len(all)-1])
		}
	}
	slices.SortFunc(out, func(a, b municipal.Entry) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return out
}
