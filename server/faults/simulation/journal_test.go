package simulation_test

import (
	"database/sql/driver"
	"fmt"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/server/store/fragile"
)

// A picture is what is durable, read as one reads who trusts no program: rows and leaves.
type picture struct {
	rows                          int
	submitted, decided, published map[string]int // events, by case
	batches                       map[string]bool
	parts                         map[string]string // transfers, by id: their payment file
	leaves                        [][]byte          // of the outbox, in its order
	receipts                      map[uint64]bool   // by leaf
}

// leafed is a head of an event that is a leaf.
type leafed struct {
	Index uint64 `json:"index"`
	Leaf  []byte `json:"leaf"`
}

// journal is the database that holds the rows.
func (w *world) journal() *fragile.Database {
	if w.shared {
		return w.server
	}
	return w.nodes[0].disk.File(filepath.Join(w.nodes[0].dir, "journal.db"))
}

// durable reads what is durable.
func (w *world) durable() (p picture, err error) {
	p = picture{submitted: map[string]int{}, decided: map[string]int{}, published: map[string]int{}, batches: map[string]bool{}, parts: map[string]string{}, receipts: map[uint64]bool{}}
	d := w.journal()
	if d == nil {
		return p, nil // nothing has ever begun
	}
	there := false
	if err := d.Query(`SELECT 1 FROM sqlite_master WHERE name = 'journal'`, func([]driver.Value) error { there = true; return nil }); err != nil || !there {
		return p, err
	}
	return p, d.Query(`SELECT seq, kind, case_ref, head FROM journal ORDER BY seq`, func(row []driver.Value) error {
		p.rows++
		seq, kind, id, head := row[0].(int64), store.Kind(row[1].(string)), row[2].(string), []byte(row[3].(string))
		if seq != int64(p.rows) {
			return fmt.Errorf("row %d follows row %d", seq, p.rows-1)
		}
		return p.add(kind, id, head)
	})
}

func (p *picture) add(kind store.Kind, id string, head []byte) error {
	switch kind {
	case store.KindSubmitted:
		p.submitted[id]++
	case store.KindDecided:
		p.decided[id]++
	case store.KindPublished:
		var h store.Published
		if err := json.Unmarshal(head, &h); err != nil {
			return err
		}
		if p.receipts[h.Index] {
			return fmt.Errorf("leaf %d has two receipts", h.Index)
		}
		p.receipts[h.Index] = true
		p.published[id]++
	case store.KindOrdered:
		var h store.Ordered
		if err := json.Unmarshal(head, &h); err != nil {
			return err
		}
		p.batches[h.Batch] = true
		for _, part := range h.Parts {
			if other := p.parts[part.ID]; other != "" {
				return fmt.Errorf("transfer %s is in the payment files %s and %s", part.ID, other, h.Batch)
			}
			p.parts[part.ID] = h.Batch
		}
	}
	var l leafed
	if err := json.Unmarshal(head, &l); err != nil || l.Leaf == nil {
		return err
	}
	if l.Index != uint64(len(p.leaves)) {
		return fmt.Errorf("leaf %d follows leaf %d", l.Index, len(p.leaves)-1)
	}
	p.leaves = append(p.leaves, l.Leaf)
	return nil
}
