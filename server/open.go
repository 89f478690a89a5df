package server

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/backup"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/metrics"
	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/rebuild"
	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/releasediff"
	"github.com/skalig/skalig/server/replay"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/estimate"
	"github.com/skalig/skalig/wasm/host"
)

// service is everything that a request can need.
type service struct {
	c         Config
	store     *store.Store
	log       *publiclog.Log
	flow      *flow.Service
	auth      *auth.Auth
	site      *site.Site
	metrics   *metrics.Metrics
	book      *municipality.Book
	towns     map[string]*municipality.Municipality // by code
	staff     *staff
	letters   *letters                // nil where there is nothing to print with
	connected register.ByMunicipality // who can be asked
	registers *register.Fetcher       // nil where no agency is connected
	artefact  *host.Module
	engines   *replay.Engines // past decisions are computed again by
	engineHex string
	problems  map[string]string // the engine's words for what is wrong, by its codes
	handler   http.Handler
	estimate  http.Handler // for other people's programs and pages
	patterns  []string     // of the routes
	tree      tree
	sizes     sizes
	limits    *limits
	diffs     releasediff.Kept
	certified []metrics.Certificate
	bySession *limits
	rebuild   *rebuild.Rebuild
	turned    turned
	closers   []func(context.Context) error // in the order of opening
	ready     atomic.Bool
	database  *postgres.DB // that nodes share; nil: there is only this one
	leads     atomic.Bool  // of several nodes this is the one that leads
}

// open brings up the parts in the order in which they need each other. What was
// opened is closed again when one fails. The metrics are told of before the first
// part that may take long.
func open(ctx context.Context, c Config, told func(*metrics.Metrics)) (_ *service, err error) {
	s := &service{c: c, rebuild: rebuild.New(c.Log), limits: newLimits(c.Rate), bySession: newLimits(c.SessionRate)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(context.WithoutCancel(ctx)))
		}
	}()
	if err := s.lock(); err != nil {
		return nil, err
	}
	if err := s.openMunicipalities(); err != nil {
		return nil, err
	}
	if err := s.openDatabase(ctx); err != nil {
		return nil, err
	}
	if s.site, err = site.Open(); err != nil {
		return nil, fmt.Errorf("couldn't open the pages: %w", err)
	}
	if s.certified, err = c.certificates(); err != nil {
		return nil, err
	}
	release := wasm.Current()
	s.engineHex = hex.EncodeToString(release.EngineSHA256[:])
	mux, routes := s.routes()
	s.patterns = routes
	s.metrics = metrics.New(metrics.Options{Version: c.Version, Engine: s.engineHex, Routes: routes, Municipalities: slices.Sorted(maps.Keys(s.towns)), Look: s.state})
	told(s.metrics)
	if err := s.openStore(ctx); err != nil {
		return nil, err
	}
	if err := s.openLog(ctx); err != nil {
		return nil, err
	}
	if err := s.openFlow(ctx, release); err != nil {
		return nil, err
	}
	if err := s.openAuth(ctx, mux); err != nil {
		return nil, err
	}
	if err := s.openRegisters(); err != nil {
		return nil, err
	}
	s.sweeping(ctx)
	s.rotating(ctx)
	s.tellTurned(ctx)
	if s.handler, err = s.wrap(mux); err != nil {
		return nil, err
	}
	if err := s.flow.Start(ctx); err != nil {
		return nil, err
	}
	if err := s.openLetters(); err != nil {
		return nil, err
	}
	s.ready.Store(true)
	return s, nil
}

// Retain does on a stopped service's data what the running one does once a day:
// it erases what is old enough, or only says what that is.
func Retain(ctx context.Context, c Config, dry bool) (r flow.Retained, err error) {
	c.Addr, c.EraseOld = cmp.Or(c.Addr, "127.0.0.1:0"), false
	if store.InDatabase(c.Data) {
		return r, store.ErrInDatabase
	}
	if _, err := os.Stat(filepath.Join(c.Data, "journal.db")); err != nil {
		return r, fmt.Errorf("couldn't find the data: %w", err)
	}
	if err := c.complete(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		return r, err
	}
	s, err := open(ctx, c, func(*metrics.Metrics) {})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.close(context.WithoutCancel(ctx))) }()
	if r, err = s.flow.Retain(ctx, dry); err != nil || r.Erased == 0 {
		return r, err
	}
	n, err := s.store.Length()
	if err != nil {
		return r, err
	}
	return r, s.store.AwaitReceipt(ctx, n-1)
}

func (s *service) close(ctx context.Context) error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i](ctx))
	}
	s.closers = nil
	return errors.Join(errs...)
}

func (s *service) closing(fn func(context.Context) error) { s.closers = append(s.closers, fn) }

// lock makes this the only process on the data directory.
func (s *service) lock() error {
	if err := os.MkdirAll(s.c.Data, 0o700); err != nil {
		return fmt.Errorf("couldn't make the data directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(s.c.Data, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("couldn't lock the data directory: %w", err)
	}
	s.closing(func(context.Context) error { return f.Close() })
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("couldn't lock the data directory %s: another server uses it: %w", s.c.Data, err)
	}
	return nil
}

func (s *service) openStore(ctx context.Context) (err error) {
	o := store.Options{Dir: s.c.Data, Clock: s.c.Clock, Committed: s.metrics.Committed, Replayed: s.rebuild.Rows, Keep: s.c.KeepFree, Free: s.c.Free}
	if s.database != nil {
		o.Database = s.database
	}
	s.store, err = store.Open(ctx, o)
	if err != nil {
		return err
	}
	s.rebuild.Done()
	s.closing(func(context.Context) error { return s.store.Close() })
	return nil
}

// openLog opens the log, or makes one where nothing has been decided yet.
func (s *service) openLog(ctx context.Context) (err error) {
	dir := filepath.Join(s.c.Data, "log")
	length, err := s.store.Length()
	if err != nil {
		return err
	}
	if _, err := publiclog.Backend(dir); errors.Is(err, publiclog.ErrNone) && length == 0 {
		// A tree beyond this machine is made by who may: skalig log create.
		if s.c.PublicLog.Backend == publiclog.Trillian && s.c.PublicLog.Tree == 0 {
			return fmt.Errorf("%w: make one with skalig log create, or name its tree in the configuration", err)
		}
		if _, err := publiclog.Create(ctx, dir, s.c.Origin, s.c.PublicLog); err != nil {
			return err
		}
	}
	board, err := s.checkpoints(ctx)
	if err != nil {
		return err
	}
	if s.log, err = publiclog.OpenShared(ctx, dir, s.c.PublicLog, board, s.c.Log); err != nil {
		return err
	}
	s.closing(s.log.Close)
	return s.sameLog(ctx, dir)
}

func (s *service) openFlow(ctx context.Context, release wasm.Release) error {
	module, ok := wasm.Engine(release.EngineSHA256)
	if !ok {
		return errors.New("couldn't open the engine: this build does not hold the artefact that its manifest names")
	}
	var err error
	if s.artefact, err = host.Open(ctx, module); err != nil {
		return err
	}
	s.closing(s.artefact.Close)
	s.estimate, err = estimate.New(estimate.Config{Engine: s.artefact, SHA256: s.engineHex, Words: site.EngineWords, Allow: s.allowed})
	if err != nil {
		return err
	}
	if s.c.Demo != nil {
		if err := s.demonstrated(); err != nil {
			return err
		}
	}
	digests, err := s.key("digest")
	if err != nil {
		return err
	}
	words, err := site.EngineWords("sv")
	if err != nil {
		return err
	}
	if s.problems, err = problemTexts("sv"); err != nil {
		return err
	}
	s.engines = replay.NewEngines(false)
	s.closing(s.engines.Close)
	s.flow, err = flow.New(ctx, flow.Config{
		Store: s.store, Ledger: s.log, Keys: []string{s.log.Key()}, Engine: s.artefact, Native: s.c.native, Replay: s.engines.Decision,
		Releases: s.approved, Kept: func(engine [32]byte) bool { _, ok := wasm.Engine(engine); return ok },
		Lead: s.lead(), Words: words, Guideline: s.guideline, Boards: s.boards(), Digests: digests, StopAll: s.c.StopAutomation, EraseOld: s.c.EraseOld,
		Clock: s.c.Clock, Log: s.c.Log, Observer: s.metrics,
	})
	if err != nil {
		return err
	}
	s.closing(func(context.Context) error { s.flow.Stop(); return nil })
	return nil
}

func (s *service) openMunicipalities() (err error) {
	s.towns = map[string]*municipality.Municipality{}
	for i := range s.c.Municipalities {
		m := &s.c.Municipalities[i]
		s.towns[m.Code] = m
	}
	s.book, err = municipality.Open(s.c.Municipalities)
	return err
}

func (s *service) boards() (out []flow.Board) {
	for i := range s.c.Municipalities {
		out = append(out, s.c.Municipalities[i].Board())
	}
	return out
}

// guideline is the municipality's in the month.
func (s *service) guideline(code, month string) ([]byte, bool) {
	e, ok := s.book.For(code, month)
	return e.Bytes, ok
}

func (s *service) openAuth(ctx context.Context, mux *http.ServeMux) error {
	persons, err1 := s.personKey()
	seal, err2 := s.key("session")
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	shared, err := provider(s.c.SignIn)
	if err != nil {
		return err
	}
	own := map[string]auth.Provider{}
	for code, m := range s.towns {
		if m.SignIn != nil {
			if own[code], err = provider(*m.SignIn); err != nil {
				return err
			}
		}
	}
	s.staff = newStaff(s.store)
	s.auth, err = auth.New(ctx, auth.Config{URL: s.c.URL, Provider: shared, Own: own, Standing: s.staff.standing, People: s.store, Sessions: filepath.Join(s.c.Data, "sessions.db"), Shared: s.database,
		Persons: persons, Seal: seal, Log: s.c.Log, Result: s.metrics.SignedIn})
	if err != nil {
		return err
	}
	s.staff.fill(s.auth, s.c)
	s.closing(func(context.Context) error { return s.auth.Close() })
	if s.c.Demo == nil {
		return nil
	}
	path, provider, err := s.c.Demo.Provider(s.c.URL, s.choosePerson)
	if err != nil {
		return err
	}
	mux.Handle(path, provider)
	return nil
}

// provider is a way of signing in with its secret.
func provider(c municipality.SignIn) (auth.Provider, error) {
	p := auth.Provider{Issuer: c.Issuer, ClientID: c.ClientID, Contexts: c.Contexts}
	if c.ClientSecret == "" {
		return p, nil
	}
	b, err := os.ReadFile(c.ClientSecret)
	if err != nil {
		return p, fmt.Errorf("couldn't read a client secret: %w", err)
	}
	p.ClientSecret = strings.TrimSpace(string(b))
	return p, nil
}

// state is what the metrics read.
func (s *service) state() metrics.State {
	state := metrics.State{Ready: s.ready.Load(), Free: s.free(), Rebuilt: s.rebuild.Share(), Automation: map[string]bool{}, Certificates: s.certified, Elsewhere: s.database != nil}
	state.Backup, _ = backup.Last(s.c.Data) // what can't be read is none
	if !state.Ready {                       // the parts are not all there
		return state
	}
	state.Full = int(s.store.Room())
	state.Queue, state.Oldest = s.store.Waiting()
	if n, oldest := s.store.Unsigned(); n > 0 {
		state.Unlogged, state.Since = n, time.UnixMilli(oldest)
	}
	state.Tree, state.Published = s.tree.look(s)
	state.Rows = s.store.Rows()
	state.Leads, state.Stale = s.leading(), s.store.Stale()
	s.measure(&state)
	state.Quorum = true
	if s.log != nil {
		state.Witnesses, state.Quorum = s.log.Witnesses()
	}
	if n, oldest, err := s.store.Unlettered(); err == nil && n > 0 {
		state.Letters, state.Unprinted = n, time.UnixMilli(oldest)
	}
	state.Printer = s.letters != nil
	everywhere, err := s.store.Automation(store.Everywhere)
	for _, m := range s.c.Municipalities {
		if m.Delegation.Automatic == "" {
			continue // nothing is off that was never to be on
		}
		on, err2 := s.store.Automation(m.Code)
		state.Automation[m.Code] = err == nil && err2 == nil && everywhere && on && !s.c.StopAutomation
	}
	return state
}

// free is the room on the disk under the data.
func (s *service) free() uint64 {
	if s.c.Free != nil {
		return s.c.Free()
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(s.c.Data, &fs); err != nil {
		return 0
	}
	return fs.Bavail * uint64(fs.Bsize)
}

// tree remembers when the published tree was first seen at its size.
type tree struct {
	sync.Mutex
	size uint64
	at   time.Time
}
