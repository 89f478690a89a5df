package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// An Eraser removes what is kept of a case outside the store. It is called again
// for a case that is gone already, and must then do nothing.
type Eraser func(ctx context.Context, id string) error

// OnErase has an eraser called for every case that is erased, before the key is
// destroyed. It is meant for the start, before [Store.FinishErasures].
func (s *Store) OnErase(e Eraser) {
	s.erasing.Lock()
	defer s.erasing.Unlock()
	s.erasers = append(s.erasers, e)
}

// Erase destroys a case for which an erased event is in the journal: first its
// documents and what the erasers keep, then its keys, after which no copy of the
// journal can be opened. It can be repeated.
func (s *Store) Erase(ctx context.Context, id string) error {
	all, err := s.view().erasedRefs()
	if err != nil {
		return err
	}
	var refs []string
	for _, e := range all {
		if e.Case == id {
			refs = append(refs, e.Ref)
		}
	}
	if refs == nil {
		return fmt.Errorf("couldn't erase case %s: no event says that it is erased", id)
	}
	s.erasing.Lock()
	defer s.erasing.Unlock()
	for _, e := range append([]Eraser{s.shelf.clear}, s.erasers...) {
		if err := e(ctx, id); err != nil {
			return fmt.Errorf("couldn't erase case %s: %w", id, err)
		}
	}
	if _, err := s.formPen.write(ctx, `DELETE FROM forms WHERE id = $1`, id); err != nil {
		return fmt.Errorf("couldn't erase the form of case %s: %w", id, err)
	}
	if err := s.keys.destroy(ctx, refs...); err != nil {
		return fmt.Errorf("couldn't erase case %s: %w", id, err)
	}
	return nil
}

// FinishErasures destroys the keys of erased cases that a stop left behind, and
// says how many such cases there were.
func (s *Store) FinishErasures(ctx context.Context) (int, error) {
	left, err := (&Inspection{s: s}).KeysLeft(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range left {
		if err := s.Erase(ctx, id); err != nil {
			return 0, err
		}
	}
	return len(left), nil
}

// A Dossier is what one municipality keeps of one applicant and is old enough to
// be erased.
type Dossier struct {
	Person       string
	Municipality string
	Cases        []Case   // not erased, oldest first
	Talks        []string // wishes to talk
	LastNote     int64    // milliseconds since 1970; of every adult in it the latest
}

// Dossiers gives the cases of every applicant whose last note in the municipality
// is older than before, in milliseconds since 1970, the oldest first. Where two
// apply together the case waits until the last note about both of them is.
func (s *Store) Dossiers(before int64) ([]Dossier, error) {
	type key struct{ person, municipality string }
	last := map[key]int64{}
	note := func(person, municipality string, at int64) {
		k := key{person, municipality}
		last[k] = max(last[k], at)
	}
	v := s.view()
	var cases []Case
	for c, err := range v.each("id") {
		if err != nil {
			return nil, err
		}
		for _, person := range c.Adults() {
			for _, step := range c.History {
				note(person, c.Municipality, step.At)
			}
		}
		if c.State != StateErased {
			cases = append(cases, c)
		}
	}
	it, err := v.txn.Get("talks", "id")
	if err != nil {
		return nil, err
	}
	talks := map[key][]string{}
	for found := it.Next(); found != nil; found = it.Next() {
		w := found.(*Wish)
		k := key{v.root(w.Person), w.Municipality}
		note(k.person, k.municipality, max(w.At, w.HandledAt))
		if !v.erased(w.ID) {
			talks[k] = append(talks[k], w.ID)
		}
	}
	of := map[key]*Dossier{}
	for _, c := range cases {
		latest := int64(0)
		for _, person := range c.Adults() {
			latest = max(latest, last[key{person, c.Municipality}])
		}
		if latest >= before {
			continue
		}
		k := key{c.Person, c.Municipality}
		if of[k] == nil {
			of[k] = &Dossier{Person: c.Person, Municipality: c.Municipality, Talks: talks[k]}
		}
		of[k].Cases = append(of[k].Cases, c)
		of[k].LastNote = max(of[k].LastNote, latest)
	}
	var out []Dossier
	for _, d := range of {
		slices.SortFunc(d.Cases, func(a, b Case) int { return cmp.Compare(a.SubmittedAt, b.SubmittedAt) })
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Dossier) int {
		return cmp.Or(cmp.Compare(a.LastNote, b.LastNote), cmp.Compare(a.Person, b.Person))
	})
	return out, nil
}

// Numbers are the municipality's numbers of a case's decisions, rising. It is an
// error where one of them has no receipt yet.
func (s *Store) Numbers(ctx context.Context, c Case) ([]uint64, error) {
	var numbers []uint64
	receipts := 0
	for _, step := range c.History {
		if step.Kind == KindPublished {
			receipts++
		}
		if step.Kind != KindDecided {
			continue
		}
		e, err := s.row(ctx, step.Seq)
		if err != nil {
			return nil, err
		}
		h, ok := e.Head.(*Decided)
		if !ok {
			return nil, fmt.Errorf("row %d of the journal is no decision but %s", step.Seq, e.Kind)
		}
		numbers = append(numbers, h.Number)
	}
	if receipts < len(numbers) {
		return nil, fmt.Errorf("couldn't erase case %s: a decision has no receipt yet", c.ID)
	}
	slices.Sort(numbers)
	return numbers, nil
}
