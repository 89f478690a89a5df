package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/sample"
	served "github.com/skalig/skalig/ledger/serve"
	"github.com/skalig/skalig/server/record"
)

// sampled is a log of a release, decisions, a request and, where it is shown, the
// secret with what it draws.
type sampled struct {
	leaves  [][]byte
	salt    [32]byte
	records map[uint64][]byte
	last    ledger.Leaf
}

func (s *sampled) public(t *testing.T, kind ledger.Kind, municipality string, make func(record.Heading) ([]byte, error)) {
	t.Helper()
	l := s.last
	l.Kind, l.Municipality, l.Number, l.Prev = kind, municipality, s.last.Number+1, ledger.LeafHash(s.leaves[len(s.leaves)-1])
	text, err := make(record.Heading{Municipality: municipality, Number: l.Number, Day: l.Day, Engine: l.Engine, Rules: l.Rules})
	if err != nil {
		t.Fatal(err)
	}
	l.Commitment = ledger.Commit(s.salt, text)
	s.records[uint64(len(s.leaves))] = text
	s.leaves, s.last = append(s.leaves, l.Marshal()), l
}

// open serves the log with the records that anyone may read.
func (s *sampled) open(t *testing.T, size int) (url, vkey string) {
	t.Helper()
	signer, vkey := ledgertest.Key("log.example.se/skalig")
	log, err := ledgertest.NewMemory(signer)
	if err == nil {
		err = log.Append(t.Context(), 0, s.leaves[:size])
	}
	if err != nil {
		t.Fatal(err)
	}
	signed, err := log.ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", served.Handler(log, vkey))
	mux.HandleFunc("/opened/{file}", func(w http.ResponseWriter, r *http.Request) {
		var index uint64
		_, err := fmt.Sscanf(r.PathValue("file"), "%d.json", &index)
		if s.records[index] == nil || err != nil {
			http.NotFound(w, r)
			return
		}
		receipt, err := ledger.NewReceipt(r.Context(), log, signed, index, s.leaves[index], s.records[index], s.salt)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(receipt.Marshal())
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, vkey
}

func asking(t *testing.T, count uint64, secret [32]byte) *sampled {
	t.Helper()
	items := ledgertest.Chain("9999", 50)
	first, err := ledger.ParseLeaf(items[0].Leaf)
	if err != nil {
		t.Fatal(err)
	}
	s := &sampled{records: map[uint64][]byte{}, salt: [32]byte{3}}
	released := ledger.Leaf{Kind: ledger.Release, Municipality: ledger.Service, Day: "2026-01-01", Engine: first.Engine}
	text, err := (&record.Release{Day: released.Day, Version: "1", Engine: first.Engine, From: released.Day, Approvers: []string{"A", "B"}, Approval: "a"}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	released.Commitment = ledger.Commit(s.salt, text)
	s.records[0] = text
	s.leaves = append([][]byte{released.Marshal()}, ledgertest.Leaves(items)...)
	if s.last, err = ledger.ParseLeaf(s.leaves[len(s.leaves)-1]); err != nil {
		t.Fatal(err)
	}
	s.public(t, ledger.Access, "9999", func(h record.Heading) ([]byte, error) {
		return (&record.Asked{Heading: h, Auditor: "A", Count: count, Seal: sample.Seal(secret)}).Marshal()
	})
	return s
}

// drawn is what the secret draws, from the tree whose last leaf is the request.
func (s *sampled) drawn(t *testing.T, count int, secret [32]byte) (root tlog.Hash, indexes []uint64) {
	t.Helper()
	var stored storedHashes
	var candidates []uint64
	for i, leaf := range s.leaves[:52] {
		added, err := tlog.StoredHashes(int64(i), leaf, &stored)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, added...)
		if i > 0 && i < 51 {
			candidates = append(candidates, uint64(i))
		}
	}
	root, err := tlog.TreeHash(52, &stored)
	if err != nil {
		t.Fatal(err)
	}
	return root, sample.Seed{Root: root, Size: 52, Secret: secret, Municipality: "9999"}.Draw(count, candidates)
}

// TestSample throws a secret, asks by its seal, and draws: before the secret is shown
// only with it, after that as anyone can; and never before the request is published.
func TestSample(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lot")
	var o, e bytes.Buffer
	say := func(args ...string) int {
		o.Reset()
		e.Reset()
		return run(append([]string{"sample"}, args...), streams{strings.NewReader(""), &o, &e})
	}
	if code := say("secret", "--out", file); code != 0 {
		t.Fatalf("%d %s", code, e.String())
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	if _, err := fmt.Sscanf(string(text), "%x\n", &raw); err != nil || len(raw) != 32 {
		t.Fatalf("the secret: %v %q", err, text)
	}
	secret := [32]byte(raw)
	if want := fmt.Sprintf("seal %x\n", sample.Seal(secret)); o.String() != want {
		t.Errorf("said %q, want %q", o.String(), want)
	}
	if code := say("secret", "--out", file); code != 1 || !strings.Contains(e.String(), "is there already") {
		t.Errorf("a secret over another: %d %s", code, e.String())
	}

	s := asking(t, 7, secret)
	root, indexes := s.drawn(t, 7, secret)
	want := fmt.Sprintf("log log.example.se/skalig, 52 leaves, root %s\n", root)
	for _, index := range indexes {
		want += fmt.Sprintf("leaf %d  decision 9999/%d\n", index, index-1)
	}
	early, vkey := s.open(t, 51)
	if code := say("draw", early, "--key", vkey, "--asked", "51", "--secret", file); code != 1 || o.Len() > 0 || !strings.Contains(e.String(), "never show the secret before") {
		t.Errorf("before the request is published: %d %s%s", code, o.String(), e.String())
	}
	url, _ := s.open(t, 52)
	if code := say("draw", url, "--key", vkey, "--asked", "51", "--secret", file); code != 0 || o.String() != want {
		t.Errorf("with the secret: %d\n got %s%s\nwant %s", code, o.String(), e.String(), want)
	}
	policy := filepath.Join(t.TempDir(), "policy")
	for quorum, want := range map[string]int{"none": 0, "w1": 1} {
		lines := "log " + vkey + "\nwitness w1 w1.example+11c8f4c8+BEtCePP28bkSi/ZxLF65+cydHDRh+AhwUc5Okowfb9iu\nquorum " + quorum + "\n"
		if err := os.WriteFile(policy, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
		if code := say("draw", url, "--policy", policy, "--asked", "51", "--secret", file); code != want || want == 1 && !strings.HasPrefix(o.String(), "FAULT quorum-missing: ") {
			t.Errorf("draw with a quorum of %s: %d %s%s", quorum, code, o.String(), e.String())
		}
		o.Reset()
		state := filepath.Join(t.TempDir(), "state")
		code := run([]string{"log", "monitor", url, "--policy", policy, "--state", state, "--once"}, streams{strings.NewReader(""), &o, &e})
		if _, err := os.Stat(state); code != want || (err == nil) != (want == 0) || want == 1 && !strings.HasPrefix(o.String(), "FAULT quorum-missing: ") {
			t.Errorf("monitor with a quorum of %s: %d %s%s", quorum, code, o.String(), e.String())
		}
	}
	if code := say("draw", url, "--key", vkey, "--asked", "51"); code != 1 || !strings.Contains(e.String(), "nobody has shown the secret") {
		t.Errorf("without it: %d %s%s", code, o.String(), e.String())
	}
	if err := os.WriteFile(file, []byte(strings.Repeat("0", 64)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := say("draw", url, "--key", vkey, "--asked", "51", "--secret", file); code != 1 || !strings.Contains(e.String(), "is not the one that leaf 51 sealed") {
		t.Errorf("with another: %d %s%s", code, o.String(), e.String())
	}
	if code := say("draw", url, "--key", vkey, "--asked", "3", "--secret", file); code != 2 {
		t.Errorf("a leaf that does not ask: %d %s", code, e.String())
	}

	s.public(t, ledger.Access, "9999", func(h record.Heading) ([]byte, error) {
		return (&record.Revealed{Heading: h, Asked: 51, Secret: secret, Root: root, Indexes: indexes}).Marshal()
	})
	shown, _ := s.open(t, 53)
	if code := say("draw", shown, "--key", vkey, "--asked", "51"); code != 0 || o.String() != want {
		t.Errorf("as the log shows it: %d\n got %s%s\nwant %s", code, o.String(), e.String(), want)
	}
}
