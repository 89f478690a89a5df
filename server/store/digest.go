package store

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
)

// Digest is SHA-256 over every object of the read model, table by table in the order of
// their ids, with the number of rows that it was made of: two stores that hold the same
// rows have the same. It walks through all of them.
func (s *Store) Digest() (digest [32]byte, rows uint64, err error) {
	rows = s.Rows()
	txn := s.model.Txn(false)
	h := sha256.New()
	for _, table := range slices.Sorted(maps.Keys(modelSchema.Tables)) {
		it, err := txn.Get(table, "id")
		if err != nil {
			return digest, 0, err
		}
		fmt.Fprintf(h, "%s\n", table)
		for found := it.Next(); found != nil; found = it.Next() {
			text, err := json.Marshal(found, json.Deterministic(true))
			if err != nil {
				return digest, 0, fmt.Errorf("couldn't write an object of table %s: %w", table, err)
			}
			fmt.Fprintf(h, "%d:%s\n", len(text), text)
		}
	}
	return [32]byte(h.Sum(nil)), rows, nil
}
