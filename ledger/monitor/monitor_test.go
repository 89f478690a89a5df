package monitor_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/ledger/serve"
	"golang.org/x/mod/sumdb/note"
)

const origin = "log.example.se/skalig"

var (
	signer, vkey = ledgertest.Key(origin)
	engine       = sha256.Sum256([]byte("engine"))
)

// A book writes leaves as a server would: each municipality's numbers and chain.
type book struct {
	leaves [][]byte
	next   map[string]uint64
	prev   map[string][32]byte
}

func newBook() *book { return &book{next: map[string]uint64{}, prev: map[string][32]byte{}} }

// add appends a leaf after change has had its way with it.
func (b *book) add(kind ledger.Kind, municipality string, change func(*ledger.Leaf)) {
	l := ledger.Leaf{Kind: kind, Municipality: municipality, Number: b.next[municipality], Engine: engine, Prev: b.prev[municipality],
		Day: "2026-11-22", Commitment: sha256.Sum256(fmt.Append(nil, len(b.leaves)))}
	if change != nil {
		change(&l)
	}
	text := l.Marshal()
	b.leaves = append(b.leaves, text)
	b.next[municipality], b.prev[municipality] = l.Number+1, ledger.LeafHash(text)
}

// honest is a release and n decisions of three municipalities in turn.
func honest(n int) *book {
	b := newBook()
	b.add(ledger.Release, ledger.Service, nil)
	for i := range n {
		b.add(ledger.Decision, []string{"9999", "1280", "0884"}[i%3], nil)
	}
	return b
}

// logOf is a log with these leaves, under the one key of every test.
func logOf(t testing.TB, leaves [][]byte) *ledgertest.Memory {
	t.Helper()
	return signedBy(t, signer, leaves)
}

func signedBy(t testing.TB, signer note.Signer, leaves [][]byte) *ledgertest.Memory {
	t.Helper()
	m, err := ledgertest.NewMemory(signer)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Append(t.Context(), 0, leaves); err != nil {
		t.Fatal(err)
	}
	return m
}

// poll reads the log over HTTP, and takes what is kept through its file form.
func poll(t testing.TB, tiles ledger.Tiles, kept *monitor.State) (*monitor.Result, error) {
	t.Helper()
	server := httptest.NewServer(serve.Handler(tiles, vkey))
	defer server.Close()
	if kept != nil {
		var err error
		if kept, err = monitor.ParseState(kept.Marshal()); err != nil {
			t.Fatal(err)
		}
	}
	return monitor.Poll(t.Context(), monitor.Tiles{Fetcher: monitor.HTTP(server.URL, nil)}, vkey, kept, nil)
}

func sound(t testing.TB, tiles ledger.Tiles, kept *monitor.State) *monitor.Result {
	t.Helper()
	r, err := poll(t, tiles, kept)
	if err != nil || !r.Sound() {
		t.Fatalf("%v: %v", err, r)
	}
	return r
}

// faults polls and holds that exactly these faults are found: "code" or "code index".
func faults(t testing.TB, tiles ledger.Tiles, kept *monitor.State, want ...string) *monitor.Result {
	t.Helper()
	r, err := poll(t, tiles, kept)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Faults {
		if f.Index < 0 {
			got = append(got, string(f.Code))
		} else {
			got = append(got, fmt.Sprintf("%s %d", f.Code, f.Index))
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") || r.State != nil {
		t.Errorf("faults %q, want %q; state %v; %v", got, want, r.State, r.Faults)
	}
	return r
}

func TestHonestLogGrows(t *testing.T) {
	b := honest(1500)
	m := logOf(t, nil)
	var kept *monitor.State
	var read uint64
	for _, size := range []uint64{0, 1, 2, 3, 255, 256, 257, 511, 700, 700, 1024, 1501} {
		if err := m.Append(t.Context(), 0, b.leaves[:size]); err != nil {
			t.Fatal(err)
		}
		r := sound(t, m, kept)
		kept = r.State
		for _, n := range r.Leaves {
			read += n
		}
		if r.New.Size != size || read != size {
			t.Fatalf("at size %d the monitor is at %d and has read %d", size, r.New.Size, read)
		}
	}
	if kept.Municipalities() != 3 {
		t.Errorf("%d municipalities", kept.Municipalities())
	}
}

func TestSplitView(t *testing.T) {
	one := honest(300)
	other := newBook()
	other.leaves, other.next, other.prev = append([][]byte(nil), one.leaves[:200]...), map[string]uint64{}, map[string][32]byte{}
	for _, leaf := range other.leaves {
		l, err := ledger.ParseLeaf(leaf)
		if err != nil {
			t.Fatal(err)
		}
		other.next[l.Municipality], other.prev[l.Municipality] = l.Number+1, ledger.LeafHash(leaf)
	}
	for len(other.leaves) < 400 {
		other.add(ledger.Decision, "1280", nil)
	}
	kept := sound(t, logOf(t, one.leaves), nil).State
	// At the same size two signed roots, later a tree that does not begin as it should.
	r := faults(t, logOf(t, other.leaves[:301]), kept, "forked")
	if !bytes.Contains(r.Signed, []byte("\n301\n")) || r.Old.Root == r.New.Root {
		t.Errorf("the evidence is %q", r.Signed)
	}
	faults(t, logOf(t, other.leaves), kept, "forked")
}

func TestRollback(t *testing.T) {
	b := honest(600)
	m := logOf(t, b.leaves[:400])
	old, err := m.ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Append(t.Context(), 0, b.leaves); err != nil {
		t.Fatal(err)
	}
	kept := sound(t, m, nil).State

	faults(t, logOf(t, b.leaves[:599]), kept, "shrunk")                          // the last leaf was taken away
	faults(t, replaced{Tiles: m, checkpoint: old}, kept, "shrunk")               // an old checkpoint was put back
	faults(t, logOf(t, b.leaves[:400]), kept, "shrunk")                          // an old tree was signed again
	faults(t, logOf(t, nil), kept, "shrunk")                                     // the log began anew
	faults(t, logOf(t, append(b.leaves[:600:600], b.leaves[1])), kept, "forked") // and the place was filled
	if again := sound(t, m, kept); string(again.State.Marshal()) != string(kept.Marshal()) {
		t.Error("a log at rest changed what is kept")
	}
}

func TestStrangersCheckpoint(t *testing.T) {
	b := honest(10)
	kept := sound(t, logOf(t, b.leaves), nil).State
	stranger, _ := ledgertest.Key("other.example.se/skalig")
	faults(t, signedBy(t, stranger, b.leaves), kept, "checkpoint-refused")
	faults(t, replaced{Tiles: logOf(t, b.leaves), checkpoint: []byte("nonsense")}, kept, "checkpoint-refused")
	if _, err := monitor.Poll(t.Context(), logOf(t, b.leaves), "other", kept, nil); err == nil {
		t.Error("what was kept of one log was used for another")
	}
}

func TestWhatLeavesSay(t *testing.T) {
	for name, c := range map[string]struct {
		write func(b *book)
		want  []string
	}{
		"a gap in numbers": {func(b *book) {
			b.add(ledger.Decision, "9999", func(l *ledger.Leaf) { l.Number++ })
			b.add(ledger.Decision, "9999", nil)
		}, []string{"number-missing 31"}},
		"a number twice": {func(b *book) {
			b.add(ledger.Decision, "9999", func(l *ledger.Leaf) { l.Number-- })
		}, []string{"number-repeated 31"}},
		"another leaf before": {func(b *book) {
			b.add(ledger.Decision, "9999", func(l *ledger.Leaf) { l.Prev[0] ^= 1 })
			b.add(ledger.Decision, "9999", nil)
		}, []string{"prev-differs 31"}},
		"two leaves change places": {func(b *book) {
			b.add(ledger.Decision, "9999", nil)
			b.add(ledger.Decision, "9999", nil)
			b.leaves[31], b.leaves[32] = b.leaves[32], b.leaves[31]
			b.add(ledger.Decision, "9999", nil)
		}, []string{"number-missing 31", "number-repeated 32"}},
		"an engine nobody released": {func(b *book) {
			b.add(ledger.Decision, "9999", func(l *ledger.Leaf) { l.Engine[0] ^= 1 })
			b.add(ledger.Statistics, "9999", func(l *ledger.Leaf) { l.Engine[0] ^= 1 })
		}, []string{"engine-unreleased 31"}},
		"a decision before its release": {func(b *book) {
			later := sha256.Sum256([]byte("the next engine"))
			b.add(ledger.Decision, "9999", func(l *ledger.Leaf) { l.Engine = later })
			b.add(ledger.Release, ledger.Service, func(l *ledger.Leaf) { l.Engine = later })
			b.add(ledger.Decision, "9999", func(l *ledger.Leaf) { l.Engine = later })
		}, []string{"engine-unreleased 31"}},
		"a release by a municipality": {func(b *book) {
			b.add(ledger.Release, "9999", func(l *ledger.Leaf) { l.Engine[0] ^= 1 })
			b.add(ledger.Decision, "9999", func(l *ledger.Leaf) { l.Engine[0] ^= 1 })
		}, []string{"engine-unreleased 32"}},
		"a day that runs backwards": {func(b *book) {
			b.add(ledger.Decision, "9999", func(l *ledger.Leaf) { l.Day = "2026-11-23" })
			b.add(ledger.Decision, "1280", nil)
			b.add(ledger.Decision, "0884", func(l *ledger.Leaf) { l.Day = "2026-11-23" })
		}, []string{"day-backwards 32"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := honest(30)
			kept := sound(t, logOf(t, b.leaves), nil).State
			c.write(b)
			faults(t, logOf(t, b.leaves), kept, c.want...)
			faults(t, logOf(t, b.leaves), nil, c.want...) // by a monitor that sees it for the first time too
			faults(t, logOf(t, b.leaves), kept, c.want...)
		})
	}
}

// replaced is a log of which some files are others.
type replaced struct {
	ledger.Tiles
	checkpoint []byte
	tile       *[3]uint64 // level, index, and the byte that is flipped
	entries    *[2]uint64
	gone       bool // what is named is not there
}

func (r replaced) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	if r.checkpoint != nil {
		return r.checkpoint, nil
	}
	return r.Tiles.ReadCheckpoint(ctx)
}

func (r replaced) ReadTile(ctx context.Context, level, index uint64, width int) ([]byte, error) {
	data, err := r.Tiles.ReadTile(ctx, level, index, width)
	if err == nil && r.tile != nil && r.tile[0] == level && r.tile[1] == index {
		if r.gone {
			return nil, ledger.ErrNotFound
		}
		data[r.tile[2]] ^= 1
	}
	return data, err
}

func (r replaced) ReadEntries(ctx context.Context, index uint64, width int) ([]byte, error) {
	data, err := r.Tiles.ReadEntries(ctx, index, width)
	if err == nil && r.entries != nil && r.entries[0] == index {
		if r.gone {
			return nil, ledger.ErrNotFound
		}
		data[r.entries[1]] ^= 1
	}
	return data, err
}

func TestDamagedFiles(t *testing.T) {
	b := honest(999)
	m := logOf(t, b.leaves)
	kept := sound(t, logOf(t, b.leaves[:300]), nil).State
	length := uint64(len(b.leaves[512]))
	for name, c := range map[string]struct {
		log  replaced
		want []string
	}{
		"a leaf edited in its bundle":     {replaced{entries: &[2]uint64{2, 2 + 100}}, []string{"leaf-differs 512"}},
		"the second leaf of a bundle":     {replaced{entries: &[2]uint64{2, 2 + length + 2 + 100}}, []string{"leaf-differs 513"}},
		"an entry's length changed":       {replaced{entries: &[2]uint64{2, 0}}, []string{"bundle-malformed 512"}},
		"a bundle taken away":             {replaced{entries: &[2]uint64{2, 0}, gone: true}, []string{"tile-missing 512"}},
		"a hash changed in a tile":        {replaced{tile: &[3]uint64{0, 2, 40}}, []string{"tile-wrong 512"}},
		"a tile taken away":               {replaced{tile: &[3]uint64{0, 2, 0}, gone: true}, []string{"tile-missing 512"}},
		"a hash of the old tree changed":  {replaced{tile: &[3]uint64{0, 1, 0}}, []string{"tile-wrong"}},
		"a tile above the leaves changed": {replaced{tile: &[3]uint64{1, 0, 0}}, []string{"tile-wrong"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.log.Tiles = m
			faults(t, c.log, kept, c.want...)
		})
	}
}

// TestUnreachable: a log that does not answer is an error, not a fault.
func TestUnreachable(t *testing.T) {
	b := honest(600)
	m := logOf(t, b.leaves)
	server := httptest.NewServer(serve.Handler(down{m}, vkey))
	defer server.Close()
	r, err := monitor.Poll(t.Context(), monitor.Tiles{Fetcher: monitor.HTTP(server.URL, nil)}, vkey, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "tile/0/001: the server answers 503") {
		t.Errorf("%v: %v", err, r)
	}
	server.Close()
	if _, err := monitor.Poll(t.Context(), monitor.Tiles{Fetcher: monitor.HTTP(server.URL, nil)}, vkey, nil, nil); err == nil {
		t.Error("a server that is gone was read")
	}
}

type down struct{ ledger.Tiles }

func (d down) ReadTile(ctx context.Context, level, index uint64, width int) ([]byte, error) {
	if level == 0 && index == 1 {
		return nil, context.DeadlineExceeded
	}
	return d.Tiles.ReadTile(ctx, level, index, width)
}

// TestReplacedPartials: the files of a tree that has grown on.
func TestReplacedPartials(t *testing.T) {
	b := honest(599)
	small, large := logOf(t, b.leaves[:300]), logOf(t, b.leaves)
	checkpoint, err := small.ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := monitor.Poll(t.Context(), monitor.Tiles{Fetcher: onlyFull{large, checkpoint}}, vkey, nil, nil)
	if err != nil || !r.Sound() || r.New.Size != 300 {
		t.Errorf("%v: %v", err, r)
	}
}

// onlyFull has the full tiles of a log, and partial ones only above the leaves.
type onlyFull struct {
	ledger.Tiles
	checkpoint []byte
}

func (f onlyFull) Fetch(ctx context.Context, path string, limit int64) ([]byte, error) {
	switch path {
	case "checkpoint":
		return f.checkpoint, nil
	case "tile/0/000":
		return f.ReadTile(ctx, 0, 0, 256)
	case "tile/0/001":
		return f.ReadTile(ctx, 0, 1, 256)
	case "tile/1/000.p/1":
		return f.ReadTile(ctx, 1, 0, 1)
	case "tile/entries/000":
		return f.ReadEntries(ctx, 0, 256)
	case "tile/entries/001":
		return f.ReadEntries(ctx, 1, 256)
	}
	return nil, ledger.ErrNotFound
}

func TestStateIsStrict(t *testing.T) {
	kept := sound(t, logOf(t, honest(30).leaves), nil).State
	text := string(kept.Marshal())
	for name, wrong := range map[string]string{
		"another version":  strings.Replace(text, "monitor/1", "monitor/2", 1),
		"a number changed": strings.Replace(text, "municipality 9999 10 ", "municipality 9999 9 ", 1),
		"a root changed":   strings.Replace(text, "\n31\n", "\n32\n", 1),
		"another day":      strings.Replace(text, "day 2026", "day x026", 1),
		"another key":      strings.Replace(text, "key log", "key lag", 1),
		"a line more":      strings.Replace(text, "day ", "more yes\nday ", 1),
		"no checkpoint":    text[:strings.Index(text, "\n\n")+2],
		"nothing":          "",
	} {
		if _, err := monitor.ParseState([]byte(wrong)); err == nil || wrong == text {
			t.Errorf("%s: read as a state:\n%s", name, wrong)
		}
	}
}

func FuzzParseState(f *testing.F) {
	r, err := monitor.Poll(f.Context(), logOf(f, honest(4).leaves), vkey, nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.State.Marshal())
	f.Add([]byte("skalig/monitor/1\nkey \nday -\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := monitor.ParseState(text)
		if err == nil && !bytes.Equal(s.Marshal(), text) {
			t.Errorf("%q is read but written as %q", text, s.Marshal())
		}
	})
}

// BenchmarkPoll walks a log of 100 000 leaves in memory.
func BenchmarkPoll(b *testing.B) {
	m := logOf(b, honest(100_000-1).leaves)
	for b.Loop() {
		r, err := monitor.Poll(b.Context(), m, vkey, nil, nil)
		if err != nil || !r.Sound() {
			b.Fatal(err, r.Faults)
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "leaves/s")
}

// TestNoLeaf: a log in files whose tree holds something else than leaves.
func TestNoLeaf(t *testing.T) {
	for name, text := range map[string]string{
		"a word":        "nonsense",
		"a line more":   string(honest(0).leaves[0]) + "\n",
		"another case":  strings.ToUpper(string(honest(0).leaves[0])),
		"a kind unseen": strings.Replace(string(honest(0).leaves[0]), "release", "releases", 1),
	} {
		hash := ledger.LeafHash([]byte(text))
		checkpoint, err := ledger.SignCheckpoint(signer, 1, hash)
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{
			"checkpoint":           {Data: checkpoint},
			"tile/0/000.p/1":       {Data: hash[:]},
			"tile/entries/000.p/1": {Data: append([]byte{byte(len(text) >> 8), byte(len(text))}, text...)},
		}
		r, err := monitor.Poll(t.Context(), monitor.Tiles{Fetcher: monitor.Dir(files)}, vkey, nil, nil)
		if err != nil || len(r.Faults) != 1 || r.Faults[0].Code != monitor.LeafMalformed {
			t.Errorf("%s: %v: %v", name, err, r)
		}
	}
}
