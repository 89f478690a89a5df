package serve_test

import (
	"bytes"
	"context"
	"testing"

	"filippo.io/torchwood"
	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// policy is what a reader of the log asks of a checkpoint: its name, its key.
func policy(t *testing.T, vkey string) torchwood.Policy {
	t.Helper()
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(origin), torchwood.SingleVerifierPolicy(v))
}

// Torchwood, which nobody here wrote, reads the whole log over HTTP and finds every
// entry under the signed checkpoint.
func TestTorchwoodReadsTheLog(t *testing.T) {
	url, vkey, items, _ := served(t, 1234)
	checkpoint, _, err := torchwood.VerifyCheckpoint(get(t, url+"checkpoint"), policy(t, vkey))
	if err != nil {
		t.Fatal(err)
	}
	fetcher, err := torchwood.NewTileFetcher(url)
	if err != nil {
		t.Fatal(err)
	}
	client, err := torchwood.NewClient(fetcher)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, entry := range client.AllEntries(context.Background(), checkpoint.Tree, 0) {
		if !bytes.Equal(entry, items[i].Leaf) {
			t.Fatalf("entry %d is not the leaf", i)
		}
		n++
	}
	if err := client.Err(); err != nil || n != len(items) {
		t.Fatalf("read %d entries of %d: %v", n, len(items), err)
	}
}

// Torchwood and the Go project's tlog and note accept the proof of a receipt, and
// refuse it for another leaf.
func TestOthersVerifyReceipts(t *testing.T) {
	_, vkey, items, log := served(t, 1234)
	ctx := context.Background()
	checkpoint, err := log.ReadCheckpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range []int{0, 1, 255, 256, 1023, 1024, 1233} {
		item := items[index]
		r, err := ledger.NewReceipt(ctx, log, checkpoint, uint64(index), item.Leaf, item.Record, item.Salt)
		if err != nil {
			t.Fatal(err)
		}

		mine, other := tlog.RecordHash(item.Leaf), tlog.RecordHash(items[index^1].Leaf)
		if err := torchwood.VerifyProof(policy(t, vkey), mine, r.TLogProof()); err != nil {
			t.Errorf("torchwood refuses the receipt of %d: %v", index, err)
		}
		if err := torchwood.VerifyProof(policy(t, vkey), other, r.TLogProof()); err == nil {
			t.Errorf("torchwood accepts the receipt of %d for another leaf", index)
		}
		if theirs := torchwood.FormatProof(int64(index), r.Proof, checkpoint); !bytes.Equal(theirs, r.TLogProof()) {
			t.Errorf("torchwood writes\n%s\nwe\n%s", theirs, r.TLogProof())
		}

		signed, err := note.Open(r.Checkpoint, note.VerifierList(v))
		if err != nil {
			t.Fatal(err)
		}
		tree, err := torchwood.ParseCheckpoint(signed.Text)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(r.Proof, tree.N, tree.Hash, int64(r.Index), mine); err != nil {
			t.Errorf("tlog refuses the receipt of %d: %v", index, err)
		}
		if err := tlog.CheckRecord(r.Proof, tree.N, tree.Hash, int64(r.Index), other); err == nil {
			t.Errorf("tlog accepts the receipt of %d for another leaf", index)
		}
	}
}
