package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// figures are what a run has measured so far.
type figures struct {
	mu       sync.Mutex
	times    map[string][]time.Duration
	errors   map[string]int
	outcomes map[string]int
	indexes  map[uint64]bool // leaves of acknowledged decisions
	behind   time.Duration   // the longest that an application had to wait to be begun
}

func newFigures() *figures {
	return &figures{times: map[string][]time.Duration{}, errors: map[string]int{}, outcomes: map[string]int{}, indexes: map[uint64]bool{}}
}

func (f *figures) took(name string, d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times[name] = append(f.times[name], d)
}

func (f *figures) failed(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.errors[err.Error()]++
}

func (f *figures) granted(kind string)  { f.outcome(kind + ", granted by the machine") }
func (f *figures) referred(kind string) { f.outcome(kind + ", referred to a caseworker") }

func (f *figures) outcome(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outcomes[what]++
}

// leaf notes a decision's leaf, and says false where it was there.
func (f *figures) leaf(index uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	had := f.indexes[index]
	f.indexes[index] = true
	return !had
}

func (f *figures) leaves() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.indexes)
}

func (f *figures) late(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.behind = max(f.behind, d)
}

// wrong counts the errors.
func (f *figures) wrong() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range f.errors {
		n += k
	}
	return n
}

// print writes a line for each name: how often, the quantiles, and every error.
func (f *figures) print(to io.Writer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fmt.Fprintf(to, "%-40s %9s %9s %9s %9s %9s\n", "", "times", "p50 ms", "p95 ms", "p99 ms", "worst ms")
	for _, name := range slices.Sorted(maps.Keys(f.times)) {
		all := slices.Sorted(slices.Values(f.times[name]))
		at := func(percent int) float64 { return ms(all[min(len(all)*percent/100, len(all)-1)]) }
		fmt.Fprintf(to, "%-40s %9d %9.1f %9.1f %9.1f %9.1f\n", name, len(all), at(50), at(95), at(99), ms(all[len(all)-1]))
	}
	for _, name := range slices.Sorted(maps.Keys(f.outcomes)) {
		fmt.Fprintf(to, "%6d × %s\n", f.outcomes[name], name)
	}
	for _, text := range slices.Sorted(maps.Keys(f.errors)) {
		fmt.Fprintf(to, "ERROR %d × %s\n", f.errors[text], text)
	}
	if f.behind > time.Second {
		fmt.Fprintf(to, "note: it could not keep the pace: an application was begun %.1f s late\n", f.behind.Seconds())
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
