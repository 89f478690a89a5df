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
		return s.spoken(w, r, p.Name, p.Title, func() any { return nil })
	}
}

// spoken answers with a public page in the language of its address. What it is made of is
// fixed when the service starts, but for the months that can be applied for.
func (s *service) spoken(w http.ResponseWriter, r *http.Request, name, title string, data func() any) error {
	lang, path := site.Split(r.URL.Path)
	return s.site.ServePublic(w, r, name, lang, s.flow.OpenMonths()[0], func() (site.Page, error) {
		words, err := s.site.Title(lang, title)
		return site.Page{Title: words, Path: path, Demo: s.c.Demo != nil, Data: data()}, err
	})
}

func (s *service) receiptCheck(w http.ResponseWriter, r *http.Request) error {
	return s.spoken(w, r, "kvitto", "kvitto.title", func() any { return s.receiptCheckData() })
}

func (s *service) receiptCheckData() site.ReceiptCheck {
	return site.ReceiptCheck{Verify: wasm.Current().VerifySHA256, Keys: []string{s.log.Key()}, Policy: string(s.log.Policy()), Host: s.c.URL}
}

// policy serves the policy by which readers of the log may demand its witnesses.
func (s *service) policy(w http.ResponseWriter, _ *http.Request) error {
	text := s.log.Policy()
	if text == nil {
		return store.ErrNotFound
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", site.Revalidate)
	w.Write(text) // an error means that the visitor left
	return nil
}

// releaseReceipt serves the receipt of an engine's release leaf, which proves to
// anyone that the log names the engine.
func (s *service) releaseReceipt(w http.ResponseWriter, r *http.Request) error {
	engine, ok := strings.CutSuffix(r.PathValue("file"), ".json")
	if !ok {
		return store.ErrNotFound
	}
	receipt, err := s.flow.ReleaseReceipt(r.Context(), engine)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", site.Revalidate)
	w.Write(receipt) // an error means that the visitor left
	return nil
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

// look gives the size of the published tree and when it last grew here. A tree that
// is smaller than it was is said to be.
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
		t.at = s.c.Clock()
	}
	t.size = c.Size
	return t.size, t.at
}
