package flow

import (
	"context"
	"fmt"

	"github.com/skalig/skalig/ledger"
)

// ReleaseReceipt makes the receipt of an engine's release leaf: its record is
// public, and anyone may hold the proof that the log names the engine. It gives
// [store.ErrNotFound] where the log does not.
func (s *Service) ReleaseReceipt(ctx context.Context, engine string) ([]byte, error) {
	leaf, err := s.Store.Release(ctx, engine)
	if err != nil {
		return nil, err
	}
	sealed, err := s.Store.Sealed(ctx, leaf)
	if err != nil {
		return nil, err
	}
	salt, text, err := opening(leaf, sealed)
	if err != nil {
		return nil, err
	}
	checkpoint, err := s.Ledger.AwaitPublished(ctx, leaf.Index)
	if err != nil {
		return nil, fmt.Errorf("couldn't make the receipt of a release: %w", err)
	}
	r, err := ledger.NewReceipt(ctx, s.Ledger, checkpoint, leaf.Index, leaf.Text, text, salt)
	if err != nil {
		return nil, fmt.Errorf("couldn't make the receipt of a release: %w", err)
	}
	return r.Marshal(), nil
}
