package server

import (
	"context"
	"sync"
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
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var run sync.WaitGroup
	run.Go(func() {
		for background.Err() == nil {
			pause := rotateEvery
			if s.store.Rotating() && !s.rotate(background) {
				pause = rotateAgain
			}
			select {
			case <-background.Done():
			case <-time.After(pause):
			}
		}
	})
	s.closing(func(context.Context) error {
		stop()
		run.Wait()
		return nil
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
