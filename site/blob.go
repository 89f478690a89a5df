package site

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Blob is a body that does not change: as it is, and compressed once, best coding first.
type Blob struct {
	contentType string
	caching     string
	etag        string
	codings     []coding
}

type coding struct {
	name string // of Content-Encoding; "" for the plain body
	body []byte
}

// Caching of a blob: a name that holds the content's hash never goes stale; any other address is asked about each time.
const (
	Immutable  = "public, max-age=31536000, immutable"
	Revalidate = "no-cache"
)

// NewBlob compresses body, at the given brotli quality (11 is smallest and slow). Never for a page that holds a secret or a person's
// data: the length of a compressed page can tell what is in it.
func NewBlob(contentType, caching string, body []byte, quality int) *Blob {
	var br, gz bytes.Buffer
	w := brotli.NewWriterLevel(&br, quality)
	w.Write(body) // a bytes.Buffer takes everything
	w.Close()
	z, _ := gzip.NewWriterLevel(&gz, gzip.BestCompression) // the level is a constant that gzip has
	z.Write(body)
	z.Close()
	return newBlob(contentType, caching, body, br.Bytes(), gz.Bytes())
}

func newBlob(contentType, caching string, body, br, gz []byte) *Blob {
	sum := sha256.Sum256(body)
	b := &Blob{contentType: contentType, caching: caching, etag: hex.EncodeToString(sum[:16])}
	for _, c := range []coding{{"br", br}, {"gzip", gz}} {
		if c.body != nil && len(c.body) < len(body) {
			b.codings = append(b.codings, c)
		}
	}
	b.codings = append(b.codings, coding{"", body})
	return b
}

func (b *Blob) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	c := b.pick(r.Header.Get("Accept-Encoding"))
	etag := `"` + b.etag + c.name + `"`
	h := w.Header()
	h.Set("Content-Type", b.contentType)
	h.Set("Cache-Control", b.caching)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Etag", etag)
	if b.caching == Immutable {
		h.Set("Access-Control-Allow-Origin", "*") // named by its hash, the same for everyone: other sites may embed it
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if c.name != "" {
		h.Set("Content-Encoding", c.name)
	}
	h.Set("Content-Length", strconv.Itoa(len(c.body)))
	if r.Method == http.MethodGet {
		w.Write(c.body) // an error means that the visitor left
	}
}

// pick returns the first coding the visitor accepts by name; the plain body otherwise.
func (b *Blob) pick(accept string) coding {
	for _, c := range b.codings {
		if c.name == "" || accepts(accept, c.name) {
			return c
		}
	}
	return coding{}
}

func accepts(header, name string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(coding) == name {
			q := strings.TrimPrefix(strings.TrimSpace(quality), "q=")
			return strings.Trim(q, "0.") != "" || quality == ""
		}
	}
	return false
}

// shelf keeps the compressed form of public pages, by what they are made of. There are few: each page in each language, for each month.
type shelf struct {
	sync.Mutex
	blobs map[edition]*Blob
}

// An edition is a public page in a language, made of what version names.
type edition struct{ name, lang, version string }

const (
	shelfRoom   = 256
	pageQuality = 9
)

// get makes a page where it is not kept. Who asks for another meanwhile waits: there are few to make, and each once.
func (s *shelf) get(e edition, make func() ([]byte, error)) (*Blob, error) {
	s.Lock()
	defer s.Unlock()
	if b := s.blobs[e]; b != nil {
		return b, nil
	}
	page, err := make()
	if err != nil {
		return nil, err
	}
	if s.blobs == nil || len(s.blobs) >= shelfRoom {
		s.blobs = map[edition]*Blob{}
	}
	b := NewBlob("text/html; charset=utf-8", Revalidate, page, pageQuality)
	s.blobs[e] = b
	return b, nil
}

// ServePublic answers with a page that is the same for everyone, compressed. It is rendered once in each language for each version, which
// names all that it is made of and that changes while the service runs. A page for someone signed in goes through [Site.Render].
func (s *Site) ServePublic(w http.ResponseWriter, r *http.Request, name, lang, version string, of func() (Page, error)) error {
	b, err := s.ready.get(edition{name, lang, version}, func() ([]byte, error) {
		p, err := of()
		if err != nil {
			return nil, err
		}
		p.Lang = lang
		return s.page(name, p)
	})
	if err != nil {
		return err
	}
	b.ServeHTTP(w, r)
	return nil
}
