// Package rebuild says how far a start has come with the read model: as a share
// for the metrics, and in the log every few seconds where it takes long. Nobody is
// answered before it is whole, and who waits should know for how long.
package rebuild

import (
	"log/slog"
	"math"
	"sync/atomic"
	"time"
)

// Every is how often the log is told.
const Every = 5 * time.Second

// A Rebuild is one replay of the journal. Its methods may be called while Rows
// is.
type Rebuild struct {
	log         *slog.Logger
	began, said time.Time
	ratio       atomic.Uint64 // the bits of a float
}

// New begins one.
func New(log *slog.Logger) *Rebuild {
	now := time.Now()
	return &Rebuild{log: log, began: now, said: now}
}

// Rows is told how many of the journal's rows are replayed, from one goroutine.
func (r *Rebuild) Rows(rows, of uint64) {
	share := float64(rows) / float64(of)
	r.ratio.Store(math.Float64bits(share))
	now := time.Now()
	if now.Sub(r.said) < Every {
		return
	}
	r.said = now
	left := time.Duration(float64(now.Sub(r.began)) * (1 - share) / share)
	r.log.Warn("the read model is being built from the journal; nobody is answered until it is", "rows", rows, "of", of, "left", left.Round(time.Second))
}

// Done is told when every row is.
func (r *Rebuild) Done() { r.ratio.Store(math.Float64bits(1)) }

// Share is how much of the journal the read model holds, from 0 to 1.
func (r *Rebuild) Share() float64 { return math.Float64frombits(r.ratio.Load()) }
