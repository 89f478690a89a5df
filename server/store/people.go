package store

import (
	"context"
	"errors"
	"slices"
)

// # One person, several numbers
//
// A person is known by a reference that is made of the identity number. Where the
// number changes (a coordination number gives way to a personal identity number), a
// continued event joins the two references. The one that was there first stands for
// both from then on: it is what the read model has, wherever the journal's earlier
// rows name the other, and what a caller has who signs in with either number.
//
// By reference are found: cases, by applicant and co-applicant; forms, by owner and
// co-applicant; signatures; documents; wishes to talk; the account; stops, bounds and
// protection; messages, appeals and completions of one's own; the accesses that are
// one's own; what is old enough to be erased. Cases, accounts, stops, bounds and
// protection are moved when the event is applied; all else asks [View.root] or
// [View.refs]. An access event keeps the reference that it was written with, and is
// found by its case.

// alias is a reference of a person who has several.
type alias struct {
	Ref      string
	Root     string // stands for all of them
	Previous string // whose place this one took
	Next     string // that took the place of this one
}

// doubt is what a reference may have to do with another, once for each of the two.
type doubt struct {
	ID               string // ref/other
	Ref, Other       string
	Person, Previous string
	Why              string
	Seq              uint64
}

func (v *View) alias(ref string) (*alias, error) {
	found, err := v.txn.First("people", "id", ref)
	a, _ := found.(*alias)
	return a, err
}

// root is the reference that stands for a person.
func (v *View) root(ref string) string {
	if a, err := v.alias(ref); err == nil && a != nil {
		return a.Root
	}
	return ref
}

// refs are all references of a person, the one that stands for them first.
func (v *View) refs(ref string) []string {
	root := v.root(ref)
	out := []string{root}
	it, err := v.txn.Get("people", "root", root)
	if err != nil {
		return out
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if a := found.(*alias); a.Ref != root {
			out = append(out, a.Ref)
		}
	}
	return out
}

// obstacle says why the service must not join two references by itself, empty where
// nothing is in the way.
func (v *View) obstacle(person, previous string) (string, error) {
	if apart, err := v.apart(person, previous); err != nil || apart {
		return UnclearApart, err
	}
	later, err := v.alias(previous)
	if err != nil {
		return "", err
	}
	earlier, err := v.alias(person)
	if err != nil {
		return "", err
	}
	if later != nil && later.Next != "" || earlier != nil && earlier.Previous != "" {
		return UnclearClaimed, nil
	}
	mine, err := collect(v.of(person))
	if err != nil {
		return "", err
	}
	theirs, err := collect(v.of(previous))
	if err != nil {
		return "", err
	}
	return clash(mine, theirs), nil
}

// clash says what is in the way of two people's cases being one's.
func clash(mine, theirs []Case) string {
	gone := func(c Case) bool { return c.State == StateErased }
	mine, theirs = slices.DeleteFunc(mine, gone), slices.DeleteFunc(theirs, gone)
	for _, a := range mine {
		if slices.ContainsFunc(theirs, func(b Case) bool { return a.ID == b.ID }) {
			return UnclearTogether
		}
	}
	if slices.ContainsFunc(mine, Case.open) && slices.ContainsFunc(theirs, Case.open) {
		return UnclearOpen
	}
	for _, a := range mine {
		if slices.ContainsFunc(theirs, func(b Case) bool { return a.Month == b.Month }) {
			return UnclearMonth
		}
	}
	return ""
}

// open holds for a case in which something is yet to be decided.
func (c Case) open() bool {
	return c.State != StatePublished && c.State != StateErased || c.Awaits()
}

// doubts are what is said of any of a person's references and another person's.
func (v *View) doubts(person string) ([]doubt, error) {
	var out []doubt
	for _, ref := range v.refs(person) {
		it, err := v.txn.Get("doubts", "ref", ref)
		if err != nil {
			return nil, err
		}
		for found := it.Next(); found != nil; found = it.Next() {
			if d := found.(*doubt); v.root(d.Other) != v.root(ref) {
				out = append(out, *d)
			}
		}
	}
	return out, nil
}

// between is what is said last of two people, nil for nothing.
func (v *View) between(person, other string) (*doubt, error) {
	all, err := v.doubts(person)
	if err != nil {
		return nil, err
	}
	var last *doubt
	for i := range all {
		if d := &all[i]; v.root(d.Other) == v.root(other) && (last == nil || d.Seq > last.Seq) {
			last = d
		}
	}
	return last, nil
}

func (v *View) apart(person, other string) (bool, error) {
	d, err := v.between(person, other)
	return d != nil && d.Why == UnclearApart, err
}

// Unclear reports whether one of a case's adults may have another number, under which
// there is something that nobody has joined.
func (v *View) Unclear(c *Case) (bool, error) {
	for _, person := range c.Adults() {
		all, err := v.doubts(person)
		if err != nil {
			return false, err
		}
		for _, d := range all {
			if apart, err := v.apart(person, d.Other); err != nil || !apart {
				return err == nil, err
			}
		}
	}
	return false, nil
}

// judges is a caseworker's right to say whether two references are one person: from a
// case that is one of theirs, where the service has found it unclear, and with the right
// to every case of both.
func (v *View) judges(c Caller, d Draft, person, previous string) bool {
	k, err := v.Case(d.Case)
	if err != nil || c.Role != Caseworker || !c.sees(&k) || len(d.Body) == 0 {
		return false
	}
	if known, err := v.between(person, previous); err != nil || known == nil {
		return false
	}
	named := false
	for _, ref := range []string{person, previous} {
		for k, err := range v.of(ref) {
			if err != nil || !c.sees(&k) {
				return false
			}
			named = named || k.ID == d.Case
		}
	}
	return named
}

// Root is the reference that stands for a person who may have several.
func (s *Store) Root(ref string) string { return s.view().root(ref) }

// Refs are all references of a person, the one that stands for them first.
func (s *Store) Refs(ref string) []string { return s.view().refs(ref) }

var errKnown = errors.New("nothing new is said of two references")

// Continue notes that who signs in, of whom the provider says so, had another number
// before, and gives the reference that stands for the person. Where that is not clear
// enough, or whole is false since the provider vouches for one municipality alone, it
// notes that instead, and the two stay two until a human has looked.
func (s *Store) Continue(ctx context.Context, person, previous string, whole bool) (string, error) {
	if root := s.Root(person); root == s.Root(previous) {
		return root, nil
	}
	_, err := s.Update(ctx, Program, func(v *View) (Draft, error) {
		if v.root(person) == v.root(previous) {
			return Draft{}, errKnown
		}
		why, err := v.obstacle(person, previous)
		if err != nil {
			return Draft{}, err
		}
		if why == "" && !whole {
			why = UnclearProvider
		}
		if why == "" {
			return Draft{Head: Continued{Person: person, Previous: previous}}, nil
		}
		if known, err := v.between(person, previous); err != nil || known != nil && (known.Why == why || known.Why == UnclearApart) {
			return Draft{}, errors.Join(errKnown, err)
		}
		return Draft{Head: Unclear{Person: person, Previous: previous, Why: why}}, nil
	})
	if err != nil && !errors.Is(err, errKnown) {
		return "", err
	}
	return s.Root(person), nil
}

// A Twin is a person who may be one of a case's adults under another number.
type Twin struct {
	Seq    uint64 // of the event that says so
	Why    string // UnclearOpen, …
	Cases  []Case // theirs that the caller sees
	Hidden bool   // there are others, of other municipalities or protected
	Person string // for Judged
	Before string
}

// Joins reports whether a caseworker may say that the two are one.
func (t Twin) Joins() bool { return !t.Hidden && t.Why != UnclearTogether && t.Why != UnclearClaimed }

// Twins gives a caseworker who else a case's adults may be, and that nobody has judged.
// Where there is nobody it writes no access event: that says nothing of anyone.
func (s *Store) Twins(ctx context.Context, caller Caller, id string) ([]Twin, error) {
	c, err := s.view().Case(id)
	if err != nil {
		return nil, err
	}
	v := s.view()
	if unclear, err := v.Unclear(&c); err != nil || !unclear {
		return nil, err
	}
	if _, err := s.allowed(ctx, caller, "read twins", id); err != nil {
		return nil, err
	}
	var out []Twin
	var named []string
	for _, person := range c.Adults() {
		all, err := v.doubts(person)
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			if last, err := v.between(person, d.Other); err != nil || last.Seq != d.Seq || last.Why == UnclearApart {
				if err != nil {
					return nil, err
				}
				continue
			}
			t, err := v.twin(caller, &d)
			if err != nil {
				return nil, err
			}
			out, named = append(out, t), append(named, ids(t.Cases)...)
		}
	}
	return out, s.witness(ctx, caller, "list twins", false, named...)
}

// twin is the other of two, as far as the caller sees.
func (v *View) twin(caller Caller, d *doubt) (Twin, error) {
	t := Twin{Seq: d.Seq, Why: d.Why, Person: d.Person, Before: d.Previous}
	for c, err := range v.of(d.Other) {
		if err != nil {
			return t, err
		}
		if caller.sees(&c) {
			t.Cases = append(t.Cases, c)
		} else {
			t.Hidden = true
		}
	}
	return t, nil
}
