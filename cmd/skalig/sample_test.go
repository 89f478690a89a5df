package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/sample"
	served "github.com/skalig/skalig/ledger/serve"
)

// TestSample: the command gives what the root of the named checkpoint draws, for a
// checkpoint that is not the latest too.
func TestSample(t *testing.T) {
	signer, vkey := ledgertest.Key("log.example.se/skalig")
	items := ledgertest.Chain("9999", 50)
	first, err := ledger.ParseLeaf(items[0].Leaf)
	if err != nil {
		t.Fatal(err)
	}
	release := ledger.Leaf{Kind: ledger.Release, Municipality: ledger.Service, Day: "2026-01-01", Engine: first.Engine}
	leaves := append([][]byte{release.Marshal()}, ledgertest.Leaves(items)...)
	log, err := ledgertest.NewMemory(signer)
	if err == nil {
		err = log.Append(t.Context(), 0, leaves)
	}
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(served.Handler(log, vkey))
	defer server.Close()
	for _, size := range []uint64{51, 31} {
		var stored storedHashes
		var candidates []uint64
		for i, leaf := range leaves[:size] {
			added, err := tlog.StoredHashes(int64(i), leaf, &stored)
			if err != nil {
				t.Fatal(err)
			}
			stored = append(stored, added...)
			if i > 0 {
				candidates = append(candidates, uint64(i))
			}
		}
		root, err := tlog.TreeHash(int64(size), &stored)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("log log.example.se/skalig, %d leaves, root %s\n", size, root)
		for _, index := range sample.Draw(root, size, "9999", 7, candidates) {
			want += fmt.Sprintf("leaf %d  decision 9999/%d\n", index, index-1)
		}
		var o, e bytes.Buffer
		code := run([]string{"sample", server.URL, "--key", vkey, "--municipality", "9999", "-n", "7", "--size", fmt.Sprint(size)}, streams{strings.NewReader(""), &o, &e})
		if code != 0 || o.String() != want || strings.Count(want, "\n") != 8 {
			t.Errorf("size %d: %d\n got %s%s\nwant %s", size, code, o.String(), e.String(), want)
		}
	}
	var o, e bytes.Buffer
	if code := run([]string{"sample", server.URL, "--key", vkey, "--municipality", "9999", "-n", "7", "--size", "52"}, streams{strings.NewReader(""), &o, &e}); code != 1 || o.Len() > 0 {
		t.Errorf("a checkpoint that is not there: %d %s", code, o.String())
	}
}
