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
//
// A journal without its log, or a log without its journal, is refused: neither is
// made anew beside the other. A log that Trillian keeps is made before the first
// start, with skalig log create, or from a tree that the configuration names.
//
// # Start and stop
//
// The listener answers at once; until the journal is replayed, the log open, the
// engine's release published and every half-done case taken up, /readyz and all
// pages say 503. Run returns when ctx ends, after the requests that are being
// answered, or when the store or the log can no longer keep their promises.
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
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/release"
)

// Config says what to serve and where. Addr and Data must be set, and either
// Demo or SignIn. The members with a name in JSON are a configuration file's.
type Config struct {
	Addr string `json:"-"` // 127.0.0.1:8080
	Data string `json:"-"` // directory
	URL  string `json:"-"` // the service's own address as people write it, https://host; empty: http:// and the address listened on
	Demo bool   `json:"-"` // the synthetic municipality, with a provider of its own to sign in with

	SignIn         municipality.SignIn         `json:"signIn"`         // of a service in earnest
	Municipalities []municipality.Municipality `json:"municipalities"` // who decides; a demonstration has its own
	Operators      []string                    `json:"operators"`      // who keeps the service running, as in the claim orgAffiliation
	EraseOld       bool                        `json:"eraseOld"`       // erase files five years after their last note (package retention); else they are only counted
	StopAutomation bool                        `json:"stopAutomation"` // every case goes to a caseworker
	Approvers      []release.Approver          `json:"approvers"`      // who may approve engines, two for each; a demonstration has its own
	Origin         string                      `json:"origin"`         // the log's name for ever, host/path; empty: from URL; read only when the log is made

	PublicLog publiclog.Config `json:"log"` // what keeps the log; nothing: files under Data

	Chromium string `json:"chromium"` // to print letters with; empty: found by its usual names; none: letters are not printed

	Rate        float64  `json:"rate"`        // requests a second from one address; 0: 50
	Edges       []string `json:"edges"`       // https://host of each edge that serves the calculator's pages: a form may come from there
	BehindProxy bool     `json:"behindProxy"` // addresses are the last of X-Forwarded-For

	Version string           `json:"-"` // of this program
	Log     *slog.Logger     `json:"-"` // nil: silent
	Clock   func() time.Time `json:"-"` // nil: time.Now
	Started func(url string) `json:"-"` // told once when the service is ready; may be nil
}

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
	front := &front{}
	srv := &http.Server{Handler: front, ReadHeaderTimeout: 3 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 60 * time.Second, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(quiet{c.Log.Handler()}, slog.LevelDebug)}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()

	s, err := open(ctx, c)
	if err != nil {
		return errors.Join(err, srv.Close())
	}
	front.ready.Store(s)
	c.Log.Info("ready", "url", c.URL, "demo", c.Demo, "engine", s.engineHex[:12])
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
	front.ready.Store(nil) // readyz says 503, so that nobody sends more
	shut := srv.Shutdown(drain)
	return errors.Join(err, shut, s.close(drain))
}

// complete fills in what was left out, given the address that is listened on.
func (c *Config) complete(listening net.Addr) error {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.URL == "" {
		host, _, err1 := net.SplitHostPort(c.Addr)
		_, port, err2 := net.SplitHostPort(listening.String())
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("couldn't serve: %w", err)
		}
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "localhost"
		}
		c.URL = "http://" + net.JoinHostPort(host, port)
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || c.URL != u.Scheme+"://"+u.Host {
		return fmt.Errorf("couldn't serve: the URL %q is not of the form https://host", c.URL)
	}
	c.Origin = cmp.Or(c.Origin, u.Host+"/log")
	c.Rate = cmp.Or(c.Rate, 50)
	if c.Demo {
		c.demonstrate()
	}
	if c.SignIn.Issuer == "" || len(c.Municipalities) == 0 {
		return errors.New("couldn't serve: without a demonstration, sign-in and at least one municipality must be set")
	}
	if err := municipality.Check(c.Municipalities); err != nil {
		return fmt.Errorf("couldn't serve: %w", err)
	}
	if !c.Demo && len(c.Approvers) < release.Needed {
		return fmt.Errorf("couldn't serve: %d people must be set who may approve engines", release.Needed)
	}
	return nil
}

// front answers from the moment the listener is open.
type front struct{ ready atomic.Pointer[service] }

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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

func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text + "\n"))
}

// quiet keeps what net/http says of a request out of the log: it may quote it.
type quiet struct{ slog.Handler }

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	what, _, _ := strings.Cut(r.Message, ":")
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "net/http: "+what, 0))
}
