package server

import (
	"context"
	"time"
)

// rotateEvery is how often it is looked whether somebody asked for the keys to be
// rotated; again is how long a rotation that failed rests.
const (
	rotateEvery = time.Second
	rotateAgain = time.Minute
)

// rotating rotates the keys when somebody asks for it, and at the start where a rotation
// was stopped.
func (s *service) rotating(ctx context.Context) {
	s.beside(ctx, func(ctx context.Context) time.Duration {
		if s.store.Rotating() && !s.rotate(ctx) {
			return rotateAgain
		}
		return rotateEvery
	})
}

// rotate does it now, and says so; false if it is to be tried again.
func (s *service) rotate(ctx context.Context) bool {
	began := time.Now()
	n, err := s.store.Rotate(ctx, nil)
	if err != nil {
		if ctx.Err() == nil {
			s.c.Log.Error("couldn't rotate the keys; everything still opens", "error", err, "pause", rotateAgain)
		}
		return false
	}
	s.c.Log.Warn("the keys were rotated", "keys", n, "seconds", time.Since(began).Seconds())
	return true
}
