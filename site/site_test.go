package site_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/skalig/skalig/site"
)

// opened parses every page in every language once.
var opened = sync.OnceValues(site.Open)

func open(t *testing.T) *site.Site {
	t.Helper()
	s, err := opened()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func render(t *testing.T, name string, p site.Page) string {
	t.Helper()
	return renderWith(t, open(t), name, p)
}

func renderWith(t *testing.T, s *site.Site, name string, p site.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Render(&b, name, p); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.String()
}

var guideline = []byte(`{"schema":"skalig/guideline/1","municipality":"9999","name":"Demokommun </script>"}`)

func calculator() site.Calculator {
	return site.Calculator{
		Engine: sha256.Sum256([]byte("engine")), Month: "2026-11", Months: []string{"2026-12", "2026-11"},
		Guidelines: []site.Guideline{{Code: "9999", Name: "Demokommun", Status: "signed", File: guideline}},
	}
}

// public renders every page that anyone can see, in every language, by address.
func public(t *testing.T) map[string]string {
	s := open(t)
	pages := make(map[string]string)
	for _, lang := range site.Languages() {
		show := func(path, name, title string, data any) {
			words, err := s.Title(lang, title)
			if err != nil {
				t.Fatal(err)
			}
			pages[site.Address(lang, path)] = renderWith(t, s, name, site.Page{Title: words, Path: path, Lang: lang, Demo: true, Data: data})
		}
		for _, p := range site.Statics() {
			show(p.Path, p.Name, p.Title, nil)
		}
		show("/rakna", "rakna", "rakna.title", calculator())
		show("/rakna/server", "rakna-server", "rakna.server.title", site.ServerCalculator{Form: calculator().Form()})
		show("/kommuner", "kommuner", "places.title", site.Places{Open: []string{"Demokommun"}})
		show("/kvitto", "kvitto", "kvitto.title", site.ReceiptCheck{Keys: []string{"log+1+A"}})
	}
	return pages
}

func TestPublicPages(t *testing.T) {
	for path, page := range public(t) {
		lang, _ := site.Split(path)
		w := open(t).Words(lang)
		for _, want := range []string{`<html lang="` + lang + `" dir="`, "<h1>", w["layout.skip"], w["layout.talk"], w["layout.today"], w["layout.demo"], "</html>"} {
			if !strings.Contains(html.UnescapeString(page), want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
		if translated := strings.Contains(html.UnescapeString(page), w["layout.applies"]); translated != (lang != "sv") {
			t.Errorf("%s: says that the Swedish text applies: %t", path, translated)
		}
	}
}

var href = regexp.MustCompile(`<a[^>]* href="(/[^"#]*)[^"]*"([^>]*)`)

// Who reads in a language stays in it: each link to a page that comes in it leads there, save the list of languages, which has all.
func TestLinksKeepTheLanguage(t *testing.T) {
	for at, page := range public(t) {
		lang, path := site.Split(at)
		choices := 0
		for _, m := range href.FindAllStringSubmatch(page, -1) {
			to, plain := site.Split(m[1])
			if strings.Contains(m[2], "hreflang=") {
				choices++
				if plain != path {
					t.Errorf("%s: the choice of %s leads to %s", at, to, m[1])
				}
				continue
			}
			if site.Address(lang, plain) != m[1] {
				t.Errorf("%s leaves the language at %s", at, m[1])
			}
		}
		if choices != len(site.Languages()) {
			t.Errorf("%s offers %d languages of %d", at, choices, len(site.Languages()))
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ lang, path, want string }{
		{"sv", "/", "/"}, {"sv", "/rakna", "/rakna"}, {"en", "/", "/en"}, {"en", "/rakna", "/en/rakna"},
		{"sv-x-lattlast", "/hjalp#prata", "/lattlast/hjalp#prata"}, {"en", "/mina", "/mina"}, {"en", "/log/checkpoint", "/log/checkpoint"},
	} {
		got := site.Address(c.lang, c.path)
		if got != c.want {
			t.Errorf("%s in %s is at %s, want %s", c.path, c.lang, got, c.want)
		}
		if lang, path := site.Split(got); path != c.path || lang != c.lang && got != c.path {
			t.Errorf("%s splits into %s and %s", got, lang, path)
		}
	}
}

var (
	inline   = regexp.MustCompile(`<style|\sstyle=|\son[a-z]+=|<script>|javascript:`)
	resource = regexp.MustCompile(`(?:src|<link[^>]* href)="([^"]*)"`)
)

// The Content-Security-Policy refuses inline script and style, and nothing may come from elsewhere.
func TestPagesHoldToThePolicy(t *testing.T) {
	for path, page := range public(t) {
		if m := inline.FindString(page); m != "" {
			t.Errorf("%s holds %q", path, m)
		}
		for _, m := range resource.FindAllStringSubmatch(page, -1) {
			if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
				t.Errorf("%s fetches %q", path, m[1])
			}
		}
	}
}

// What a municipality has written can't end the element that its data stands in.
func TestEmbeddedDataStaysInside(t *testing.T) {
	page := render(t, "rakna", site.Page{Title: "x", Path: "/rakna", Data: calculator()})
	_, data, _ := strings.Cut(page, `id="skalig-data">`)
	data, _, _ = strings.Cut(data, "</script>")
	for _, want := range []string{`"/engine/` + hex.EncodeToString(sumOf("engine")) + `.wasm"`, `skalig/guideline/1`, `Demokommun \u003c/script`} {
		if !strings.Contains(data, want) {
			t.Errorf("the embedded data lacks %s", want)
		}
	}
}

func sumOf(text string) []byte { s := sha256.Sum256([]byte(text)); return s[:] }

func TestRenderWritesAllOrNothing(t *testing.T) {
	var b bytes.Buffer
	if err := open(t).Render(&b, "rakna", site.Page{Title: "x", Data: struct{}{}}); err == nil || b.Len() > 0 {
		t.Errorf("a page without its data: error %v, %d bytes written", err, b.Len())
	}
	if err := open(t).Render(&b, "layout", site.Page{}); err == nil {
		t.Error("the layout could be rendered as a page")
	}
}

func TestErrorsMarkTheTitle(t *testing.T) {
	page := render(t, "hjalp", site.Page{Title: "Ansök", Errors: []site.FieldError{{Field: "a", Text: "b"}}})
	if !strings.Contains(page, "<title>Fel: Ansök – Skälig</title>") {
		t.Error("the title doesn't say that something is to be mended")
	}
}

func TestTextIsEscaped(t *testing.T) {
	page := render(t, "hjalp", site.Page{Title: `<b>"x"</b>`, User: `<i>`})
	if strings.Contains(page, "<b>") || strings.Contains(page, "<i>") {
		t.Error("a title or a name came out as markup")
	}
}

func TestAssets(t *testing.T) {
	href := regexp.MustCompile(`/assets/site-[A-Z0-9]+\.css`).FindString(public(t)["/"])
	if href == "" {
		t.Fatal("the first page names no styles")
	}
	h := open(t).Assets()
	for _, c := range []struct {
		method, path, accept, match string
		status                      int
		encoding                    string
	}{
		{"GET", href, "gzip, deflate, br, zstd", "", 200, "br"},
		{"GET", href, "gzip", "", 200, "gzip"},
		{"GET", href, "br;q=0, gzip;q=0.5", "", 200, "gzip"},
		{"GET", href, "br;q=0.0", "", 200, ""},
		{"GET", href, "", "", 200, ""},
		{"HEAD", href, "br", "", 200, "br"},
		{"POST", href, "", "", 405, ""},
		{"GET", "/assets/site.css", "", "", 404, ""},
		{"GET", "/assets/manifest.json", "", "", 404, ""},
		{"GET", "/assets/../words/sv.json", "", "", 404, ""},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(c.method, "http://x"+c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		h.ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Content-Encoding") != c.encoding {
			t.Errorf("%s %s (%s): %d %q, want %d %q", c.method, c.path, c.accept, w.Code, w.Header().Get("Content-Encoding"), c.status, c.encoding)
		}
		if c.status != 200 {
			continue
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q", c.path, got)
		}
		if c.method == "HEAD" && w.Body.Len() > 0 {
			t.Errorf("HEAD answered with a body")
		}
	}
}

func TestPublicPagesAreCompressedAndRevalidated(t *testing.T) {
	s := open(t)
	get := func(accept, match string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/hjalp", nil)
		r.Header.Set("Accept-Encoding", accept)
		r.Header.Set("If-None-Match", match)
		if err := s.ServePublic(w, r, "hjalp", "sv", "v", func() (site.Page, error) { return site.Page{Title: "Hjälp", Path: "/hjalp"}, nil }); err != nil {
			t.Fatal(err)
		}
		return w
	}
	plain, br := get("", ""), get("br", "")
	if n, m := br.Body.Len(), plain.Body.Len(); n*2 > m {
		t.Errorf("brotli takes %d bytes of %d", n, m)
	}
	if plain.Header().Get("Etag") == br.Header().Get("Etag") {
		t.Error("two codings have the same entity tag")
	}
	if again := get("br", br.Header().Get("Etag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("an unchanged page gave %d and %d bytes", again.Code, again.Body.Len())
	}
	if body, _ := io.ReadAll(plain.Body); !strings.Contains(html.UnescapeString(string(body)), "<h1>Hjälp och kontakt</h1>") {
		t.Error("the page is not the help page")
	}
}
