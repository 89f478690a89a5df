package flow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Of several nodes on one journal one leads. It alone appends to the log, issues
// receipts, takes up what others left, and does what is due each day. Two that do it
// at once for a moment, as after a process was frozen, do no harm:
//
//	the same leaf bytes at the same index   the log accepts them again, and refuses others
//	a receipt, a notice, a decision         its event checks the newest state under the
//	                                        journal's head, and is written once
//	a checkpoint                            the same tree signed again, never a smaller one

// How the nodes work together.
const (
	sweepEvery = 5 * time.Second  // how often the leader looks for cases that a node left behind
	handsOff   = 10 * time.Second // how long a case is its own node's
)

// join takes part among the nodes and returns when the engine's release is in the
// journal, whoever put it there.
func (s *Service) join(ctx context.Context) error {
	s.Store.OnNews(func() {
		kick(s.append)
		kick(s.publish)
		if log, ok := s.Ledger.(Leading); ok {
			log.Look()
		}
	})
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.run.Go(func() { s.Lead(background, s.duty) })
	s.run.Go(func() { s.replaying(background) })
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		released, err := s.Store.Released(s.engine)
		if err != nil || released {
			return err
		}
		select {
		case <-tick.C:
		case <-s.failed:
			return s.err
		case <-ctx.Done():
			return fmt.Errorf("couldn't decide by engine %s: %w", s.engine[:12], ErrUnreleased)
		}
	}
}

// duty is what a leader does until ctx ends.
func (s *Service) duty(ctx context.Context) {
	s.Log.Info("leading")
	defer s.Log.Info("no longer leading")
	if log, ok := s.Ledger.(Leading); ok {
		log.Lead(true)
		defer log.Lead(false)
	}
	var run sync.WaitGroup
	defer run.Wait()
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := s.takeOver(ctx)
		if err == nil {
			break
		}
		if errors.Is(err, ErrLogAhead) || errors.Is(err, ErrLogOther) {
			s.fail(err)
			return
		}
		s.Log.Warn("couldn't take over yet; trying again", "error", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
	run.Go(func() { s.appending(ctx) })
	run.Go(func() { s.publishing(ctx) })
	run.Go(func() { s.taking(ctx) })
	run.Go(func() { s.releasing(ctx) })
	run.Go(func() { s.daily(ctx) })
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			kick(s.take)
		case <-ctx.Done():
			return
		}
	}
}

// takeOver brings this node to where a leader begins, and finishes what the last one
// left half done.
func (s *Service) takeOver(ctx context.Context) error {
	if err := s.reconcile(ctx); err != nil {
		return err
	}
	return s.resume(ctx)
}

// A Leading log is shared: only the leader signs, and the others look for what it has.
type Leading interface {
	Lead(bool)
	Look()
}
