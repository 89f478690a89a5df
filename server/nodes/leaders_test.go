package nodes_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/ledger/publication"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
)

// TestOldLeader: of two nodes that both believe that they lead, the one with other
// leaves is refused by the log, and what it signs by the checkpoint that they share.
func TestOldLeader(t *testing.T) {
	p, ctx := found(t), t.Context()
	db, err := postgres.OpenURL(ctx, p.url)
	if err != nil {
		t.Fatal(err)
	}
	board, err := publiclog.NewBoard(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	defer board.Close()
	var nodes []*publiclog.Log
	for _, name := range []string{"a", "b"} {
		log, err := publiclog.OpenShared(ctx, filepath.Join(p.root, name, "log"), publiclog.Config{Backend: publiclog.Trillian, Address: p.cluster.Address()}, board, logger)
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close(ctx)
		log.Lead(true)
		nodes = append(nodes, log)
	}
	old, leads := nodes[0], nodes[1]
	leaves, others := ledgertest.Leaves(ledgertest.Chain("9999", 6)), ledgertest.Leaves(ledgertest.Chain("1234", 6))
	must := func(signed []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	must(nil, old.Append(ctx, 0, leaves[:2]))
	before := must(old.AwaitPublished(ctx, 1))
	must(nil, leads.Append(ctx, 2, leaves[2:4]))
	now := must(leads.AwaitPublished(ctx, 3))

	if err := old.Append(ctx, 2, others[2:4]); !errors.Is(err, ledger.ErrFork) {
		t.Errorf("the old leader's own leaves: %v", err)
	}
	if size, err := old.Size(ctx); err != nil || size != 4 {
		t.Errorf("the log has %d leaves: %v", size, err)
	}
	if shown := must(old.AwaitPublished(ctx, 3)); !bytes.Equal(shown, now) {
		t.Errorf("the old leader shows %q, the new one %q", shown, now)
	}

	signer, _, err := logdir.ReadKey(filepath.Join(p.root, "a", "log"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		size uint64
		old  []byte
	}{{"larger, by one who has not seen the newest", 5, before}, {"smaller, by one who has", 3, now}, {"the first", 4, nil}} {
		forged := must(ledger.SignCheckpoint(signer, c.size, tlog.Hash{1}))
		if err := board.Replace(ctx, c.old, forged); !errors.Is(err, publication.ErrMoved) {
			t.Errorf("%s: %v", c.name, err)
		}
		if there := must(board.Read(ctx)); !bytes.Equal(there, now) {
			t.Errorf("%s: the nodes' checkpoint is %q", c.name, there)
		}
	}
}
