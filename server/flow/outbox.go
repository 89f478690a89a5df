package flow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/store"
)

// batch is the most leaves that go into the log in one call.
const batch = 256

// appending keeps the log as long as the outbox. It is the log's only writer.
func (s *Service) appending(ctx context.Context) {
	s.loop(ctx, s.append, func() (bool, error) {
		size, err := s.Ledger.Size(ctx)
		if err != nil {
			return false, fmt.Errorf("couldn't read the log's size: %w", err)
		}
		leaves, err := s.Store.Leaves(ctx, size, batch)
		if err != nil {
			return false, err
		}
		if len(leaves) == 0 {
			kick(s.publish) // the last append may have failed in its answer alone
			return false, nil
		}
		if s.Store.Room() == store.None {
			return false, store.ErrFull
		}
		texts := make([][]byte, len(leaves))
		for i, l := range leaves {
			texts[i] = l.Text
		}
		began := time.Now()
		if err := s.Ledger.Append(ctx, size, texts); err != nil {
			return false, fmt.Errorf("couldn't append to the log: %w", err)
		}
		s.Observer.Appended(len(leaves), time.Since(began))
		kick(s.publish)
		return true, nil
	})
}

// publishing gives every leaf in a published checkpoint its receipt.
func (s *Service) publishing(ctx context.Context) {
	s.loop(ctx, s.publish, func() (bool, error) {
		size, err := s.Ledger.Size(ctx)
		if err != nil {
			return false, fmt.Errorf("couldn't read the log's size: %w", err)
		}
		leaves, err := s.Store.Unpublished(ctx, batch)
		if err != nil {
			return false, err
		}
		for len(leaves) > 0 && leaves[len(leaves)-1].Index >= size {
			leaves = leaves[:len(leaves)-1]
		}
		if len(leaves) == 0 {
			return false, nil
		}
		began := time.Now()
		checkpoint, err := s.Ledger.AwaitPublished(ctx, leaves[len(leaves)-1].Index)
		if err != nil {
			return false, fmt.Errorf("couldn't await a checkpoint: %w", err)
		}
		s.Observer.Covered(time.Since(began))
		return true, s.issue(ctx, checkpoint, leaves)
	})
}

// loop runs step until it has nothing more to do, after each kick. What may pass
// is tried again, ever more slowly; a log that disagrees, or must be opened again,
// ends the service.
func (s *Service) loop(ctx context.Context, kicks chan struct{}, step func() (more bool, err error)) {
	const first, last = 100 * time.Millisecond, 10 * time.Second
	pause := first
	for ctx.Err() == nil {
		more, err := step()
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && more:
			pause = first
			continue
		case err == nil:
			pause = first
			select {
			case <-kicks:
			case <-ctx.Done():
			}
			continue
		}
		var reason ledger.Reason
		if errors.Is(err, ledger.ErrFork) || errors.Is(err, ledger.ErrGap) || errors.Is(err, ledger.ErrNotLeaf) ||
			errors.Is(err, ledger.ErrUncertain) || errors.Is(err, ledger.ErrClosed) || errors.Is(err, store.ErrStopped) || errors.As(err, &reason) {
			s.fail(err)
			return
		}
		s.Log.Warn("a step in the background failed; trying again", "error", err, "pause", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, last)
	}
}

// issue makes, checks and stores the receipts of leaves, side by side so that
// the journal commits them together.
func (s *Service) issue(ctx context.Context, checkpoint []byte, leaves []store.Leaf) error {
	errs := make([]error, len(leaves))
	var wg sync.WaitGroup
	for i, l := range leaves {
		wg.Go(func() { errs[i] = s.receipt(ctx, checkpoint, l) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (s *Service) receipt(ctx context.Context, checkpoint []byte, l store.Leaf) error {
	sealed, err := s.Store.Sealed(ctx, l)
	if err != nil {
		return err
	}
	salt, text, err := opening(l, sealed)
	if err != nil {
		return err
	}
	r, err := ledger.NewReceipt(ctx, s.Ledger, checkpoint, l.Index, l.Text, text, salt)
	if err != nil {
		return fmt.Errorf("couldn't make the receipt of leaf %d: %w", l.Index, err)
	}
	file := r.Marshal()
	if rep := ledger.Verify(file, s.Keys); !rep.OK {
		return fmt.Errorf("couldn't verify the receipt of leaf %d: %w", l.Index, rep.Reason)
	}
	_, err = s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		if done, err := v.Receipted(l.Index); err != nil || done {
			return store.Draft{}, errors.Join(err, errDone)
		}
		return store.Draft{Case: l.Case, Key: fmt.Sprintf("publish:%d", l.Index),
			Head: store.Published{Index: l.Index}, Body: file}, nil
	})
	if errors.Is(err, errDone) { // by a node that believed that it leads
		return nil
	}
	if err == nil {
		s.Observer.Published(l.Mode, s.Clock().Sub(time.UnixMilli(l.DecidedAt)))
	}
	return err
}

// opening gives what a leaf commits to.
func opening(l store.Leaf, sealed []byte) (salt [32]byte, text []byte, err error) {
	var b NoticeBody
	if l.Kind == store.KindDecided {
		var d DecidedBody
		d, err = DecodeBody[DecidedBody](sealed)
		b = NoticeBody{d.Salt, d.Record}
	} else {
		b, err = DecodeBody[NoticeBody](sealed)
	}
	if err == nil && len(b.Salt) != len(salt) {
		err = fmt.Errorf("couldn't read the salt of leaf %d", l.Index)
	}
	if err != nil {
		return salt, nil, err
	}
	return [32]byte(b.Salt), []byte(b.Record), nil
}
