package store

import "context"

// Sizes counts the read model's objects by table. It walks through all of them: a
// second for some millions.
func (s *Store) Sizes() (map[string]int, error) {
	v := s.view()
	sizes := make(map[string]int, len(modelSchema.Tables))
	for table := range modelSchema.Tables {
		it, err := v.txn.Get(table, "id")
		if err != nil {
			return nil, err
		}
		n := 0
		for found := it.Next(); found != nil; found = it.Next() {
			n++
		}
		sizes[table] = n
	}
	return sizes, nil
}

// Behind is how many rows of the journal the read model lacks at this moment.
func (s *Store) Behind(ctx context.Context) (uint64, error) {
	had := s.Rows()
	seq, _, err := readHead(ctx, s.readers)
	if err != nil || seq < had {
		return 0, err
	}
	return seq - had, nil
}

// InForceFrom is the first day of the release by which the engine decides on a day;
// empty where none is in force.
func (s *Store) InForceFrom(engine, day string) (from string, err error) {
	it, err := s.view().txn.Get("releases", "engine", engine)
	if err != nil {
		return "", err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if r := found.(*release); r.From <= day {
			from = max(from, r.From)
		}
	}
	return from, nil
}
