package store

import (
	"errors"
	"fmt"

	"github.com/hashicorp/go-memdb"

	"github.com/skalig/skalig/ledger"
)

// A State says how far a case has come.
type State string

// The states. Decided means durable in the journal and on its way into the log;
// only a published decision is shown, sent or paid.
const (
	StateSubmitted State = "submitted"
	StateQueued    State = "queued"
	StateDecided   State = "decided"
	StatePublished State = "published"
	StateErased    State = "erased" // nobody can open it any more
)

// States are all of them.
var States = []State{StateSubmitted, StateQueued, StateDecided, StatePublished, StateErased}

// A Case is one application as the read model knows it: nothing personal but
// opaque references.
type Case struct {
	ID           string
	Person       string
	Partner      string // the co-applicant, or empty
	Municipality string
	Month        string
	Form         string // kind of application: FirstTime, Renewal, Supplement, or empty
	Channel      string // of Channels
	State        State
	Version      uint64 // number of events but letters; a caseworker's form carries it
	Key          string
	Digest       string
	HumanAsked   bool
	AcuteNeed    bool
	Calculated   uint64   // number of the event that approved the calculation, 0 while none holds
	Protected    bool     // one of the adults has protected identity
	Unknown      bool     // an amount was answered with "I don't know"
	Reasons      []string // why it was referred
	Mode         string
	Outcome      string
	Index        uint64 // in the log, from StateDecided on
	Number       uint64
	SubmittedAt  int64 // milliseconds since 1970
	DecidedAt    int64
	DecidedBy    string   // the caseworker's reference; empty: the machine, or not known
	Replaces     string   // the decision that the latest one took the place of, as municipality/number
	Due          string   // the last day to send what a caseworker asked for; empty: nothing is asked for
	Completed    int64    // when it last came
	Unanswered   bool     // the latest message is an applicant's
	News         []News   // what its adults have written or sent and no caseworker has taken in, oldest first
	Lettered     uint64   // 1 + index of the decision whose letter is printed
	Appeals      []Appeal // each adult's, the oldest first
	Claimed      uint64   // 1 + number of the decision beyond which was paid, where somebody has taken that up
	ClaimHow     string   // what was done: ClaimHanded, …
	ErasedAt     int64
	History      []Step // its events, oldest first
}

// Adults are the references of those who apply.
func (c *Case) Adults() []string {
	if c.Partner == "" {
		return []string{c.Person}
	}
	return []string{c.Person, c.Partner}
}

// A Step is one event of a case.
type Step struct {
	Seq  uint64
	Kind Kind
	At   int64 // milliseconds since 1970
}

func (e *Event) step() Step { return Step{Seq: e.Seq, Kind: e.Kind, At: e.At} }

// last is the sequence number of the case's latest event of a kind, 0 where
// there is none.
func (c *Case) last(k Kind) uint64 {
	for i := len(c.History) - 1; i >= 0; i-- {
		if c.History[i].Kind == k {
			return c.History[i].Seq
		}
	}
	return 0
}

// DecidedSeq is the sequence number of the case's latest decision, 0 where there is none.
func (c *Case) DecidedSeq() uint64 { return c.last(KindDecided) }

// An Entry is one leaf of the outbox: log index = outbox number.
type Entry struct {
	Index        uint64
	Case         string
	Seq          uint64
	Kind         Kind
	Municipality string
	Number       uint64
	LeafHash     [32]byte
	Published    bool
	DecidedAt    int64
}

type township struct {
	Code string
	Next uint64
	Prev [32]byte
}

type stop struct {
	Scope   string
	Stopped bool
	At      int64
	Seq     uint64
}

type release struct{ Released }

// A cited engine is one that a decision names: it must be kept.
type cited struct{ Engine string }

var modelSchema = &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{
	"cases": table("cases", index("id", true, text[Case](func(c *Case) string { return c.ID })),
		index("person", false, text[Case](func(c *Case) string { return c.Person })),
		sparse("partner", text[Case](func(c *Case) string { return c.Partner })),
		index("state", false, pair[Case](func(c *Case) (string, string) { return string(c.State), c.Municipality })),
		sparse("unlettered", dated[Case](func(c *Case) (string, int64, bool) { return "", c.DecidedAt, c.unlettered() })),
		sparse("news", those[Case]((*Case).hasNews)),
		sparse("replaced", those[Case]((*Case).replaced)),
		sparse("appeal", those[Case]((*Case).Awaits))),
	"outbox": table("outbox", index("id", true, numbers[Entry](func(e *Entry) uint64 { return e.Index })),
		sparse("waiting", those[Entry](func(e *Entry) bool { return !e.Published })),
		sparse("ruled", dated[Entry](func(e *Entry) (string, int64, bool) { return e.Municipality, e.DecidedAt, e.Kind == KindDecided }))),
	"townships":  table("townships", index("id", true, text[township](func(t *township) string { return t.Code }))),
	"automation": table("automation", index("id", true, text[stop](func(s *stop) string { return s.Scope }))),
	"releases": table("releases", index("id", true, numbers[release](func(r *release) uint64 { return r.Index })),
		index("engine", false, text[release](func(r *release) string { return r.Engine }))),
	"cited":      table("cited", index("id", true, text[cited](func(c *cited) string { return c.Engine }))),
	"signatures": table("signatures", index("id", true, text[signature](func(s *signature) string { return s.ID }))),
	"documents": table("documents", index("id", true, text[Paperwork](func(p *Paperwork) string { return p.ID })),
		index("case", false, text[Paperwork](func(p *Paperwork) string { return p.Case }))),
	"gone": table("gone", index("id", true, text[gone](func(g *gone) string { return g.ID })),
		index("at", false, numbers[gone](func(g *gone) uint64 { return uint64(max(g.At, 0)) }))),
	"talks": table("talks", index("id", true, text[Wish](func(w *Wish) string { return w.ID })),
		index("municipality", false, text[Wish](func(w *Wish) string { return w.Municipality }))),
	"accounts": table("accounts", index("id", true, text[accountRow](func(a *accountRow) string { return a.Person }))),
	"batches": table("batches", index("id", true, text[Batch](func(b *Batch) string { return b.ID })),
		index("municipality", false, text[Batch](func(b *Batch) string { return b.Municipality }))),
	"transfers": table("transfers", index("id", true, text[Transfer](func(t *Transfer) string { return t.ID })),
		index("case", false, text[Transfer](func(t *Transfer) string { return t.Case }))),
	"halted": table("halted", index("id", true, text[halt](func(h *halt) string { return h.Case }))),
	"draws": table("draws", index("id", true, text[Draw](func(d *Draw) string { return d.ID })),
		index("municipality", false, text[Draw](func(d *Draw) string { return d.Municipality }))),
	"rechecks":  table("rechecks", index("id", true, text[Recheck](func(r *Recheck) string { return r.ID }))),
	"bounds":    table("bounds", index("id", true, text[bound](func(b *bound) string { return b.Scope }))),
	"protected": table("protected", index("id", true, text[protected](func(p *protected) string { return p.Person }))),
	"opened":    table("opened", index("id", true, text[opened](func(o *opened) string { return o.ID }))),
	"staff": table("staff", index("id", true, text[member](func(m *member) string { return m.Person })),
		index("municipality", false, text[member](func(m *member) string { return m.Municipality }))),
	"people": table("people", index("id", true, text[alias](func(a *alias) string { return a.Ref })),
		index("root", false, text[alias](func(a *alias) string { return a.Root }))),
	"doubts": table("doubts", index("id", true, text[doubt](func(d *doubt) string { return d.ID })),
		index("ref", false, text[doubt](func(d *doubt) string { return d.Ref }))),
	"erasures": table("erasures", index("id", true, text[erasure](func(e *erasure) string { return e.Ref }))),
	"untold":   table("untold", index("id", true, text[Untold](func(u *Untold) string { return u.Case }))),
	"digests":  table("digests", index("id", true, numbers[digested](func(d *digested) uint64 { return d.Last }))),
	"notices": table("notices", index("id", true, numbers[Notice](func(n *Notice) uint64 { return n.Index })),
		index("kind", false, text[Notice](func(n *Notice) string { return string(n.Kind) }))),
	"samples": table("samples", index("id", true, numbers[Sample](func(s *Sample) uint64 { return s.Index }))),
	"readers": table("readers", index("id", true, text[reader](func(r *reader) string { return r.Actor }))),
}}

var errApply = errors.New("the event does not fit what went before")

// apply brings the read model from before e to after e. It is the only writer: at
// start it replays the journal, and later it follows each event.
func apply(txn *memdb.Txn, e *Event) error {
	if h, ok := e.Head.(leafed); ok {
		index, municipality, number := h.place()
		entry := &Entry{Index: index, Case: e.Case, Seq: e.Seq, Kind: e.Kind, Municipality: municipality, Number: number,
			LeafHash: ledger.LeafHash(h.text()), DecidedAt: e.At}
		if err := applyEntry(txn, entry); err != nil {
			return err
		}
		if err := applyNotice(txn, e); err != nil {
			return err
		}
	}
	return e.Head.apply(txn, e)
}

// applyEntry adds the next leaf: index and number must both be the next ones.
func applyEntry(txn *memdb.Txn, entry *Entry) error {
	next, err := nextIndex(txn)
	if err != nil {
		return err
	}
	t, err := townshipOf(txn, entry.Municipality)
	if err != nil {
		return err
	}
	if entry.Index != next || entry.Number != t.Next {
		return fmt.Errorf("%w: row %d is leaf %d, number %d; next are %d and %d", errApply, entry.Seq, entry.Index, entry.Number, next, t.Next)
	}
	if err := txn.Insert("outbox", entry); err != nil {
		return err
	}
	return txn.Insert("townships", &township{Code: entry.Municipality, Next: t.Next + 1, Prev: entry.LeafHash})
}

// change replaces the case of e by a changed copy.
func change(txn *memdb.Txn, e *Event, fn func(*Case) bool) error {
	found, err := txn.First("cases", "id", e.Case)
	if err != nil {
		return err
	}
	old, _ := found.(*Case)
	if old == nil {
		return fmt.Errorf("%w: row %d names a case that does not exist", errApply, e.Seq)
	}
	c := *old
	c.Version++
	c.History = append(c.History[:len(c.History):len(c.History)], e.step())
	if !fn(&c) {
		return fmt.Errorf("%w: row %d is %s, the case is %s", errApply, e.Seq, e.Kind, old.State)
	}
	return txn.Insert("cases", &c)
}

func nextIndex(txn *memdb.Txn) (uint64, error) {
	last, err := txn.Last("outbox", "id")
	if err != nil || last == nil {
		return 0, err
	}
	return last.(*Entry).Index + 1, nil
}

func townshipOf(txn *memdb.Txn, code string) (township, error) {
	found, err := txn.First("townships", "id", code)
	if err != nil {
		return township{}, err
	}
	if t, _ := found.(*township); t != nil {
		return *t, nil
	}
	return township{Code: code}, nil
}

func scope(municipality, person string) string {
	if person == "" {
		return municipality
	}
	return municipality + "/" + person
}
