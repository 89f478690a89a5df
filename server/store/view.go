package store

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
	household, err = v.stopped(scope(municipality, person))
	return all, household, err
}

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
	found, err := v.txn.First("releases", "id", engine)
	return found != nil, err
}

// of gives the cases in which the person applies, alone or with another.
func (v *View) of(person string) func(yield func(Case, error) bool) {
	return func(yield func(Case, error) bool) {
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

func (s *Store) view() *View { return &View{s.model.Txn(false)} }
