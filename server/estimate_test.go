package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/conformance"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/wasm/contract"
)

// TestEstimate asks the service for every published case, as another site's
// page does: the answers are the published ones.
func TestEstimate(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.Rate = 1000 })
	b := s.browser(t)
	cases, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		a := b.foreign("/v1/assess", string(c.Input))
		if want := string(contract.Assess(c.Input)); a.body != want {
			t.Errorf("%s: %d %.200s, want %.200s", c.Name, a.code, a.body, want)
		}
		if a.head.Get("Access-Control-Allow-Origin") != "*" || a.head.Get("Set-Cookie") != "" || len(a.head.Get("Skalig-Engine")) != 64 {
			t.Errorf("%s: %v", c.Name, a.head)
		}
	}
	if a := b.get("/v1/openapi.json"); a.code != 200 || !strings.Contains(a.body, `"openapi": "3.1.0"`) {
		t.Errorf("the description: %d", a.code)
	}
	for target, want := range map[string]string{"/v1/assess?municipality=0000": "unknown-municipality", "/v1/nothing": "unknown-call"} {
		if a := b.foreign(target, "{}"); !strings.Contains(a.body, want) || a.head.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", target, a.code, a.body)
		}
	}
}

// TestEstimateIsLimited: the bucket of an address is one for pages and
// estimates, and the refusal is one that a program can read.
func TestEstimateIsLimited(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.Rate = 0.01 })
	b := s.browser(t)
	for range 20 {
		a := b.foreign("/v1/assess", "{}")
		if a.code != http.StatusTooManyRequests {
			continue
		}
		if !strings.Contains(a.body, `"too-many-requests"`) || a.head.Get("Retry-After") == "" || a.head.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s %v", a.body, a.head)
		}
		if page := b.get("/"); page.code != http.StatusTooManyRequests {
			t.Errorf("a page is answered with %d", page.code)
		}
		return
	}
	t.Error("nothing was refused")
}

// foreign posts as a page of another site does.
func (b *browser) foreign(path, body string) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.url+path, io.NopCloser(strings.NewReader(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	req.ContentLength = int64(len(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", "https://kommunen.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	return b.do(req)
}

// TestEdge: a form of the calculator at a named edge goes on here, one of another
// site does not, and the edge sends nothing else.
func TestEdge(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.Edges = []string{"https://kommunen.example"} })
	b := s.browser(t)
	if a := b.foreign("/ansok", ""); a.code == http.StatusForbidden {
		t.Error("the edge's form is refused")
	}
	for _, path := range []string{"/ansok/ny", "/ansok/skicka", "/mina/konto", "/logga-ut"} {
		if a := b.foreign(path, ""); a.code != http.StatusForbidden {
			t.Errorf("the edge posts to %s: %d", path, a.code)
		}
	}
	b = run(t, t.TempDir()).browser(t)
	if a := b.foreign("/ansok", ""); a.code != http.StatusForbidden {
		t.Errorf("another site's form is answered with %d", a.code)
	}
}
