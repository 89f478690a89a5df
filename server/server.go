// Package server is the e-service: the calculator's pages, applications,
// decisions, casework, the public log and the metrics, on one listener.
//
// # Data
//
// Everything lies under Config.Data, made at the first start:
//
//	lock          held by the one process that serves this directory
//	journal.db    what has happened (package store)
//	sessions.db   who is signed in (package auth)
//	log/          the transparency log with its key (package publiclog)
//	releases/     what people have approved (package release)
//	forms.db      applications that are being filled in (package store)
//	documents/    what people have handed in, each file sealed
//	keys/         kek and cases.db (store), person, session, digest
//	person-key    fingerprint of keys/person, which can be no other
//
// Where a database is configured, it holds what journal.db, sessions.db, forms.db,
// documents/ and cases.db hold else, and several services share it (nodes.go): each has
// a folder of its own, with the same keys and the same log's key and tree. A node whose
// keys are not those of the others is refused.
//
// A journal without its log, or a log without its journal, is refused: neither is
// made anew beside the other. A log that Trillian keeps is made before the first
// start, with skalig log create, or from a tree that the configuration names.
//
// # Start and stop
//
// The listener answers at once; until the journal is replayed, the log open, the
// engine's release published and every half-done case taken up, /readyz and all
// pages say 503. The metrics on the listener of those who watch, and a line in the
// log every few seconds, say how far the replay is. Run returns when ctx ends, after the requests that are being
// answered, or when the store or the log can no longer keep their promises.
//
// Little room on the disk ends nothing (package store, A full disk). /readyz says
// 503 and what can't be kept is answered with 507: nothing new is taken in, and with
// no room at all no file is shown, since nobody could be seen to have read it. The
// pages, the public log and the estimate go on, and the rest when there is room.
//
// # Requests
//
// Every request passes the wrapper in wrap.go. It sets the security headers,
// refuses forms from other sites, bodies above 256 KiB (of a document: 10 MB) and too many requests from
// one address, bounds the time, counts by route pattern, and turns a panic into a
// plain page without a word of the request in any log. The estimate under /v1/,
// which any site may ask, refuses in its own words (package estimate).
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/skalig/skalig/server/metrics"
	"github.com/skalig/skalig/server/store"
)

// Run serves until ctx ends.
func Run(ctx context.Context, c Config) error {
	if c.Addr == "" || c.Data == "" {
		return errors.New("couldn't serve: the address and the data directory must be set")
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("couldn't listen: %w", err)
	}
	defer listener.Close() //nolint:errcheck // Serve closes it too
	if err := c.complete(listener.Addr()); err != nil {
		return err
	}
	front := &front{https: strings.HasPrefix(c.URL, "https://")}
	srv := &http.Server{Handler: front, ReadHeaderTimeout: 3 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 60 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(quiet{c.Log.Handler()}, slog.LevelDebug)}
	served := make(chan error, 2)
	go func() {
		if c.TLS.Certificate != "" {
			served <- srv.ServeTLS(listener, c.TLS.Certificate, c.TLS.Key)
			return
		}
		served <- srv.Serve(listener)
	}()
	watched := &http.Server{Handler: &watch{front}, ReadHeaderTimeout: 3 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, ErrorLog: srv.ErrorLog}
	if c.Metrics != "" {
		inner, err := net.Listen("tcp", c.Metrics)
		if err != nil {
			return fmt.Errorf("couldn't listen for those who watch: %w", errors.Join(err, srv.Close()))
		}
		go func() { served <- watched.Serve(inner) }()
	}
	defer watched.Close() //nolint:errcheck // it answers only those who watch

	s, err := open(ctx, c, func(m *metrics.Metrics) { front.metrics.Store(m) })
	if err != nil && ctx.Err() != nil {
		c.Log.Info("stopped before it was ready", "while", err)
		return srv.Close()
	}
	if store.Full(err) { // which SQLite says in other words
		err = fmt.Errorf("couldn't start: the disk under %s is full: %w", c.Data, err)
	}
	if err != nil {
		return errors.Join(err, srv.Close())
	}
	front.ready.Store(s)
	steady, enough := context.WithCancel(ctx)
	defer enough()
	more()
	go collecting(steady)
	c.Log.Info("ready", "url", c.URL, "demo", c.Demo != nil, "engine", s.engineHex[:12])
	if c.Started != nil {
		c.Started(c.URL)
	}

	select {
	case <-ctx.Done():
	case err = <-served:
		err = fmt.Errorf("couldn't go on serving: %w", err)
	case <-s.flow.Failed():
		err = fmt.Errorf("couldn't go on deciding: %w", s.flow.Err())
	case <-s.store.Stopped():
		err = fmt.Errorf("couldn't go on writing: %w", s.store.Err())
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	front.ready.Store(nil)   // readyz says 503, so that nobody sends more
	front.metrics.Store(nil) // what they look at is being closed
	shut := srv.Shutdown(drain)
	return errors.Join(err, shut, s.close(drain))
}

// front answers from the moment the listener is open.
type front struct {
	ready   atomic.Pointer[service]
	metrics atomic.Pointer[metrics.Metrics] // there before the service is
	https   bool
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Context().Err() != nil {
		return // whoever asked has taken it back, as fast as it was asked
	}
	guard(w.Header(), f.https)
	if r.URL.Path == "/healthz" {
		plain(w, http.StatusOK, "ok")
		return
	}
	s := f.ready.Load()
	if s == nil {
		w.Header().Set("Retry-After", "2")
		plain(w, http.StatusServiceUnavailable, "Tjänsten startar eller stänger. Försök igen om en stund.")
		return
	}
	s.handler.ServeHTTP(w, r)
}

// watch answers those who watch the service, on a listener of their own.
type watch struct{ *front }

func (w *watch) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	guard(out.Header(), false) // it is no service of browsers
	s, m := w.ready.Load(), w.metrics.Load()
	switch {
	case r.URL.Path == "/healthz":
		plain(out, http.StatusOK, "ok")
	case r.URL.Path == "/metrics" && m != nil: // while it starts too: they say how far it is
		m.Handler().ServeHTTP(out, r)
	case s == nil:
		plain(out, http.StatusServiceUnavailable, "not ready")
	case r.URL.Path == "/readyz":
		s.readyz(out, r)
	default:
		plain(out, http.StatusNotFound, "/metrics, /readyz, /healthz")
	}
}

func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text + "\n"))
}

// quiet keeps what net/http says of a request out of the log: it may quote it.
type quiet struct{ slog.Handler }

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	what, _, _ := strings.Cut(r.Message, ":")
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "net/http: "+what, 0))
}
