package simulation_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// A chance draws from one stream of a seed.
type chance struct {
	mu sync.Mutex
	r  *rand.Rand
}

// stream is the seed's, for whoever the name says.
func stream(seed uint64, name ...any) *chance {
	h := fnv.New64a()
	fmt.Fprintln(h, name...)
	return &chance{r: rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// one says yes once in n times.
func (c *chance) one(n int) bool { return c.upTo(n) == 0 }

func (c *chance) coin() bool { return c.one(2) }

// upTo is from 0 to n-1.
func (c *chance) upTo(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.r.IntN(n)
}

// between is a time that hardly any other draw gives.
func (c *chance) between(from, to time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return from + time.Duration(c.r.Int64N(int64(to-from)))
}

// Read makes bytes, as for case ids and salts.
func (c *chance) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range b {
		b[i] = byte(c.r.Uint32())
	}
	return len(b), nil
}
