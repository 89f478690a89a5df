package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay/replaytest"
)

// Archives are read as folders are, without being unpacked.
func TestReplayArchives(t *testing.T) {
	files := replaytest.Receipts(t, 30, nil)
	dir := t.TempDir()
	inside := []struct {
		name string
		data []byte
	}{{"a/first.json", files[0]}, {"notes.txt", []byte("not a receipt")}, {"../../rest.jsonl", bytes.Join(files[1:], nil)}}
	var zipped, tarred, packed bytes.Buffer
	z, w, g := zip.NewWriter(&zipped), tar.NewWriter(&tarred), gzip.NewWriter(&packed)
	for _, f := range inside {
		in, err := z.Create(f.name)
		if err == nil {
			_, err = in.Write(f.data)
		}
		if err == nil {
			err = w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o600})
		}
		if err == nil {
			_, err = w.Write(f.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Write(tarred.Bytes()); err != nil || g.Close() != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"r.zip": zipped.Bytes(), "r.tar": tarred.Bytes(), "r.tar.gz": packed.Bytes(), "r.tgz": packed.Bytes()} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := session("", "replay", "--key", replaytest.Key, path); code != 0 || !strings.HasPrefix(out, "REPLAYED: 30 receipts: ") {
			t.Errorf("%s: %d: %s%s", name, code, out, errs)
		}
		if err := os.WriteFile(path, data[:len(data)-len(data)/3], 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := session("", "replay", "--key", replaytest.Key, path); code != 1 || !strings.Contains(errs, "error: couldn't read the archive") {
			t.Errorf("%s cut short: %d: %s%s", name, code, out, errs)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// Of a decision that differs the reports show what its engine computes, line by line.
func TestReplayShowsTheTrace(t *testing.T) {
	wrong := replaytest.Receipts(t, 1, func(_ int, d *record.Decision) { d.Granted += 100 })
	page := filepath.Join(t.TempDir(), "report.html")
	_, out, _ := session(string(wrong[0]), "replay", "--key", replaytest.Key, "--json", "--html", page, "-")
	line, _, _ := strings.Cut(out, "\n")
	if !strings.Contains(line, `"granted":`) || !strings.Contains(line, `"computed":{"facts":{"schema":"skalig/facts/1"`) || !strings.Contains(line, `"rule":`) {
		t.Errorf("the line lacks the trace: %.600s", line)
	}
	html, err := os.ReadFile(page)
	if err != nil || !bytes.Contains(html, []byte("<details><summary>Granted ")) || !bytes.Contains(html, []byte("&#34;rule&#34;:")) {
		t.Errorf("%v: the page lacks the trace: %s", err, html)
	}
}

var streamed = flag.Int("receipts", 40_000, "how many receipts TestReplayHoldsLittle streams, of 200 that differ")

// However many receipts there are, no more is held than is under way: what the reader finds
// alive at the end of a stream is what it found at its beginning. For a million:
//
//	go test ./cmd/skalig -run TestReplayHoldsLittle -receipts 1000000 -v
func TestReplayHoldsLittle(t *testing.T) {
	one := bytes.Join(replaytest.Receipts(t, 200, nil), nil)
	var alive []uint64
	watched := &watcher{data: one, times: *streamed / 200, look: func() {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		alive = append(alive, m.HeapAlloc)
	}}
	var errs bytes.Buffer
	// The status is 1: a receipt counts once.
	if code := run([]string{"replay", "--key", replaytest.Key, "-"}, streams{watched, io.Discard, &errs}); code > 1 || errs.Len() > 0 {
		t.Fatalf("%d: %s", code, &errs)
	}
	tenth := len(alive) / 10
	first, last := median(alive[tenth:2*tenth]), median(alive[len(alive)-tenth:])
	t.Logf("of %d receipts: %d kB alive after a tenth, %d at the end", *streamed, first>>10, last>>10)
	if last > first+4<<20 {
		t.Errorf("the heap grew from %d to %d bytes while %d receipts were read", first, last, *streamed)
	}
}

func median(of []uint64) uint64 {
	return slices.Sorted(slices.Values(of))[len(of)/2]
}

// A watcher reads the same receipts many times, and looks up at each end.
type watcher struct {
	data  []byte
	at    int
	times int
	look  func()
}

func (w *watcher) Read(p []byte) (int, error) {
	if w.at == len(w.data) {
		w.at = 0
		w.times--
		w.look()
	}
	if w.times <= 0 {
		return 0, io.EOF
	}
	n := copy(p, w.data[w.at:])
	w.at += n
	return n, nil
}
