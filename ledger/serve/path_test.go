package serve_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"filippo.io/torchwood"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/serve"
)

// endless answers every tile, so that only the path decides.
type endless struct{ ledger.Tiles }

func (endless) ReadTile(_ context.Context, level, index uint64, width int) ([]byte, error) {
	return []byte{byte(level), byte(index), byte(width)}, nil
}

func (endless) ReadEntries(_ context.Context, index uint64, width int) ([]byte, error) {
	return []byte{0xff, byte(index), byte(width)}, nil
}

// A path that is answered is a path torchwood knows, for the same tile, and spells
// the same.
func FuzzPath(f *testing.F) {
	for _, path := range []string{
		"tile/0/000", "tile/63/x001/x234/067.p/8", "tile/entries/x001/234.p/255", "tile/0/x000/001",
		"tile/entries/001.p/0", "tile/7/x009/x007/x199/x254/x740/991", "tile/8/999/999",
	} {
		f.Add(path)
	}
	handler := serve.Handler(endless{}, "")
	f.Fuzz(func(t *testing.T, path string) {
		if path == "checkpoint" || path == "key" {
			return
		}
		request := httptest.NewRequest("GET", "/", nil)
		request.URL.Path = "/" + path
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, request)
		if w.Code != 200 {
			return
		}
		tile, err := torchwood.ParseTilePath(path)
		if err != nil || torchwood.TilePath(tile) != path {
			t.Fatalf("torchwood reads %q as %+v, %v", path, tile, err)
		}
		body := w.Body.Bytes()
		if body[0] != byte(tile.L) || body[1] != byte(tile.N) || body[2] != byte(tile.W) {
			t.Errorf("%q is answered with %v, torchwood reads %+v", path, body, tile)
		}
	})
}
