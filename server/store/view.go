package store

import (
	"iter"
	"slices"
)

// Case finds a case by id.
func (v *View) Case(id string) (Case, error) {
	found, err := v.txn.First("cases", "id", id)
	if err != nil {
		return Case{}, err
	}
	if c, _ := found.(*Case); c != nil {
		return *c, nil
	}
	return Case{}, ErrNotFound
}

// ByKey finds the case that a person submitted under a form's key.
func (v *View) ByKey(person, key string) (Case, error) {
	for c, err := range v.of(person) {
		if err != nil {
			return Case{}, err
		}
		if c.Key == key {
			return c, nil
		}
	}
	return Case{}, ErrNotFound
}

// Decided reports whether the person has a decision for the month, and whether
// for any month, apart from the case except.
func (v *View) Decided(person, month, except string) (forMonth, ever bool, err error) {
	for c, err := range v.of(person) {
		if err != nil {
			return false, false, err
		}
		if c.ID == except || c.State != StateDecided && c.State != StatePublished {
			continue
		}
		ever = true
		forMonth = forMonth || c.Month == month
	}
	return forMonth, ever, nil
}

// Next gives the place of the next leaf: its index in the log, its number in the
// municipality and the hash of the municipality's leaf before it.
func (v *View) Next(municipality string) (index, number uint64, prev [32]byte, err error) {
	if index, err = nextIndex(v.txn); err != nil {
		return 0, 0, prev, err
	}
	t, err := townshipOf(v.txn, municipality)
	return index, t.Next, t.Prev, err
}

// Stopped reports whether automatic decisions are stopped for the municipality,
// and whether for the person's household.
func (v *View) Stopped(municipality, person string) (all, household bool, err error) {
	if all, err = v.stopped(scope(municipality, "")); err != nil {
		return false, false, err
	}
	household, err = v.stopped(scope(municipality, v.root(person)))
	return all, household, err
}

// StoppedEverywhere reports whether automatic decisions are stopped for the whole
// service.
func (v *View) StoppedEverywhere() (bool, error) { return v.stopped(Everywhere) }

func (v *View) stopped(scope string) (bool, error) {
	found, err := v.txn.First("automation", "id", scope)
	if err != nil {
		return false, err
	}
	s, _ := found.(*stop)
	return s != nil && s.Stopped, nil
}

// Released reports whether a release leaf exists for the engine.
func (v *View) Released(engine string) (bool, error) {
	found, err := v.txn.First("releases", "engine", engine)
	return found != nil, err
}

// InForce reports whether a release leaf exists for the engine together with a
// guideline, and is in force on a day.
func (v *View) InForce(engine, guideline, day string) (bool, error) {
	it, err := v.txn.Get("releases", "engine", engine)
	if err != nil {
		return false, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if r := found.(*release); r.From <= day && slices.Contains(r.Guidelines, guideline) {
			return true, nil
		}
	}
	return false, nil
}

// Stated reports whether a release leaf exists for what was approved.
func (v *View) Stated(statement string) (bool, error) {
	it, err := v.txn.Get("releases", "id")
	if err != nil {
		return false, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if found.(*release).Statement == statement {
			return true, nil
		}
	}
	return false, nil
}

// Released reports whether a release leaf exists for the engine.
func (s *Store) Released(engine string) (bool, error) { return s.view().Released(engine) }

// InForce is that of View, as things stand.
func (s *Store) InForce(engine, guideline, day string) (bool, error) {
	return s.view().InForce(engine, guideline, day)
}

// Cited are the engines that decisions name.
func (s *Store) Cited() ([]string, error) {
	it, err := s.view().txn.Get("cited", "id")
	if err != nil {
		return nil, err
	}
	var engines []string
	for found := it.Next(); found != nil; found = it.Next() {
		engines = append(engines, found.(*cited).Engine)
	}
	return engines, nil
}

// of gives the cases in which the person applies, alone or with another.
func (v *View) of(person string) func(yield func(Case, error) bool) {
	return func(yield func(Case, error) bool) {
		person := v.root(person)
		for _, index := range []string{"person", "partner"} {
			for c, err := range v.each(index, person) {
				if !yield(c, err) {
					return
				}
			}
		}
	}
}

// Last gives the person's latest published decision, and false where there is none.
func (v *View) Last(person string) (last Case, ok bool, err error) {
	for c, err := range v.of(person) {
		if err != nil {
			return Case{}, false, err
		}
		if c.State == StatePublished && (!ok || c.Month > last.Month || c.Month == last.Month && c.DecidedAt > last.DecidedAt) {
			last, ok = c, true
		}
	}
	return last, ok, nil
}

// town gives a municipality's cases in some states, or in all where none is named. They are
// the read model's own: nobody changes them.
func (v *View) town(municipality string, states ...State) iter.Seq2[*Case, error] {
	if states == nil {
		states = States
	}
	return func(yield func(*Case, error) bool) {
		for _, state := range states {
			it, err := v.txn.Get("cases", "state", string(state), municipality)
			if err != nil {
				yield(nil, err)
				return
			}
			for found := it.Next(); found != nil; found = it.Next() {
				if !yield(found.(*Case), nil) {
					return
				}
			}
		}
	}
}

// ruled gives the leaves of a municipality's decisions made from one time to before another,
// in milliseconds since 1970, in order.
func (v *View) ruled(municipality string, from, to int64) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		it, err := v.txn.LowerBound("outbox", "ruled", municipality, from)
		if err != nil {
			yield(nil, err)
			return
		}
		for found := it.Next(); found != nil; found = it.Next() {
			if e := found.(*Entry); e.Municipality != municipality || e.DecidedAt >= to || !yield(e, nil) {
				return
			}
		}
	}
}

// Before gives the household's latest decision for an earlier month in the same
// municipality, and false where there is none.
func (v *View) Before(c *Case) (before Case, ok bool, err error) {
	for _, person := range c.Adults() {
		for k, err := range v.of(person) {
			if err != nil {
				return Case{}, false, err
			}
			decided := k.State == StateDecided || k.State == StatePublished
			if decided && k.Municipality == c.Municipality && k.Month < c.Month && (!ok || k.Month > before.Month || k.Month == before.Month && k.DecidedAt > before.DecidedAt) {
				before, ok = k, true
			}
		}
	}
	return before, ok, nil
}

// Months are those before a month that are decided for a person, with whether a decision
// grants something.
func (v *View) Months(person, before string) (map[string]bool, error) {
	out := map[string]bool{}
	for c, err := range v.of(person) {
		if err != nil {
			return nil, err
		}
		if (c.State == StateDecided || c.State == StatePublished) && c.Month < before {
			out[c.Month] = out[c.Month] || c.Outcome != "refused"
		}
	}
	return out, nil
}

func (v *View) each(index string, args ...any) func(yield func(Case, error) bool) {
	return func(yield func(Case, error) bool) {
		it, err := v.txn.Get("cases", index, args...)
		if err != nil {
			yield(Case{}, err)
			return
		}
		for found := it.Next(); found != nil; found = it.Next() {
			if !yield(*found.(*Case), nil) {
				return
			}
		}
	}
}

// Before gives the household's latest decision before that of a case, to be read
// with the rights of whoever asks.
func (s *Store) Before(id string) (before Case, ok bool, err error) {
	v := s.view()
	c, err := v.Case(id)
	if err != nil {
		return Case{}, false, err
	}
	return v.Before(&c)
}

func (s *Store) view() *View { return &View{s.model.Txn(false)} }
