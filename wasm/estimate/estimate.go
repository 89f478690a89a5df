// Package estimate is the estimate as a service for other people's programs and
// pages: one [http.Handler], mounted in the municipality's server and at the
// edge, so that both give the same bytes.
//
//	POST /v1/assess       the call assess of package contract: JSON in, JSON out
//	POST /v1/explain      the call explain
//	GET  /v1/parameters   every national parameter, with its source (POST does the same)
//	GET  /v1/schema       the names of the JSON Schemas; /v1/schema/facts.json is one of them
//	GET  /v1/openapi.json this interface in OpenAPI 3.1; /v1/openapi.yaml is the same document, JSON being YAML
//
// # What is added to a call
//
// A body is handed to the engine as it stands, and what the engine answers is
// the answer, byte for byte. Two parameters of the address put something first
// in the body's object:
//
//	municipality=1287   the guideline that this program knows of that municipality,
//	                    the one in force in the facts' month
//	language=en         the words of that language, for explain; sv where neither
//	                    the address nor the body has any
//
// A body that has such a member of its own is then refused by the engine for the
// repeated member.
//
// # Answers
//
//	200  the answer
//	404  there is no such call                  unknown-call
//	405  the call is not asked in that way      method
//	413  the input is above 1 MiB               too-large
//	422  the engine refuses the input           its closed list, and unknown-municipality, unknown-language
//	429  too many requests from one address     too-many-requests
//	500  the engine failed                      failed
//
// Every answer but 200 is {"errors":[{"code":…,"path":…}]}, the form of the
// engine's own refusals. The header Skalig-Engine is the SHA-256 of the artefact
// that answers.
//
// # Nothing is kept
//
// The handler has no state, logs nothing and reads no cookie, and so any site's
// page may ask it (CORS *, without credentials).
package estimate

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/skalig/skalig/wasm/contract"
)

// Prefix is where the handler is mounted.
const Prefix = "/v1/"

// An Engine answers the calls of package contract. What it answers is JSON; an
// error means that there is no answer.
type Engine interface {
	Call(ctx context.Context, name string, in []byte) ([]byte, error)
}

// Config says what answers.
type Config struct {
	Engine Engine
	SHA256 string                                // of the artefact, in hex
	Words  func(language string) ([]byte, error) // the engine's words file of a language
	Allow  func(*http.Request) bool              // false: too many requests from its address; nil: never
}

// Patterns are the handler's patterns for a ServeMux, a label each where
// requests are counted.
func Patterns() []string {
	return []string{Prefix, "/v1/assess", "/v1/explain", "/v1/parameters", "/v1/schema", "/v1/schema/{name}", "/v1/openapi.json", "/v1/openapi.yaml"}
}

type handler struct {
	Config
	description []byte
	schemas     []byte
}

// New returns the handler.
func New(c Config) (http.Handler, error) {
	h := &handler{Config: c}
	var err error
	if h.description, h.schemas, err = describe(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/assess", h.ask("assess", assess, http.MethodPost))
	mux.Handle("/v1/explain", h.ask("explain", h.explain, http.MethodPost))
	mux.Handle("/v1/parameters", h.ask("parameters", parameters, http.MethodPost, http.MethodGet, http.MethodHead))
	mux.Handle("/v1/schema", get("application/json", func(string) []byte { return h.schemas }))
	mux.Handle("/v1/schema/{name}", get("application/schema+json", schemaNamed))
	mux.Handle("/v1/openapi.json", get("application/vnd.oai.openapi+json; version=3.1", func(string) []byte { return h.description }))
	mux.Handle("/v1/openapi.yaml", get("application/yaml", func(string) []byte { return h.description }))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "unknown-call", "") })
	return h.front(mux), nil
}

// front sets what every answer has, and answers what needs no engine.
func (h *handler) front(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Access-Control-Allow-Origin", "*")
		head.Set("Access-Control-Expose-Headers", "Retry-After, Skalig-Engine")
		head.Set("Cross-Origin-Resource-Policy", "cross-origin")
		head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Cache-Control", "no-store")
		head.Set("Skalig-Engine", h.SHA256)
		switch {
		case r.Method == http.MethodOptions:
			head.Set("Access-Control-Allow-Methods", "GET, HEAD, POST")
			head.Set("Access-Control-Allow-Headers", "Content-Type")
			head.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
		case h.Allow != nil && !h.Allow(r):
			head.Set("Retry-After", "5")
			refuse(w, http.StatusTooManyRequests, "too-many-requests", "")
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// get serves bytes that change only with the program.
func get(kind string, body func(name string) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !allowed(w, r, []string{http.MethodGet, http.MethodHead}) {
			return
		}
		b := body(r.PathValue("name"))
		if b == nil {
			refuse(w, http.StatusNotFound, "unknown-call", "")
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=300")
		answer(w, http.StatusOK, kind, b)
	}
}

// allowed refuses a call that is not asked in one of its ways.
func allowed(w http.ResponseWriter, r *http.Request, methods []string) bool {
	if slices.Contains(methods, r.Method) {
		return true
	}
	w.Header().Set("Allow", strings.Join(methods, ", ")+", OPTIONS")
	refuse(w, http.StatusMethodNotAllowed, "method", "")
	return false
}

// refuse answers with an error in the engine's form. The codes and paths are
// this package's own words and need no escaping.
func refuse(w http.ResponseWriter, status int, code, path string) {
	answer(w, status, "application/json", []byte(`{"errors":[{"code":"`+code+`","path":"`+path+`"}]}`))
}

func answer(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error means that the caller left
}

// maxInput is the engine's.
const maxInput = contract.MaxInput
