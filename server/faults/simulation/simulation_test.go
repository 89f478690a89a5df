package simulation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

// number is a number from the environment.
func number(t testing.TB, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// An outcome is what came of a world.
type outcome struct {
	wrong           string
	steps, deaths   int
	cases, receipts int
	trace, diary    string
}

// live plays the world of a seed.
func live(t *testing.T, seed uint64, broken control, read bool) (o outcome) {
	t.Helper()
	root := filepath.Join(pristine+"-worlds", fmt.Sprint("seed-", seed))
	defer os.RemoveAll(root)
	synctest.Test(t, func(t *testing.T) {
		w, err := newWorld(seed, broken, root)
		if err != nil {
			t.Fatal(err)
		}
		w.read = read
		w.play()
		o = outcome{w.wrong, w.steps, w.deaths, len(w.told.cases), len(w.told.published), fmt.Sprintf("%x", w.trace.Sum(nil)), w.diary.String()}
	})
	return o
}

// worlds makes room for the folders of worlds, and has Go's scheduler decide as little as
// can be.
func worlds(t *testing.T) {
	t.Helper()
	if err := os.MkdirAll(pristine+"-worlds", 0o700); err != nil {
		t.Fatal(err)
	}
	before := runtime.GOMAXPROCS(1)
	t.Cleanup(func() {
		runtime.GOMAXPROCS(before)
		_ = os.RemoveAll(pristine + "-worlds")
	})
}

// TestSimulation plays the worlds of many seeds.
func TestSimulation(t *testing.T) {
	worlds(t)
	if os.Getenv("SKALIG_SEED") != "" {
		seed := number(t, "SKALIG_SEED", 0)
		o := live(t, seed, none, true)
		t.Logf("%s", o.diary)
		if o.wrong != "" {
			t.Fatalf("seed %d: %s", seed, o.wrong)
		}
		return
	}
	var sum outcome
	first, seeds := number(t, "SKALIG_FIRST", 0), number(t, "SKALIG_SEEDS", 200)
	for seed := first; seed < first+seeds; seed++ {
		o := live(t, seed, none, false)
		if o.wrong != "" {
			t.Fatalf("seed %d: %s\nagain: SKALIG_SEED=%d go test -run '^TestSimulation$' -v ./server/faults/simulation", seed, o.wrong, seed)
		}
		sum.steps, sum.deaths, sum.cases, sum.receipts = sum.steps+o.steps, sum.deaths+o.deaths, sum.cases+o.cases, sum.receipts+o.receipts
	}
	t.Logf("%d seeds from %d on, %d steps, %d deaths, %d applications acknowledged, %d receipts held: nothing lost, nothing twice", seeds, first, sum.steps, sum.deaths, sum.cases, sum.receipts)
}

// TestSimulationCanFail breaks one thing at a time, which must be found.
func TestSimulationCanFail(t *testing.T) {
	for _, broken := range []control{lies, unfenced, unguarded, blind, keyless} {
		t.Run(string(broken), func(t *testing.T) {
			worlds(t)
			const most = 400
			for seed := range uint64(most) {
				if o := live(t, seed, broken, false); o.wrong != "" {
					t.Logf("found by seed %d: %s", seed, o.wrong)
					return
				}
			}
			t.Errorf("%d seeds found nothing wrong with %s", most, broken)
		})
	}
}

// TestSimulationReplays plays seeds twice: most go the same way to the last step, the rest
// until Go's scheduler decides otherwise.
func TestSimulationReplays(t *testing.T) {
	worlds(t)
	const seeds = 20
	same := 0
	for seed := range uint64(seeds) {
		one, other := live(t, seed, none, true), live(t, seed, none, true)
		if one.trace == other.trace {
			same++
			continue
		}
		a, b := strings.Split(one.diary, "\n"), strings.Split(other.diary, "\n")
		at := 0
		for at < min(len(a), len(b)) && a[at] == b[at] {
			at++
		}
		if at < min(len(a), len(b)) {
			t.Logf("seed %d goes another way after %d of %d steps: %s, or %s", seed, at, len(a), a[at], b[at])
		}
	}
	t.Logf("%d of %d seeds were the same to the last step when they were played again", same, seeds)
	if same < seeds/4 {
		t.Errorf("only %d of %d seeds replay", same, seeds)
	}
}
