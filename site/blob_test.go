package site_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/skalig/skalig/site"
)

// TestPublicPagesAreRenderedOnce: each page once in each language and version, with what
// it is made of then. One that can't be made is made anew when it is asked for again.
func TestPublicPagesAreRenderedOnce(t *testing.T) {
	s, err := site.Open()
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	get := func(lang, version, title string, fails error) (string, error) {
		w := httptest.NewRecorder()
		err := s.ServePublic(w, httptest.NewRequest("GET", "/rakna", nil), "rakna", lang, version, func() (site.Page, error) {
			made++
			return site.Page{Title: title, Path: "/rakna", Data: calculator()}, fails
		})
		body, _ := io.ReadAll(w.Body)
		return string(body), err
	}
	away := errors.New("away")
	if body, err := get("sv", "2026-11", "ett", away); !errors.Is(err, away) || body != "" {
		t.Errorf("%v: a page that can't be made has %d bytes", err, len(body))
	}
	for _, want := range []struct {
		lang, version, title, shows string
		made                        int
	}{
		{"sv", "2026-11", "ett", "<title>ett", 2}, {"sv", "2026-11", "två", "<title>ett", 2}, {"ar", "2026-11", "tre", "<title>tre", 3},
		{"sv", "2026-12", "fyra", "<title>fyra", 4}, {"ar", "2026-11", "fem", "<title>tre", 4},
	} {
		if body, err := get(want.lang, want.version, want.title, nil); err != nil || !strings.Contains(body, want.shows) || made != want.made {
			t.Errorf("%+v: %v, rendered %d times", want, err, made)
		}
	}
	kept, anew := testing.AllocsPerRun(20, func() { serve(t, s, "2026-12") }), testing.AllocsPerRun(5, func() {
		if err := s.Render(io.Discard, "rakna", site.Page{Title: "t", Path: "/rakna", Data: calculator()}); err != nil {
			t.Fatal(err)
		}
	})
	if kept*20 > anew {
		t.Errorf("a kept page takes %v allocations, one that is rendered %v", kept, anew)
	}
}

func serve(t testing.TB, s *site.Site, version string) {
	w := quiet{http.Header{}}
	r := &http.Request{Method: http.MethodGet, Header: http.Header{"Accept-Encoding": {"br"}}}
	err := s.ServePublic(w, r, "rakna", "sv", version, func() (site.Page, error) { return site.Page{Title: "t", Path: "/rakna", Data: calculator()}, nil })
	if err != nil {
		t.Fatal(err)
	}
}

// quiet is a visitor who reads nothing.
type quiet struct{ h http.Header }

func (q quiet) Header() http.Header       { return q.h }
func (quiet) Write(b []byte) (int, error) { return len(b), nil }
func (quiet) WriteHeader(int)             {}

// BenchmarkCalculatorPage is the calculator's page as it is served, and as it was when
// each visitor had it rendered.
func BenchmarkCalculatorPage(b *testing.B) {
	s, err := site.Open()
	if err != nil {
		b.Fatal(err)
	}
	serve(b, s, "2026-11")
	b.Run("kept", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			serve(b, s, "2026-11")
		}
	})
	b.Run("rendered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := s.Render(io.Discard, "rakna", site.Page{Title: "t", Path: "/rakna", Data: calculator()}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
