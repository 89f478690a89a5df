package nodes_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// compare holds that the log's leaves are the outbox's, in its order, as the published
// checkpoint says, and gives them.
func compare(ctx context.Context, t *testing.T, n *node, length uint64) []string {
	t.Helper()
	signed, err := n.log.AwaitPublished(ctx, length-1)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := ledger.OpenCheckpoint(signed, []string{n.log.Key()})
	if err != nil || checkpoint.Size != length {
		t.Fatalf("%v: the checkpoint is of %d leaves, the outbox has %d", err, checkpoint.Size, length)
	}
	var texts []string
	for first := uint64(0); first < length; first += 256 {
		width := int(min(256, length-first))
		bundle, err := n.log.ReadEntries(ctx, first/256, width)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := ledger.SplitEntries(bundle)
		if err != nil {
			t.Fatal(err)
		}
		leaves, err := n.store.Leaves(ctx, first, width)
		if err != nil || len(leaves) != width || len(entries) != width {
			t.Fatalf("%v: %d leaves and %d entries of %d", err, len(leaves), len(entries), width)
		}
		for i, l := range leaves {
			if !bytes.Equal(l.Text, entries[i]) {
				t.Errorf("leaf %d is another in the log than in the outbox", l.Index)
			}
			texts = append(texts, string(l.Text))
		}
	}
	return texts
}

// verify holds that a case's decision has a receipt that verifies, and that the
// decision is the one of what was applied for.
func verify(ctx context.Context, t *testing.T, n *node, c store.Case) {
	t.Helper()
	file, err := n.store.Read(ctx, store.Program, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.State != store.StatePublished {
		t.Errorf("case %s is %s", c.ID, c.State)
		return
	}
	rep := ledger.Verify(file.Receipt, []string{n.log.Key()})
	if !rep.OK || rep.Index != c.Index {
		t.Errorf("the receipt of case %s: %v, leaf %d of %d", c.ID, rep.Reason, rep.Index, c.Index)
	}
	body, err := flow.DecodeBody[flow.DecidedBody](file.Decided)
	if err != nil || body.Record == "" {
		t.Errorf("the decision of case %s can't be read: %v", c.ID, err)
	}
}
