// Package flow takes an application to a decision with a published receipt.
//
//	submit ─▶ assess ─▶ gate ─▶ decision in the journal ─▶ leaf in the log ─▶ checkpoint ─▶ receipt in the journal
//	                     └────▶ queue ─▶ a caseworker ─▶ ↑
//
// Each arrow is durable before the next begins, and each can be repeated: the
// next step is found in the journal, never in memory. What a stop leaves behind:
//
//	after              the journal says   Start then
//	submit             submitted          assesses and decides or queues
//	queue              queued             waits for a caseworker
//	decision           decided            appends the same leaf bytes at the same index
//	leaf in the log    decided            appends again, which the log compares and accepts
//	checkpoint         decided            makes the receipt
//	receipt            published          nothing
//
// The outbox in the journal is the only sequencer: the number of a decision in it
// is its index in the log, and its final leaf bytes are stored with it. A log that
// is longer than the outbox, or holds other leaves, is refused at start.
//
// Where several nodes share the journal, each takes in, decides and answers; the work
// in the background is the leader's alone (lead.go).
//
// A decision is computed by the released artefact and by the native build; unless
// every byte agrees a human decides, and automatic decisions by that artefact stop
// until another is released. An artefact decides nothing without a release leaf, nor
// before the day that its release names, nor by a guideline that is not part of it:
// until then cases wait. Engines that decisions name must be kept: without one of
// them the service does not start.
//
// The same form sent twice is one case: the form carries a key, and what is sent
// under it again must be the same.
package flow

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

// The errors that callers branch on.
var (
	ErrConflict   = errors.New("the form was sent before with other content")
	ErrVersion    = errors.New("the case has changed since the form was shown")
	ErrUnread     = errors.New("a warning has not been acknowledged")
	ErrCalculated = errors.New("the calculation has not been approved, or the amount is another than it gives")
	ErrUnsigned   = errors.New("two adults apply, and one of them has not signed this")
	ErrUnreleased = errors.New("the engine has no release leaf")
	ErrNotInForce = errors.New("no release of the engine with this guideline is in force")
	ErrNotKept    = errors.New("this build does not hold an engine that decisions name")
	ErrLogAhead   = errors.New("the log is longer than the outbox: the journal is older than the log")
	ErrLogOther   = errors.New("the log holds other leaves than the outbox")
)

// An Artefact is a released engine: wasm/host runs it.
type Artefact interface {
	Call(ctx context.Context, name string, in []byte) ([]byte, error)
	SHA256() [32]byte
}

// A Log is what flow needs of ledger.Log.
type Log interface {
	ledger.Appender
	ledger.Tiles
}

// Config is what a Service is made of. Every field must be set, but ReleaseEvery,
// Clock, Rand, Log and Observer have defaults, and Replay may be nil.
type Config struct {
	Store        *store.Store
	Ledger       Log
	Keys         []string // verifier keys of the log, to check receipts with
	Engine       Artefact
	Native       func(name string, in []byte) []byte
	Releases     func() ([]release.Approved, error)              // what people have approved, by first day
	Kept         func(engine [32]byte) bool                      // whether this build holds an artefact
	Words        []byte                                          // the engine's Swedish words
	Guideline    func(municipality, month string) ([]byte, bool) // in force that month
	Boards       []Board
	Digests      secret.Key                                   // keys the digest of an application
	EraseOld     bool                                         // erase files when the law says so; else only count them
	Lead         func(context.Context, func(context.Context)) // runs its duty while this node leads, until the context ends; nil: there is no other
	StopAll      bool                                         // no automatic decision, by configuration
	ReleaseEvery time.Duration                                // how often to look for what people have approved meanwhile; 0: 30 s
	Clock        func() time.Time
	Rand         io.Reader
	Log          *slog.Logger
	Observer     Observer
	Replay       func(context.Context, *record.Decision) error // decides a recorded case again; nil: past decisions are not replayed
}

// A Board is a municipality's board with what it has delegated.
type Board struct {
	Municipality string   `json:"municipality"`
	Delegation   string   `json:"delegation"`   // reference of the delegation to the automated function; empty: none
	Kinds        []string `json:"kinds"`        // of Kinds: what the delegation covers
	Sources      []string `json:"sources"`      // of incomes that it accepts: declared, register, caseworker
	Caseworkers  string   `json:"caseworkers"`  // reference of the caseworkers' delegation
	Organisation string   `json:"organisation"` // whose members of staff decide for the board, as in the claim orgAffiliation
}

// The kinds of application that a delegation covers.
const (
	KindNew        = store.FirstTime  // the first decision for the household
	KindRenewal    = store.Renewal    // there is an earlier one
	KindSupplement = store.Supplement // more for a month that is already applied for
)

// A Service runs the flow.
type Service struct {
	Config
	boards   map[string]Board
	engine   string // hex
	retained string // day on which old files were last looked for

	opened    opened
	ungranted sync.Map // municipality to the latest month without an automatic grant

	params   []byte // the artefact's parameters, for the rules digest
	paramsOK bool   // the native build has the same
	slots    chan struct{}
	take     chan struct{} // kicks
	append   chan struct{}
	publish  chan struct{}
	run      sync.WaitGroup
	stop     context.CancelFunc
	failed   chan struct{}
	failOnce sync.Once
	err      error
}

// New makes a service; Start sets it going.
func New(ctx context.Context, c Config) (*Service, error) {
	s := &Service{Config: c, boards: map[string]Board{}, slots: make(chan struct{}, 8),
		take: make(chan struct{}, 1), append: make(chan struct{}, 1), publish: make(chan struct{}, 1), failed: make(chan struct{})}
	if s.ReleaseEvery == 0 {
		s.ReleaseEvery = 30 * time.Second
	}
	if s.Clock == nil {
		s.Clock = time.Now
	}
	if s.Rand == nil {
		s.Rand = rand.Reader
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Observer == nil {
		s.Observer = silent{}
	}
	for _, b := range c.Boards {
		if _, ok := c.Guideline(b.Municipality, s.OpenMonths()[0]); !ok {
			return nil, fmt.Errorf("couldn't set up the board of municipality %s: it has no guideline", b.Municipality)
		}
		s.boards[b.Municipality] = b
	}
	sha := c.Engine.SHA256()
	s.engine = hex.EncodeToString(sha[:])
	var err error
	if s.params, err = c.Engine.Call(ctx, "parameters", nil); err != nil {
		return nil, fmt.Errorf("couldn't ask the engine for its parameters: %w", err)
	}
	s.paramsOK = string(c.Native("parameters", nil)) == string(s.params)
	return s, nil
}

// EngineSHA256 is the artefact that decides.
func (s *Service) EngineSHA256() [32]byte { return s.Engine.SHA256() }

// Failed is closed when the service can no longer keep its promises: the log
// has forked, or a receipt does not verify. Err then says why.
func (s *Service) Failed() <-chan struct{} { return s.failed }

// Err is the reason, after Failed is closed.
func (s *Service) Err() error {
	<-s.failed
	return s.err
}

func (s *Service) fail(err error) {
	s.failOnce.Do(func() {
		s.err = err
		close(s.failed)
	})
}

// rules is the digest of the engine's parameters and a guideline.
func (s *Service) rules(guideline []byte) [32]byte {
	h := sha256.New()
	h.Write(s.params)
	h.Write(guideline)
	return [32]byte(h.Sum(nil))
}

// Stockholm is where days and months begin.
var Stockholm = func() *time.Location {
	l, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("flow: this build lacks the time zone of Stockholm") // time/tzdata is linked in
	}
	return l
}()

func (s *Service) today() time.Time { return s.Clock().In(Stockholm) }

// OpenMonths are the months that can be applied for: this one and the next.
func (s *Service) OpenMonths() []string {
	t := s.today()
	first := time.Date(t.Year(), t.Month(), 1, 12, 0, 0, 0, Stockholm)
	return []string{first.Format("2006-01"), first.AddDate(0, 1, 0).Format("2006-01")}
}

func kick(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
