package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/server"
)

// kept are the routes whose answers may be kept, since they are the same for everyone.
var kept = regexp.MustCompile(`^(/log/|/v1/.*|GET /(assets/|engine/\{file\}|verify/\{file\}|release/\{file\}|offline\.js|log/(policy|approvers|releases|opened/\{file\})|kommuner|audit.*|statistik.*)|GET /(\{\$\}|[a-z]{2,3}|lattlast|hjalp|om|rakna|rakna/server|kvitto|tillganglighet|(?:[a-z]{2,3}|lattlast)/[a-z/]+))$`)

// TestHeadersOfEveryRoute asks for every route, for every kind of visitor that it
// answers differently, and holds what the answer says to the browser.
func TestHeadersOfEveryRoute(t *testing.T) {
	s := run(t, t.TempDir())
	alva, doris := s.as(t, "alva"), s.as(t, "doris")
	granted := strings.TrimPrefix(alva.apply(single, nil).path, "/arende/")
	visitors := []*browser{s.browser(t), alva, doris, s.as(t, "petra"), s.as(t, "rut"), s.as(t, "maja"), s.as(t, "otto")}
	for _, b := range visitors { // each answer, not the last of a chain
		b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	patterns, err := server.Patterns()
	if err != nil {
		t.Fatal(err)
	}
	start := alva.get("/rakna").body
	fill := strings.NewReplacer("GET /engine/{file}", "GET "+regexp.MustCompile(`/engine/[0-9a-f]{64}\.wasm`).FindString(start),
		"GET /assets/", "GET "+assetLink.FindString(start), "{id}", granted, "{n}", "1", "{section}", "bostad", "{$}", "", "/log/{", "/log/{", "{file}", "0.json",
		"{code}", "9999", "{month}", "2026-11")
	asked := 0
	for _, pattern := range append(patterns, "/healthz", "/nothing", "/demo/idp/keys") {
		method, path, found := strings.Cut(fill.Replace(pattern), " ")
		if !found {
			method, path = "GET", method
		}
		for i, b := range visitors {
			if i > 1 && kept.MatchString(pattern) {
				break // the same for everyone
			}
			if pattern == "POST /logga-ut" || pattern == "POST /sessioner" || pattern == "GET /lamna" || pattern == "POST /drift/logga-ut" {
				continue // they end the session; their own tests hold them
			}
			var a answer
			if method == "GET" {
				a = b.get(path)
			} else {
				a = b.post(path, url.Values{})
			}
			asked++
			for _, wrong := range wrongHeaders(a, kept.MatchString(pattern)) {
				t.Errorf("%s as visitor %d (%d): %s", pattern, i, a.code, wrong)
			}
		}
	}
	if asked < 500 {
		t.Errorf("only %d answers were looked at", asked)
	}
}

// wrongHeaders is what is wrong with an answer's headers.
func wrongHeaders(a answer, mayKeep bool) (wrong []string) {
	must := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	h := a.head
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy", "Cache-Control"} {
		must(h.Get(name) != "", "no %s", name)
	}
	policy := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'"} {
		must(strings.Contains(policy, part) || strings.Contains(policy, "sandbox"), "the policy lacks %s: %s", part, policy)
	}
	must(!strings.Contains(policy, "unsafe-inline") && !strings.Contains(policy, "'unsafe-eval'") && !strings.Contains(policy, "*"), "the policy is %s", policy)
	must(h.Get("X-Content-Type-Options") == "nosniff", "nosniff is missing")
	must(h.Get("Access-Control-Allow-Origin") == "" || mayKeep, "other sites may read it")
	must(h.Get("Access-Control-Allow-Credentials") == "", "other sites may read it as the visitor")
	must(h.Get("Server") == "" && h.Get("X-Powered-By") == "", "it says what it is made with")
	kept := slices.ContainsFunc(h.Values("Cache-Control"), func(v string) bool { return !strings.Contains(v, "no-store") && !strings.HasPrefix(v, "no-cache=") })
	must(!kept || mayKeep && a.code == 200, "it may be kept: %v", h.Values("Cache-Control"))
	if len(a.body) > 0 {
		kind := h.Get("Content-Type")
		must(kind != "", "no Content-Type")
		must(!strings.HasPrefix(kind, "text/") || strings.Contains(kind, "charset=utf-8"), "%s without its charset", kind)
	}
	return wrong
}

// TestNotReady: what is answered before the service is ready says the same.
func TestNotReady(t *testing.T) {
	for _, path := range []string{"/", "/healthz", "/mina"} {
		w := httptest.NewRecorder()
		server.NotReady().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		for _, wrong := range wrongHeaders(answer{w.Code, path, w.Body.String(), w.Header()}, false) {
			t.Errorf("%s: %s", path, wrong)
		}
		if got := w.Header().Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
			t.Errorf("%s: Strict-Transport-Security is %q", path, got)
		}
	}
}

// TestOtherMethods: a route answers to the methods that it was made for, and TRACE shows
// nothing of a request.
func TestOtherMethods(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	for _, path := range []string{"/", "/mina", "/ansok", "/ansok/skicka", "/healthz", "/readyz", "/log/checkpoint", "/assets/x", "/v1/assess", "/handlaggare", "/nothing"} {
		for _, method := range []string{"TRACE", "TRACK", "PUT", "DELETE", "PATCH", "PROPFIND", "DEBUG"} {
			req, err := http.NewRequest(method, s.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Canary", "kanariefågel")
			if a := b.do(req); (a.code < 400 && path != "/healthz" && path != "/readyz") || strings.Contains(a.body, "kanariefågel") {
				t.Errorf("%s %s: %d %.100s", method, path, a.code, a.body)
			}
		}
	}
}

func TestSignOutEmptiesTheBrowser(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := b.post("/logga-ut", nil)
	if a.code != http.StatusSeeOther || a.head.Get("Clear-Site-Data") != `"cache", "storage"` || !strings.Contains(a.head.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("signing out: %d %v", a.code, a.head)
	}
}
