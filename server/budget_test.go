package server_test

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	pages "github.com/skalig/skalig/site"
)

var named = regexp.MustCompile(`(?:/assets/[\w.-]+|/engine/[0-9a-f]{64}\.wasm)`)

// fetched gets a path as a browser does and gives the bytes on the wire.
func fetched(t *testing.T, url, path string) (http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequest("GET", url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip, deflate, br")
	answer, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("%s: %d, %v", path, answer.StatusCode, err)
	}
	return answer.Header, body
}

// weight is what a page and everything that it names weigh on the wire.
func weight(t *testing.T, s *site, path string) (total int, parts []string) {
	t.Helper()
	header, body := fetched(t, s.url, path)
	if header.Get("Content-Encoding") != "br" {
		t.Errorf("%s is not served with brotli", path)
	}
	total = len(body)
	names := named.FindAllString(s.browser(t).get(path).body, -1)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		header, body := fetched(t, s.url, name)
		if !strings.Contains(header.Get("Cache-Control"), "immutable") || header.Get("Content-Encoding") != "br" && len(body) > 1000 {
			t.Errorf("%s is served with %q and %q", name, header.Get("Cache-Control"), header.Get("Content-Encoding"))
		}
		total += len(body)
		parts = append(parts, name)
	}
	return total, parts
}

// TestPagesAreLight measures what is served: the first page at most 30 kB, and the
// calculator with its artefact and words at most 110 kB, in every language.
func TestPagesAreLight(t *testing.T) {
	s := run(t, t.TempDir())
	for _, lang := range pages.Languages() {
		first, _ := weight(t, s, pages.Address(lang, "/"))
		whole, parts := weight(t, s, pages.Address(lang, "/rakna"))
		if !slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, "/engine/") }) {
			t.Fatalf("%s: the calculator names no engine: %v", lang, parts)
		}
		t.Logf("%-14s first page %d bytes, calculator with artefact and words %d bytes", lang, first, whole)
		if most := 30_000; first > most {
			t.Errorf("%s: the first page takes %d bytes of %d", lang, first, most)
		}
		if most := 110_000; whole > most {
			t.Errorf("%s: the calculator takes %d bytes of %d", lang, whole, most)
		}
	}
	if header, _ := fetched(t, s.url, "/offline.js"); header.Get("Cache-Control") != pages.Revalidate || header.Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("the service worker is served with %q as %q", header.Get("Cache-Control"), header.Get("Content-Type"))
	}
}
