package simulation_test

import (
	"github.com/skalig/skalig/ledger"
)

// told is what somebody outside was told, and so must hold for ever.
type told struct {
	cases     map[string]string // by the applicant
	published map[string]bool   // cases whose receipt an applicant holds
	decided   map[string]bool   // cases whose decision a caseworker was told of
	ordered   map[string]bool   // payment files
	trees     map[uint64]ledger.Checkpoint
	largest   map[string]uint64 // checkpoint seen, by where
	shown     map[string]string // the latest one, by where
}

func newTold() told {
	return told{map[string]string{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[uint64]ledger.Checkpoint{}, map[string]uint64{}, map[string]string{}}
}

// submitted notes that an applicant was told of a case.
func (w *world) submitted(who, id string) {
	w.mu.Lock()
	earlier := w.told.cases[who]
	w.told.cases[who] = id
	w.mu.Unlock()
	if earlier != "" && earlier != id {
		w.broken("%s was told of case %s, and then of %s, under one form", who, earlier, id)
	}
}

// hold notes something that an acknowledged word made true.
func (w *world) hold(what map[string]bool, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	what[id] = true
}

// saw notes a checkpoint that was shown somewhere: it verifies, it is the only one of its
// size, and no smaller one comes after it in the same place.
func (w *world) saw(where string, signed []byte) {
	w.mu.Lock()
	known := w.told.shown[where] == string(signed)
	w.told.shown[where] = string(signed)
	w.mu.Unlock()
	if known {
		return
	}
	c, err := ledger.OpenCheckpoint(signed, []string{logKey})
	if err != nil {
		w.broken("a checkpoint shown by %s does not verify: %v", where, err)
		return
	}
	w.mu.Lock()
	other, twice := w.told.trees[c.Size]
	w.told.trees[c.Size] = c
	was := w.told.largest[where]
	w.told.largest[where] = max(was, c.Size)
	w.mu.Unlock()
	if twice && other.Root != c.Root {
		w.broken("two checkpoints of size %d have two roots", c.Size)
	}
	if c.Size < was {
		w.broken("the checkpoint shown by %s went from %d to %d", where, was, c.Size)
	}
}
