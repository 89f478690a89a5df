package server

import (
	"context"
	"sync"
	"time"
)

// sweepEvery is how often forms whose time has passed are looked for. None is
// shown after its time, swept or not.
const sweepEvery = time.Hour

// sweeping destroys the applications that nobody sent in time, now and then.
func (s *service) sweeping(ctx context.Context) {
	s.beside(ctx, func(ctx context.Context) time.Duration {
		s.sweep(ctx)
		return sweepEvery
	})
}

// beside does something beside the requests until the service closes, each time after
// the pause that it asks for.
func (s *service) beside(ctx context.Context, do func(context.Context) time.Duration) {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var run sync.WaitGroup
	run.Go(func() {
		for background.Err() == nil {
			select {
			case <-time.After(do(background)):
			case <-background.Done():
			}
		}
	})
	s.closing(func(context.Context) error {
		stop()
		run.Wait()
		return nil
	})
}

// sweep destroys them now, on the node that does it for all.
func (s *service) sweep(ctx context.Context) {
	if !s.leading() {
		return
	}
	n, err := s.store.SweepForms(ctx)
	if err != nil && ctx.Err() == nil {
		s.c.Log.Error("couldn't destroy old forms", "error", err)
	} else if n > 0 {
		s.c.Log.Info("destroyed forms whose time had passed", "forms", n)
	}
}
