package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/skalig/skalig/server/store"
)

// A step is what a client asked about one case: to see its version, or to take it from
// the version that the client has seen to the next.
type step struct {
	id   string
	from uint64 // 0: only to see
}

// stepped is the answer: the version that was there, and whether it was the one asked for.
type stepped struct {
	found uint64
	taken bool
}

// versions is a case as everyone must see it: one after another, all in one order.
var versions = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		by := map[string][]porcupine.Operation{}
		for _, o := range history {
			id := o.Input.(step).id
			by[id] = append(by[id], o)
		}
		var out [][]porcupine.Operation
		for _, part := range by {
			out = append(out, part)
		}
		return out
	},
	Init: func() any { return uint64(1) },
	Step: func(state, input, output any) (bool, any) {
		is, in, out := state.(uint64), input.(step), output.(stepped)
		if out.found != is || out.taken != (in.from == is) {
			return false, state
		}
		if out.taken {
			is++
		}
		return true, is
	},
}

var errMoved = errors.New("another was faster")

// TestReadsAreLinearizable lets 12 clients read and change five cases at once, writes
// down when each asked and was answered, and looks for one order of all of it that
// explains every answer: who has an answer sees it, and so does everyone after.
func TestReadsAreLinearizable(t *testing.T) {
	asked, taken := 0, 0
	for round := range 20 {
		s := open(t, t.TempDir())
		var ids []string
		for i := range 5 {
			ids = append(ids, fmt.Sprintf("case-%d", i))
			must(t, s, alva, draft(submitted(alva, ids[i])))
		}
		history := record(t, s, ids, uint64(round))
		for _, o := range history {
			if o.Output.(stepped).taken {
				taken++
			}
		}
		asked += len(history)
		if got := porcupine.CheckOperationsTimeout(versions, history, time.Minute); got != porcupine.Ok {
			t.Fatalf("round %d: a history of %d answers is %s", round, len(history), got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if taken < asked/20 {
		t.Errorf("%d of %d questions changed something: the test shows little", taken, asked)
	}
	t.Logf("%d answers in 20 histories, %d of them changes: each history has one order", asked, taken)
}

// record lets the clients work and gives what happened.
func record(t *testing.T, s *store.Store, ids []string, seed uint64) []porcupine.Operation {
	began := time.Now()
	var mu sync.Mutex
	var history []porcupine.Operation
	var wg sync.WaitGroup
	for client := range 12 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(client)))
			for range 40 {
				in := step{id: ids[r.IntN(len(ids))]}
				at := time.Since(began).Nanoseconds()
				c, err := s.Look(in.id)
				out := stepped{found: c.Version}
				if err == nil && r.IntN(2) == 0 {
					mu.Lock() // the look is one of the answers too
					history = append(history, porcupine.Operation{ClientId: client, Input: in, Call: at, Output: out, Return: time.Since(began).Nanoseconds()})
					mu.Unlock()
					in.from, at = c.Version, time.Since(began).Nanoseconds()
					out, err = take(t, s, in)
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: client, Input: in, Call: at, Output: out, Return: time.Since(began).Nanoseconds()})
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return history
}

// take changes a case that is as it was seen, and says how it was.
func take(t *testing.T, s *store.Store, in step) (out stepped, err error) {
	_, err = s.Update(t.Context(), store.Program, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(in.id)
		if err != nil {
			return store.Draft{}, err
		}
		out.found = c.Version
		if c.Version != in.from {
			return store.Draft{}, errMoved
		}
		return store.Draft{Case: in.id, Head: store.Registers{}}, nil
	})
	out.taken = err == nil
	if errors.Is(err, errMoved) {
		err = nil
	}
	return out, err
}
