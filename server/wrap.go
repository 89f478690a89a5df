package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/skalig/skalig/server/metrics"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/estimate"
)

// maxBody is the largest body that is read.
const maxBody = 256 << 10

// handOver is where the calculator's pages send what was filled in.
const handOver = "POST /ansok"

// wrap is the one wrapper around every handler.
func (s *service) wrap(mux *http.ServeMux) (http.Handler, error) {
	// An edge hands over what was filled in there, and may send nothing else.
	cross, handed := http.NewCrossOriginProtection(), http.NewCrossOriginProtection()
	for _, edge := range s.c.Edges {
		if err := handed.AddTrustedOrigin(edge); err != nil {
			return nil, fmt.Errorf("couldn't trust the edge %s: %w", edge, err)
		}
	}
	policy := s.policyOfPages()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, pattern := time.Now(), route(mux, r)
		ended := s.metrics.Begun()
		out := &answer{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				s.metrics.Panicked()
				// The value may hold what the request held: only its type is logged.
				s.c.Log.Error("a request panicked", "route", pattern, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
				if out.code == 0 {
					s.problem(out, r, http.StatusInternalServerError)
				}
			}
			ended(pattern, out.code, time.Since(began))
			s.turned.count(pattern, out.code)
			s.c.Log.Debug("answered", "route", pattern, "code", out.code, "took", time.Since(began))
		}()
		out.Header().Set("Content-Security-Policy", policy)
		if s.elsewhere(out, r) {
			return
		}
		limit, patience := int64(maxBody), 15*time.Second
		if most, ok := uploads[pattern]; ok { // a photo over a slow line
			limit, patience = most, 3*time.Minute
			_ = http.NewResponseController(w).SetReadDeadline(began.Add(patience)) // without it the server's own holds
			_ = http.NewResponseController(w).SetWriteDeadline(began.Add(patience + 30*time.Second))
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		r = r.WithContext(store.Visit(ctx))
		if strings.HasPrefix(r.URL.Path, estimate.Prefix) {
			mux.ServeHTTP(out, r) // keeps nothing and knows nobody: other sites may ask it, and it bounds its own bodies
			return
		}
		if !s.allowed(r) {
			out.Header().Set("Retry-After", "5")
			s.problem(out, r, http.StatusTooManyRequests)
			return
		}
		check := cross
		if pattern == handOver {
			check = handed
		}
		if err := check.Check(r); err != nil {
			s.metrics.CrossSite()
			s.problem(out, r, http.StatusForbidden)
			return
		}
		if r.ContentLength > limit && limit == maxBody {
			out.Header().Set("Connection", "close")
			s.problem(out, r, http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = http.MaxBytesReader(out, r.Body, limit)
		mux.ServeHTTP(out, r)
	}), nil
}

// route is the pattern that a request fits, never its path.
func route(mux *http.ServeMux, r *http.Request) string {
	if _, pattern := mux.Handler(r); pattern != "" && pattern != "/" {
		return pattern
	}
	return metrics.Unknown
}

// elsewhere sends a page asked for under another host to the service's own
// address: the session's cookie and the sign-in belong there.
func (s *service) elsewhere(w http.ResponseWriter, r *http.Request) bool {
	own, err := url.Parse(s.c.URL)
	if err != nil || r.Host == own.Host || r.Method != http.MethodGet {
		return false
	}
	_, path := site.Split(r.URL.Path)
	for _, prefix := range []string{"/rakna", "/ansok", "/mina", "/arende/", "/medsokande", "/prata", "/behov", "/sessioner", "/inmatning", "/handlaggare", "/omprovning", "/utbetalning", "/granskning", "/administration", "/drift", "/logga-in", "/auth/", "/demo/"} {
		if strings.HasPrefix(path, prefix) {
			to := url.URL{Scheme: own.Scheme, Host: own.Host, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, to.String(), http.StatusTemporaryRedirect)
			return true
		}
	}
	return false
}

// answer remembers the status.
type answer struct {
	http.ResponseWriter
	code int
}

func (a *answer) WriteHeader(code int) {
	if a.code == 0 {
		a.code = code
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.code == 0 {
		a.code = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is underneath.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
