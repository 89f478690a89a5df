package flow

import (
	"context"
	"fmt"

	"github.com/skalig/skalig/ledger"
)

// Renew makes a receipt anew under the log's latest checkpoint: the same leaf, record
// and salt, with the cosignatures that there are now.
func (s *Service) Renew(ctx context.Context, file []byte) ([]byte, error) {
	old, err := ledger.ParseReceipt(file)
	if err != nil {
		return nil, fmt.Errorf("couldn't renew a receipt: %w", err)
	}
	checkpoint, err := s.Ledger.AwaitPublished(ctx, old.Index)
	if err != nil {
		return nil, fmt.Errorf("couldn't renew the receipt of leaf %d: %w", old.Index, err)
	}
	r, err := ledger.NewReceipt(ctx, s.Ledger, checkpoint, old.Index, old.Leaf, old.Record, old.Salt)
	if err != nil {
		return nil, fmt.Errorf("couldn't renew the receipt of leaf %d: %w", old.Index, err)
	}
	file = r.Marshal()
	if rep := ledger.Verify(file, s.Keys); !rep.OK {
		return nil, fmt.Errorf("couldn't verify the receipt of leaf %d: %w", old.Index, rep.Reason)
	}
	return file, nil
}
