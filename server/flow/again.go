package flow

import (
	"context"
	"errors"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// The results of deciding a recorded case again.
const (
	Match      = "match"
	Mismatch   = "mismatch"   // the record is not what was committed to, or its engine computes another thing
	Unreadable = "unreadable" // the record is there and can't be opened
)

// Past decisions are replayed a few at a time, so that all of the country's of a month
// are in a day, and nobody waits for it.
const (
	replayEvery = 15 * time.Second
	replayed    = 50
)

// replaying decides every recorded case again and again, from the first to the last
// that has a receipt, and then from the first.
func (s *Service) replaying(ctx context.Context) {
	if s.Replay == nil {
		return
	}
	tick := time.NewTicker(replayEvery)
	defer tick.Stop()
	for from := uint64(0); ; {
		next, err := s.replaySome(ctx, from)
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("couldn't replay past decisions; trying again", "error", err)
		}
		from = next
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// replaySome replays the decisions among the leaves from an index on, and gives the
// index to go on from: 0 when it has come to the end.
func (s *Service) replaySome(ctx context.Context, from uint64) (next uint64, err error) {
	leaves, err := s.Store.Leaves(ctx, from, replayed)
	if err != nil {
		return from, err
	}
	for i := range leaves {
		if ctx.Err() != nil {
			return from, ctx.Err()
		}
		from = leaves[i].Index + 1
		if leaves[i].Kind == store.KindDecided {
			s.replayOne(ctx, &leaves[i])
		}
	}
	if len(leaves) < replayed {
		s.Observer.ReplayedAll(s.Clock())
		return 0, nil
	}
	return from, nil
}

// replayOne counts what came of one decision. One that was erased is passed by.
func (s *Service) replayOne(ctx context.Context, l *store.Leaf) {
	sealed, err := s.Store.Sealed(ctx, *l)
	if errors.Is(err, store.ErrErased) || ctx.Err() != nil {
		return
	}
	result := Unreadable
	var salt [32]byte
	var text []byte
	if err == nil {
		salt, text, err = opening(*l, sealed)
	}
	if err == nil {
		result, err = Match, s.again(ctx, l, salt, text)
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		if result == Match {
			result = Mismatch
		}
		s.Log.Error("a past decision does not replay", "index", l.Index, "case", l.Case, "result", result, "error", err)
	}
	s.Observer.Replayed(result)
}

// again holds that the record is what the leaf commits to, and decides it again.
func (s *Service) again(ctx context.Context, l *store.Leaf, salt [32]byte, text []byte) error {
	leaf, err := ledger.ParseLeaf(l.Text)
	if err != nil {
		return err
	}
	if ledger.Commit(salt, text) != leaf.Commitment {
		return errors.New("the record is not what the leaf commits to")
	}
	d, err := record.ParseDecision(text)
	if err != nil {
		return err
	}
	return s.Replay(ctx, d)
}
