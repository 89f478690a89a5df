package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	served "github.com/skalig/skalig/ledger/serve"
)

// TestLogMonitor follows a log that grows, then one that says something else.
func TestLogMonitor(t *testing.T) {
	signer, vkey := ledgertest.Key("log.example.se/skalig")
	release := ledger.Leaf{Kind: ledger.Release, Municipality: ledger.Service, Day: "2026-01-01"}
	items := ledgertest.Chain("9999", 50)
	first, err := ledger.ParseLeaf(items[0].Leaf)
	if err != nil {
		t.Fatal(err)
	}
	release.Engine = first.Engine
	leaves := append([][]byte{release.Marshal()}, ledgertest.Leaves(items)...)
	log := func(leaves [][]byte) *ledgertest.Memory {
		m, err := ledgertest.NewMemory(signer)
		if err == nil {
			err = m.Append(t.Context(), 0, leaves)
		}
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	state := filepath.Join(t.TempDir(), "state")
	poll := func(m *ledgertest.Memory) (code int, out, errs string) {
		server := httptest.NewServer(served.Handler(m, vkey))
		defer server.Close()
		var o, e bytes.Buffer
		code = run([]string{"log", "monitor", server.URL, "--key", vkey, "--state", state, "--once", "--leaves"}, streams{strings.NewReader(""), &o, &e})
		return code, o.String(), e.String()
	}
	want := func(m *ledgertest.Memory, wantCode int, in ...string) {
		t.Helper()
		code, out, errs := poll(m)
		for _, s := range in {
			if !strings.Contains(out, s) {
				t.Errorf("the output lacks %q", s)
			}
		}
		if code != wantCode || t.Failed() {
			t.Fatalf("status %d:\n%s%s", code, out, errs)
		}
	}

	want(log(leaves[:31]), 0, "ok: 31 leaves, 31 new: 30 decisions, 1 releases")
	want(log(leaves), 0, "ok: 51 leaves, 20 new: 20 decisions")
	want(log(leaves), 0, "ok: 51 leaves, 0 new")
	kept, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	want(log(leaves[:31]), 1, "FAULT shrunk: the log went back from 51 leaves to 31", "the log signed before:\n\nlog.example.se/skalig\n51\n", "the log shows now:\n\nlog.example.se/skalig\n31\n")
	want(log(append(leaves[:50:50], ledgertest.Chain("1280", 1)[0].Leaf)), 1, "FAULT forked: the log has signed two different trees of 51 leaves")
	if after, err := os.ReadFile(state); err != nil || !bytes.Equal(kept, after) {
		t.Error("a poll with a fault changed what is kept")
	}
	if files, err := os.ReadDir(filepath.Dir(state)); err != nil || len(files) != 1 {
		t.Errorf("%d files beside the state", len(files)-1)
	}
}
