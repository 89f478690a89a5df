// Package serve shows a log to the world, as C2SP tlog-tiles:
//
//	checkpoint                        the latest published checkpoint
//	tile/<level>/<index>[.p/<width>]  hashes of the Merkle tree
//	tile/entries/<index>[.p/<width>]  the leaves themselves
//	key                               the log's verifier key, as note keys are written
//
// An index is written in groups of three digits, all but the last with an x before
// it: 1234067 is x001/x234/067. Levels run from 0 to 63, widths from 1 to 255.
// Nothing but these paths, each in its one spelling, is answered: the handler asks
// the log for tiles and never for files.
//
// Tiles are answered as far as the published checkpoint reaches, so that what is
// answered once is true for ever and caches may keep it: a partial tile is the same
// hashes whatever the tile has grown to since. Any page may read the log.
package serve

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/skalig/skalig/ledger"
)

const (
	text    = "text/plain; charset=utf-8"
	binary  = "application/octet-stream"
	forever = "public, max-age=31536000, immutable"
)

// Handler serves a log at the root of its address space; mount it with
// [http.StripPrefix]. Only GET and HEAD are answered.
func Handler(t ledger.Tiles, vkey string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed)
			return
		}
		body, kind, cache, err := answer(r, t, vkey)
		switch {
		case errors.Is(err, ledger.ErrNotFound):
			refuse(w, http.StatusNotFound)
		case err != nil:
			refuse(w, http.StatusServiceUnavailable)
		default:
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", cache)
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.Write(body) // fails only if the reader has left
		}
	})
}

// refuse answers without a cause that a cache might keep: what is not there now may
// be there in a moment.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", text)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, http.StatusText(status))
}

func answer(r *http.Request, t ledger.Tiles, vkey string) (body []byte, kind, cache string, err error) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/") // an escape is another spelling
	switch path {
	case "checkpoint":
		body, err = t.ReadCheckpoint(r.Context())
		return body, text, "no-cache", err
	case "key":
		return []byte(vkey + "\n"), text, "no-cache", nil
	}
	p, ok := parsePath(path)
	switch {
	case !ok:
		return nil, "", "", ledger.ErrNotFound
	case p.entries:
		body, err = t.ReadEntries(r.Context(), p.index, p.width)
	default:
		body, err = t.ReadTile(r.Context(), p.level, p.index, p.width)
	}
	return body, binary, forever, err
}
