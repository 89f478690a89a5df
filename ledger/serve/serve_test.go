package serve_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/serve"
	"golang.org/x/mod/sumdb/tlog"
)

const origin = "log.example.se/skalig"

// served is a log of n leaves, served below /log/ as the server mounts it.
func served(t *testing.T, n int) (url, vkey string, items []ledgertest.Item, log *ledgertest.Memory) {
	t.Helper()
	signer, vkey := ledgertest.Key(origin)
	log, err := ledgertest.NewMemory(signer)
	if err != nil {
		t.Fatal(err)
	}
	items = ledgertest.Chain("9999", n)
	if err := log.Append(context.Background(), 0, ledgertest.Leaves(items)); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/log/", http.StripPrefix("/log", serve.Handler(log, vkey)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/log/", vkey, items, log
}

func TestHandler(t *testing.T) {
	url, vkey, items, log := served(t, 300)
	checkpoint, err := log.ReadCheckpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	const forever = "public, max-age=31536000, immutable"
	leaf := tlog.RecordHash(items[256].Leaf)
	cases := []struct {
		method, path string
		status       int
		kind, cache  string
		body         []byte // nil: not looked at
	}{
		{"GET", "checkpoint", 200, "text/plain; charset=utf-8", "no-cache", checkpoint},
		{"GET", "key", 200, "text/plain; charset=utf-8", "no-cache", []byte(vkey + "\n")},
		{"GET", "tile/0/000", 200, "application/octet-stream", forever, nil},
		{"GET", "tile/0/001.p/44", 200, "application/octet-stream", forever, nil},
		{"GET", "tile/0/001.p/1", 200, "application/octet-stream", forever, leaf[:]},
		{"GET", "tile/1/000.p/1", 200, "application/octet-stream", forever, nil},
		{"GET", "tile/entries/000", 200, "application/octet-stream", forever, nil},
		{"GET", "tile/entries/000.p/255", 200, "application/octet-stream", forever, nil},
		{"GET", "tile/entries/001.p/44", 200, "application/octet-stream", forever, nil},
		{"HEAD", "tile/entries/000", 200, "application/octet-stream", forever, []byte{}},
		{"HEAD", "checkpoint", 200, "text/plain; charset=utf-8", "no-cache", []byte{}},

		// What is not published yet may be there in a moment: no cache may keep the answer.
		{"GET", "tile/0/001", 404, "", "no-store", nil},
		{"GET", "tile/0/001.p/45", 404, "", "no-store", nil},
		{"GET", "tile/0/002.p/1", 404, "", "no-store", nil},
		{"GET", "tile/1/000.p/2", 404, "", "no-store", nil},
		{"GET", "tile/63/000.p/1", 404, "", "no-store", nil},
		{"GET", "tile/entries/001", 404, "", "no-store", nil},

		// Nothing else, and nothing in two spellings.
		{"GET", "", 404, "", "no-store", nil},
		{"GET", "tile", 404, "", "no-store", nil},
		{"GET", "tile/", 404, "", "no-store", nil},
		{"GET", "tile/0", 404, "", "no-store", nil},
		{"GET", "tile/0/", 404, "", "no-store", nil},
		{"GET", "tile/0/0", 404, "", "no-store", nil},
		{"GET", "tile/00/000", 404, "", "no-store", nil},
		{"GET", "tile/64/000", 404, "", "no-store", nil},
		{"GET", "tile/-1/000", 404, "", "no-store", nil},
		{"GET", "tile/0/x000/000", 404, "", "no-store", nil},
		{"GET", "tile/0/000/000", 404, "", "no-store", nil},
		{"GET", "tile/0/000.p/0", 404, "", "no-store", nil},
		{"GET", "tile/0/000.p/256", 404, "", "no-store", nil},
		{"GET", "tile/0/000.p/01", 404, "", "no-store", nil},
		{"GET", "tile/0/000.p", 404, "", "no-store", nil},
		{"GET", "tile/0/001.p/44/", 404, "", "no-store", nil},
		{"GET", "tile/0/0001234567", 404, "", "no-store", nil},
		{"GET", "tile/0/x999/x999/x999/x999/x999/x999/x999/999", 404, "", "no-store", nil},
		{"GET", "tile/data/000", 404, "", "no-store", nil},
		{"GET", "tile%2F0/000", 404, "", "no-store", nil},
		{"GET", "checkpoint/", 404, "", "no-store", nil},
		{"GET", "checkpoint123456", 404, "", "no-store", nil},
		{"GET", "checkpoint.tmp", 404, "", "no-store", nil},
		{"GET", "vkey", 404, "", "no-store", nil},
		{"GET", ".state/treeState", 404, "", "no-store", nil},
		{"GET", "%2e%2e/key", 404, "", "no-store", nil},
		{"GET", "tile/0/..%2f..%2fkey", 404, "", "no-store", nil},

		{"POST", "checkpoint", 405, "", "no-store", nil},
		{"DELETE", "tile/0/000", 405, "", "no-store", nil},
	}
	for _, c := range cases {
		request, err := http.NewRequest(c.method, url+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != c.status || response.Header.Get("Cache-Control") != c.cache ||
			c.kind != "" && response.Header.Get("Content-Type") != c.kind ||
			response.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s %s: %s, %v", c.method, c.path, response.Status, response.Header)
		}
		if c.body != nil && !bytes.Equal(body, c.body) {
			t.Errorf("%s %s: body %q, want %q", c.method, c.path, body, c.body)
		}
	}
}

// A partial tile is the beginning of the full one, whenever it is asked for.
func TestPartialIsAPrefix(t *testing.T) {
	url, _, _, _ := served(t, 300)
	for _, kind := range []string{"tile/0/000", "tile/entries/000"} {
		full, part := get(t, url+kind), get(t, url+kind+".p/100")
		if !bytes.HasPrefix(full, part) || len(part) == 0 || len(part) == len(full) {
			t.Errorf("%s: %d bytes are not the beginning of %d", kind, len(part), len(full))
		}
	}
	if n := len(get(t, url+"tile/0/000.p/100")); n != 100*tlog.HashSize {
		t.Errorf("100 hashes are %d bytes", n)
	}
	entries, err := ledger.SplitEntries(get(t, url+"tile/entries/000.p/100"))
	if err != nil || len(entries) != 100 {
		t.Errorf("100 entries are %d, %v", len(entries), err)
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, response.Status, err)
	}
	return body
}

// A log that cannot be read is not a log that lacks the tile, and why is not the
// reader's business.
func TestReadError(t *testing.T) {
	signer, vkey := ledgertest.Key(origin)
	log, err := ledgertest.NewMemory(signer)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	serve.Handler(broken{log}, vkey).ServeHTTP(w, httptest.NewRequest("GET", "/tile/0/000", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Cache-Control") != "no-store" || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
}

// broken is a log whose tiles are gone.
type broken struct{ ledger.Tiles }

func (broken) ReadTile(context.Context, uint64, uint64, int) ([]byte, error) {
	return nil, io.ErrUnexpectedEOF
}
