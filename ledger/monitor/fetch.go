package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	maxCheckpoint = 64 << 10
	maxBundle     = 256 * (2 + 1<<16)
)

// A Fetcher gets the file at a path of C2SP tlog-tiles. It answers
// [ledger.ErrNotFound] if the log says that there is none, and an error for a file
// of more than limit bytes.
type Fetcher interface {
	Fetch(ctx context.Context, path string, limit int64) ([]byte, error)
}

// Tiles reads a log through a fetcher. Where a partial tile or bundle is gone, it
// takes the beginning of the full one that came in its place.
type Tiles struct {
	Fetcher Fetcher
	// Records fetches the receipt of a public leaf by its index, as 12.json. nil: there
	// is nobody to ask.
	Records Fetcher
}

var _ ledger.Tiles = Tiles{}

// ReadCheckpoint implements [ledger.Tiles].
func (t Tiles) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	return t.Fetcher.Fetch(ctx, "checkpoint", maxCheckpoint)
}

// ReadTile implements [ledger.Tiles].
func (t Tiles) ReadTile(ctx context.Context, level, index uint64, width int) ([]byte, error) {
	data, err := t.Fetcher.Fetch(ctx, tilePath(level, index, width), 256*tlog.HashSize)
	if errors.Is(err, ledger.ErrNotFound) && width < 256 {
		full, again := t.Fetcher.Fetch(ctx, tilePath(level, index, 256), 256*tlog.HashSize)
		if again == nil && len(full) >= width*tlog.HashSize {
			return full[:width*tlog.HashSize], nil
		}
	}
	return data, err
}

// ReadEntries implements [ledger.Tiles].
func (t Tiles) ReadEntries(ctx context.Context, index uint64, width int) ([]byte, error) {
	data, err := t.Fetcher.Fetch(ctx, entriesPath(index, width), maxBundle)
	if errors.Is(err, ledger.ErrNotFound) && width < 256 {
		full, again := t.Fetcher.Fetch(ctx, entriesPath(index, 256), maxBundle)
		if entries, cut := ledger.SplitEntries(full); again == nil && cut == nil && len(entries) >= width {
			length := 0
			for _, entry := range entries[:width] {
				length += 2 + len(entry)
			}
			return full[:length], nil
		}
	}
	return data, err
}

func tilePath(level, index uint64, width int) string {
	return "tile/" + strconv.FormatUint(level, 10) + place(index, width)
}

func entriesPath(index uint64, width int) string { return "tile/entries" + place(index, width) }

// place writes an index in groups of three digits, and a width that is not full.
func place(index uint64, width int) string {
	path := fmt.Sprintf("/%03d", index%1000)
	for index /= 1000; index > 0; index /= 1000 {
		path = fmt.Sprintf("/x%03d", index%1000) + path
	}
	if width < 256 {
		path += ".p/" + strconv.Itoa(width)
	}
	return path
}

type web struct {
	base   string
	client *http.Client
}

// stay follows no redirect: a log answers where it is.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// HTTP fetches from a log that is served at url. A client of nil is one that gives
// up after half a minute.
func HTTP(url string, client *http.Client) Fetcher {
	if client == nil {
		client = &http.Client{Timeout: 30 * time.Second, CheckRedirect: stay}
	}
	return web{strings.TrimRight(url, "/") + "/", client}
}

func (w web) Fetch(ctx context.Context, path string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "skalig-monitor/1")
	res, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
		return bounded(res.Body, limit)
	case http.StatusNotFound, http.StatusGone:
		return nil, ledger.ErrNotFound
	}
	return nil, fmt.Errorf("the server answers %s", res.Status)
}

type dir struct{ files fs.FS }

// Dir fetches from a log in files: the directory that holds checkpoint and tile.
func Dir(files fs.FS) Fetcher { return dir{files} }

func (d dir) Fetch(ctx context.Context, path string, limit int64) ([]byte, error) {
	f, err := d.files.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ledger.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded(f, limit)
}

func bounded(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("it has more than %d bytes", limit)
	}
	return data, err
}
