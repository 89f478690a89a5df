package flow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
)

// Start reconciles the journal with the log and takes up everything that was
// half done. It returns when the artefact's release is published, so that the
// service may decide, and every submitted case has been tried.
func (s *Service) Start(ctx context.Context) error {
	if err := s.reconcile(ctx); err != nil {
		return err
	}
	if err := s.kept(); err != nil {
		return err
	}
	if s.Lead != nil {
		return s.join(ctx)
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.run.Go(func() { s.replaying(background) })
	return s.assume(ctx, background, &s.run)
}

// assume takes up what is half done and begins what goes on until background ends. It
// returns when every leaf that was in the outbox has its receipt.
func (s *Service) assume(ctx, background context.Context, run *sync.WaitGroup) error {
	if err := s.resume(ctx); err != nil {
		return err
	}
	run.Go(func() { s.appending(background) })
	run.Go(func() { s.publishing(background) })
	if err := s.settled(ctx); err != nil {
		return err
	}
	if err := s.takeUp(ctx); err != nil {
		s.Log.Error("couldn't take up every case; trying again", "error", err)
	}
	run.Go(func() { s.taking(background) })
	run.Go(func() { s.releasing(background) })
	run.Go(func() { s.daily(background) })
	return nil
}

// resume logs what people have approved, and finishes what a stop left half done.
func (s *Service) resume(ctx context.Context) error {
	if err := s.release(ctx); err != nil {
		return fmt.Errorf("couldn't release the engine: %w", err)
	}
	if released, err := s.Store.Released(s.engine); err != nil || !released {
		return errors.Join(err, fmt.Errorf("couldn't decide by engine %s: %w", s.engine[:12], ErrUnreleased))
	}
	n, err := s.Store.FinishErasures(ctx)
	if n > 0 {
		s.Log.Warn("finished erasures that a stop had left", "cases", n)
	}
	return err
}

// takeUp decides or refers every case that has only been submitted.
func (s *Service) takeUp(ctx context.Context) error {
	pending, err := s.Store.Pending()
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range pending {
		if s.Lead != nil && s.Clock().Sub(time.UnixMilli(c.SubmittedAt)) < handsOff {
			continue // the node that took it in is at it
		}
		bounded, cancel := context.WithTimeout(ctx, 10*time.Second)
		if err := s.advance(bounded, c.ID); err != nil {
			errs = append(errs, fmt.Errorf("couldn't take up case %s: %w", c.ID, err))
		}
		cancel()
	}
	return errors.Join(errs...)
}

// taking takes up the cases that a request left behind.
func (s *Service) taking(ctx context.Context) {
	s.loop(ctx, s.take, func() (bool, error) { return false, s.takeUp(ctx) })
}

// Stop ends the work in the background; what is half done is taken up by the
// next Start.
func (s *Service) Stop() {
	if s.stop != nil {
		s.stop()
	}
	s.run.Wait()
}

// settled waits until every leaf that is now in the outbox has its receipt.
func (s *Service) settled(ctx context.Context) error {
	n, err := s.Store.Length()
	if err != nil || n == 0 {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- s.Store.AwaitReceipt(ctx, n-1) }()
	select {
	case err := <-done:
		return err
	case <-s.failed:
		return s.err
	}
}

// reconcile compares log and outbox: the log may be shorter, and is then filled
// from the outbox, but it must hold nothing else.
func (s *Service) reconcile(ctx context.Context) error {
	size, err := s.Ledger.Size(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read the log's size: %w", err)
	}
	signed, err := s.Ledger.ReadCheckpoint(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read the log's checkpoint: %w", err)
	}
	if err := s.Store.Current(ctx); err != nil { // what other nodes have appended is in the journal
		return err
	}
	length, err := s.Store.Length()
	if err != nil {
		return err
	}
	if size > length {
		return fmt.Errorf("%w (%d leaves and %d)", ErrLogAhead, size, length)
	}
	if size == 0 {
		return nil
	}
	checkpoint, err := ledger.OpenCheckpoint(signed, s.Keys)
	if err != nil {
		return fmt.Errorf("couldn't open the log's checkpoint: %w", err)
	}
	if checkpoint.Size > length {
		return fmt.Errorf("%w (%d leaves and %d)", ErrLogAhead, checkpoint.Size, length)
	}
	root, err := s.root(checkpoint.Size)
	if err != nil {
		return err
	}
	if root != checkpoint.Root {
		return fmt.Errorf("%w (size %d)", ErrLogOther, checkpoint.Size)
	}
	return nil
}

// root is the Merkle root of the outbox's first n leaves.
func (s *Service) root(n uint64) (tlog.Hash, error) {
	type subtree struct {
		hash  tlog.Hash
		level int
	}
	var stack []subtree
	for hash, err := range s.Store.LeafHashes(n) {
		if err != nil {
			return tlog.Hash{}, err
		}
		next := subtree{hash: hash}
		for len(stack) > 0 && stack[len(stack)-1].level == next.level {
			next = subtree{tlog.NodeHash(stack[len(stack)-1].hash, next.hash), next.level + 1}
			stack = stack[:len(stack)-1]
		}
		stack = append(stack, next)
	}
	if len(stack) == 0 {
		return tlog.TreeHash(0, nil)
	}
	root := stack[len(stack)-1].hash
	for i := len(stack) - 2; i >= 0; i-- {
		root = tlog.NodeHash(stack[i].hash, root)
	}
	return root, nil
}
