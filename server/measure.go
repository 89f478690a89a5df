package server

import (
	"context"
	"sync"
	"time"

	"github.com/skalig/skalig/server/metrics"
)

// sizesEvery is how often the read model's objects are counted, which takes the
// longer the more there are.
const sizesEvery = time.Minute

// sizes remembers how many objects the read model had when they were last counted.
type sizes struct {
	sync.Mutex
	at time.Time
	of map[string]int
}

// look counts the objects anew where that was long ago.
func (z *sizes) look(s *service) map[string]int {
	z.Lock()
	defer z.Unlock()
	if z.of == nil || time.Since(z.at) > sizesEvery {
		of, err := s.store.Sizes()
		if err != nil {
			return z.of
		}
		z.of, z.at = of, time.Now()
	}
	return z.of
}

// measure fills in what the metrics say of the read model, and of what decides.
func (s *service) measure(state *metrics.State) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state.Objects = s.sizes.look(s)
	behind, err := s.store.Behind(ctx)
	state.Behind, state.Readable = behind, err == nil
	state.Engine = s.engineHex
	state.InForce, _ = s.store.InForceFrom(s.engineHex, s.today())
}
