package server

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm"
)

// static is a public page without data, the same for everyone.
func (s *service) static(p site.Static) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		title, err := s.site.Title(p.Title)
		if err != nil {
			return err
		}
		return s.site.ServePublic(w, r, p.Name, site.Page{Title: title, Path: p.Path, Demo: s.c.Demo})
	}
}

func (s *service) receiptCheck(w http.ResponseWriter, r *http.Request) error {
	title, err := s.site.Title("kvitto.title")
	if err != nil {
		return err
	}
	return s.site.ServePublic(w, r, "kvitto", site.Page{Title: title, Path: "/kvitto", Demo: s.c.Demo,
		Data: site.ReceiptCheck{Verify: wasm.Current().VerifySHA256, Keys: []string{s.log.Key()}}})
}

// artefacts serves every kept release of a kind by its hash, compressed once.
func (s *service) artefacts(kind string) page {
	blobs := map[string]func() *site.Blob{}
	for _, rel := range wasm.Releases() {
		sha, find := rel.EngineSHA256, wasm.Engine
		if kind == "verify" {
			sha, find = rel.VerifySHA256, wasm.Verify
		}
		blobs[hex.EncodeToString(sha[:])] = sync.OnceValue(func() *site.Blob {
			module, ok := find(sha)
			if !ok {
				return nil
			}
			return site.NewBlob("application/wasm", site.Immutable, module, 11)
		})
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		name, ok := strings.CutSuffix(r.PathValue("file"), ".wasm")
		make := blobs[name]
		if !ok || make == nil {
			return store.ErrNotFound
		}
		blob := make()
		if blob == nil {
			return store.ErrNotFound
		}
		blob.ServeHTTP(w, r)
		return nil
	}
}

// look gives the size of the published tree and when it was first seen.
func (t *tree) look(s *service) (uint64, time.Time) {
	t.Lock()
	defer t.Unlock()
	if s.log == nil {
		return 0, time.Time{}
	}
	signed, err := s.log.ReadCheckpoint(context.Background())
	if err != nil {
		return t.size, t.at
	}
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil {
		return t.size, t.at
	}
	if t.at.IsZero() || c.Size > t.size {
		t.size, t.at = c.Size, s.c.Clock()
	}
	return t.size, t.at
}
