package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/demo"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/skalig/skalig/server"
)

const csp = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func TestHeaders(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	for _, path := range []string{"/", "/rakna", "/kvitto", "/mina", "/nothing", "/log/checkpoint", "/metrics"} {
		a := b.get(path)
		for name, want := range map[string]string{"Content-Security-Policy": csp, "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := a.head.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
	if a := b.get("/mina"); a.head.Get("Cache-Control") != "no-store" {
		t.Errorf("a personal page may be kept: %s", a.head.Get("Cache-Control"))
	}
	engine := regexp.MustCompile(`/engine/[0-9a-f]{64}\.wasm`).FindString(b.get("/rakna").body)
	if a := b.get(engine); !strings.Contains(a.head.Get("Cache-Control"), "immutable") || a.head.Get("Content-Type") != "application/wasm" {
		t.Errorf("the engine: %v", a.head)
	}
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(?:[^>]*)>[^<]`)
	for _, path := range []string{"/", "/rakna", "/kvitto", "/mina"} {
		body := regexp.MustCompile(`<script type="application/json"[^>]*>`).ReplaceAllString(b.get(path).body, "<data>")
		if m := inline.FindString(body); m != "" {
			t.Errorf("%s holds %q", path, m)
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	for name, head := range map[string]http.Header{
		"cross-site":     {"Sec-Fetch-Site": {"cross-site"}},
		"same-site":      {"Sec-Fetch-Site": {"same-site"}},
		"foreign origin": {"Origin": {"https://example.org"}},
		"null origin":    {"Origin": {"null"}},
	} {
		for _, path := range []string{"/ansok", "/ansok/skicka", "/logga-ut", "/handlaggare/stopp", "/demo/idp/valj"} {
			req, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader("a=b"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = head.Clone()
			if a := b.do(req); a.code != http.StatusForbidden || !strings.Contains(a.body, `lang="sv"`) {
				t.Errorf("%s to %s: %d", name, path, a.code)
			}
		}
	}
	if a := b.get("/mina"); a.path != "/mina" {
		t.Error("a foreign form signed Alva out")
	}
}

func TestOtherHostLeadsHome(t *testing.T) {
	s := run(t, t.TempDir())
	for path, home := range map[string]bool{"/rakna": true, "/logga-in": true, "/mina": true, "/": false, "/log/checkpoint": false, "/readyz": false, "/metrics": false} {
		req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "localhost:1"
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.StatusCode == http.StatusTemporaryRedirect && res.Header.Get("Location") == s.url+path; got != home {
			t.Errorf("%s: %d to %q", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
}

func TestTooManyRequests(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.Rate = 0.01 }) // one, and the next after a hundred seconds
	b := s.browser(t)
	for i, want := range []int{200, 429, 429} {
		if a := b.get("/kvitto"); a.code != want || want == 429 && a.head.Get("Retry-After") == "" {
			t.Errorf("request %d: %d, want %d", i+1, a.code, want)
		}
	}
	// Those who watch, and the service's own calls to its demonstration's provider, go on.
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/demo/idp/.well-known/openid-configuration", "/demo/idp/keys"} {
		if a := b.get(path); a.code != 200 {
			t.Errorf("%s: %d", path, a.code)
		}
	}
	if code := b.post("/demo/idp/oauth/token", nil).code; code != http.StatusBadRequest && code != http.StatusUnauthorized {
		t.Errorf("the provider's exchange: %d", code)
	}
	if a := b.get("/demo/idp/authorize"); a.code != http.StatusTooManyRequests {
		t.Errorf("the provider's page: %d", a.code)
	}
}

// TestTooManyInOneSession: a session that is used from many addresses at once has
// one bucket.
func TestTooManyInOneSession(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.BehindProxy, c.SessionRate = true, 0.01 }) // one, and the next after a hundred seconds
	get := func(cookie string, n int) (code int) {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, s.url+"/kvitto", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", n))
		req.AddCookie(&http.Cookie{Name: "skalig", Value: cookie})
		return s.browser(t).do(req).code
	}
	for n := range 5 {
		want := 429
		if n == 0 {
			want = 200
		}
		if got := get("stolen", n); got != want {
			t.Errorf("request %d: %d, want %d", n+1, got, want)
		}
	}
	if got := get("another", 1); got != 200 {
		t.Errorf("another session: %d", got)
	}
}

// TestForgedAddress: behind a proxy the address is what the proxy says last, whatever
// the visitor wrote in the same line or in lines before it.
func TestForgedAddress(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.BehindProxy, c.Rate = true, 0.01 }) // one, and the next after a hundred seconds
	for n := range 5 {
		req, err := http.NewRequest(http.MethodGet, s.url+"/kvitto", nil)
		if err != nil {
			t.Fatal(err)
		}
		forged := fmt.Sprintf("192.0.2.%d", n)
		req.Header["X-Forwarded-For"] = [][]string{{forged, "198.51.100.1"}, {forged + ", 198.51.100.1"}}[n%2]
		if want := map[bool]int{true: 200, false: 429}[n == 0]; s.browser(t).do(req).code != want {
			t.Errorf("request %d is not answered with %d", n+1, want)
		}
	}
}

func TestMetrics(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.apply(single, nil)
	b.apply(single, nil)
	b.get("/arende/aaaaaaaaaaaaaaaaaaaaaaaaaa/kvitto.svg")
	text := b.get("/metrics").body
	parser := expfmt.NewTextParser(model.LegacyValidation)
	if _, err := parser.TextToMetricFamilies(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`skalig_decisions_total{mode="automatic",municipality="9999",outcome="granted"} 1`,
		`skalig_referrals_total{reason="already-decided"} 1`,
		`skalig_referrals_total{reason="human-asked"} 0`,
		`skalig_auth_total{result="ok"} 1`,
		`skalig_log_tree_size_entries 2`,
		`skalig_log_unlogged_decisions 0`,
		`skalig_queue_depth 1`,
		`skalig_ready 1`,
		`skalig_engine_mismatch_total 0`,
		`skalig_http_requests_total{code="3xx",route="POST /ansok/skicka"} 2`,
		`skalig_http_requests_total{code="4xx",route="GET /arende/{id}/kvitto.svg"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if n := strings.Count(text, "\nskalig_"); n < 20 {
		t.Errorf("%d samples", n)
	}
}

// TestSecondServerIsRefused: one process serves a data directory.
func TestSecondServerIsRefused(t *testing.T) {
	data := t.TempDir()
	run(t, data)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := server.Run(ctx, server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New()})
	if err == nil || !strings.Contains(err.Error(), "another server uses it") {
		t.Errorf("got %v", err)
	}
}

// TestJournalWithoutLog: a log that is lost is not made anew beside its journal.
func TestJournalWithoutLog(t *testing.T) {
	data := t.TempDir()
	run(t, data).stop()
	if err := os.RemoveAll(filepath.Join(data, "log")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := server.Run(ctx, server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New()}); err == nil || !strings.Contains(err.Error(), "couldn't find a log") {
		t.Errorf("got %v", err)
	}
}

func TestLogWithoutJournal(t *testing.T) {
	data := t.TempDir()
	run(t, data).stop()
	for _, name := range []string{"journal.db", "journal.db-wal", "journal.db-shm"} {
		if err := os.Remove(filepath.Join(data, name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := server.Run(ctx, server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New()}); err == nil || !strings.Contains(err.Error(), "the log is longer than the outbox") {
		t.Errorf("got %v", err)
	}
}

func TestConfig(t *testing.T) {
	for name, c := range map[string]server.Config{
		"nothing":         {},
		"no data":         {Addr: "127.0.0.1:0", Demo: demo.New()},
		"no sign-in":      {Addr: "127.0.0.1:0", Data: t.TempDir()},
		"no port":         {Addr: "127.0.0.1", Data: t.TempDir(), Demo: demo.New()},
		"a path":          {Addr: "127.0.0.1:0", Data: t.TempDir(), Demo: demo.New(), URL: "https://skalig.example/x"},
		"another scheme":  {Addr: "127.0.0.1:0", Data: t.TempDir(), Demo: demo.New(), URL: "ftp://skalig.example"},
		"address in use ": {Addr: "256.0.0.1:0", Data: t.TempDir(), Demo: demo.New()},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if err := server.Run(ctx, c); err == nil || !strings.HasPrefix(err.Error(), "couldn't") {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}

// TestSlowBody: a request that does not arrive is not waited for for ever, and
// does not keep others waiting.
func TestSlowBody(t *testing.T) {
	s := run(t, t.TempDir())
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/ansok", r)
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
		}
	}()
	if _, err := w.Write([]byte("facts=")); err != nil {
		t.Fatal(err)
	}
	if a := s.browser(t).get("/"); a.code != 200 {
		t.Errorf("meanwhile: %d", a.code)
	}
	cancel()
	_ = w.Close()
	<-done
}
