// Package witness asks a policy's witnesses to cosign a log's checkpoints, as C2SP
// tlog-witness has it:
//
//	POST <address>/add-checkpoint
//
//	old 1234
//	<a consistency proof from 1234 to the checkpoint, a hash a line>
//	<empty line>
//	<the checkpoint, signed by the log>
//
// A witness answers 200 with its signature lines, or 409 with the size that it has
// seen, if that is another: then it is asked again from there.
//
// # Who is away
//
// A checkpoint waits for every witness that answered last time, but no longer than
// Patience. One that did not is away: it holds nothing up, and is asked again when
// the log is at rest, or at the latest after six times Retry. [Group.Status] says who is
// away since when, for those who look after the service.
//
// # Who has seen more
//
// A witness that has cosigned a larger tree of this log, or another of the same size,
// proves that this log has lost or changed something. That is [ErrConflict]: nothing
// may be published until a person knows why. Each witness is asked once after start,
// whatever the checkpoint already carries, so that a log restored from an old copy
// is found out before it shows anything.
package witness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrConflict: a witness has cosigned what this log no longer holds.
var ErrConflict = errors.New("a witness has seen another history of the log")

// Options say how to ask. The zero value is what a server wants.
type Options struct {
	Patience time.Duration // with a witness that answered before; 0: 1 s
	Retry    time.Duration // how often one that is away is asked again; 0: 10 s
	Client   *http.Client  // nil: one of its own
	Clock    func() time.Time
	Logger   *slog.Logger // told who goes away and comes back; nil: nobody is
}

// A Group is the witnesses of a policy that have an address.
type Group struct {
	o       Options
	policy  ledger.Policy
	members []*member
	asking  sync.Mutex // held while cosigning

	mu     sync.Mutex
	latest uint64 // size of the checkpoint last asked about
	quorum bool   // it has the policy's
}

// A member is one witness and what is known of it. Guarded by the group's mu.
type member struct {
	ledger.Witness
	size  uint64    // of the tree that it last said to know
	asked time.Time // zero: never by this process
	heard time.Time // of its last cosignature
	away  time.Time // since when; zero: it is not
	why   error

	cosigned, failed uint64 // answers
}

// A Status is what is known of a witness.
type Status struct {
	Name string // in the policy
	Up   bool
	Seen time.Time // its last cosignature here; zero: none since start
	Away time.Time // since when, if not Up; zero: not asked yet
	Size uint64    // of the tree that it cosigned last
	Why  string    // not Up

	Conflict bool // it has cosigned what this log no longer holds

	Cosigned, Failed uint64 // times that it was asked since start
}

// stay follows no redirect: a witness answers where the policy says it is.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// New makes a group; nobody is asked yet. Witnesses without an address are not.
func New(policy ledger.Policy, o Options) *Group {
	if o.Patience == 0 {
		o.Patience = time.Second
	}
	if o.Retry == 0 {
		o.Retry = 10 * time.Second
	}
	if o.Client == nil {
		o.Client = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone(), CheckRedirect: stay}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	g := &Group{o: o, policy: policy}
	for _, w := range policy.Witnesses {
		if w.URL != "" {
			g.members = append(g.members, &member{Witness: w})
		}
	}
	return g
}

// Status is what is known of each witness, in the policy's order.
func (g *Group) Status() []Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]Status, len(g.members))
	for i, m := range g.members {
		all[i] = Status{Name: m.Name, Up: m.away.IsZero() && !m.asked.IsZero(), Seen: m.heard, Away: m.away, Size: m.size,
			Cosigned: m.cosigned, Failed: m.failed}
		if m.why != nil {
			all[i].Why, all[i].Conflict = m.why.Error(), errors.Is(m.why, ErrConflict)
		}
	}
	return all
}

// Quorum reports whether the checkpoint last cosigned satisfies the policy.
func (g *Group) Quorum() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.quorum
}

// Policy is the group's.
func (g *Group) Policy() ledger.Policy { return g.policy }

// Lacks reports whether a witness may now add to a checkpoint that is published, or has
// not been asked since start.
func (g *Group) Lacks(signed []byte) bool {
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil || c.Size == 0 {
		return false
	}
	return len(g.whom(c, true)) > 0
}

// whom lists the members to ask about a checkpoint. resting says that it has been
// published, so that nobody waits.
func (g *Group) whom(c ledger.Checkpoint, resting bool) (list []*member) {
	have, _ := g.policy.Signed(c)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range g.members {
		signed := false
		for _, name := range have {
			signed = signed || name == m.Name
		}
		since := g.o.Clock().Sub(m.asked)
		switch {
		case m.asked.IsZero():
		case signed:
			continue
		case m.away.IsZero():
		case resting && since < g.o.Retry, !resting && since < 6*g.o.Retry:
			continue
		}
		list = append(list, m)
	}
	return list
}

// Cosign has the witnesses cosign a checkpoint, all at once, and gives it back with
// what they added. hashes are those of its tree. The error is ErrConflict, or that
// the checkpoint cannot be read.
func (g *Group) Cosign(ctx context.Context, signed []byte, hashes tlog.HashReader) ([]byte, error) {
	g.asking.Lock()
	defer g.asking.Unlock()
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil || c.Size == 0 {
		return signed, err
	}
	g.mu.Lock()
	resting := g.latest == c.Size
	g.latest = c.Size
	g.mu.Unlock()
	ask := g.whom(c, resting)

	ctx, cancel := context.WithTimeout(ctx, g.o.Patience)
	defer cancel()
	q := &question{checkpoint: c, hashes: hashes}
	lines, errs := make([]string, len(ask)), make([]error, len(ask))
	var all sync.WaitGroup
	for i, m := range ask {
		all.Go(func() { lines[i], errs[i] = g.ask(ctx, m, q) })
	}
	all.Wait()

	// In the policy's order, whoever was first.
	for i, m := range ask {
		if errs[i] == nil {
			var added []byte
			if added, errs[i] = m.Cosign(signed, lines[i]); errs[i] == nil {
				signed = added
			}
		}
		g.heard(m, c.Size, errs[i])
	}
	for i, m := range ask {
		if errors.Is(errs[i], ErrConflict) {
			return nil, fmt.Errorf("witness %s: %w", m.Name, errs[i])
		}
	}
	if c, err = ledger.ParseCheckpoint(signed); err != nil {
		return nil, err
	}
	g.mu.Lock()
	g.quorum = g.policy.Met(c)
	g.mu.Unlock()
	return signed, nil
}

// heard notes an answer, or that there was none.
func (g *Group) heard(m *member, size uint64, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.o.Clock()
	m.asked = now
	if err == nil {
		m.cosigned++
	} else {
		m.failed++
	}
	switch {
	case err == nil:
		if !m.away.IsZero() {
			g.o.Logger.Info("a witness is back", "witness", m.Name, "away", now.Sub(m.away))
		}
		m.heard, m.away, m.why, m.size = now, time.Time{}, nil, size
	case m.away.IsZero():
		g.o.Logger.Warn("a witness does not cosign", "witness", m.Name, "error", err)
		m.away, m.why = now, err
	default:
		m.why = err
	}
}

// A question is a checkpoint with the proofs that lead to it.
type question struct {
	checkpoint ledger.Checkpoint
	mu         sync.Mutex // hashes are read by one at a time
	hashes     tlog.HashReader
}

// body asks from an old size on.
func (q *question) body(old uint64) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", old)
	if old > 0 {
		q.mu.Lock()
		proof, err := tlog.ProveTree(int64(q.checkpoint.Size), int64(old), q.hashes)
		q.mu.Unlock()
		if err != nil {
			return "", fmt.Errorf("couldn't prove what was added since %d: %w", old, err)
		}
		for _, h := range proof {
			b.WriteString(h.String() + "\n")
		}
	}
	b.WriteByte('\n')
	b.Write(q.checkpoint.Bare())
	return b.String(), nil
}

// ask asks a witness, and once more from the size that it knows.
func (g *Group) ask(ctx context.Context, m *member, q *question) (lines string, err error) {
	g.mu.Lock()
	old := m.size
	g.mu.Unlock()
	if old > q.checkpoint.Size {
		return "", fmt.Errorf("it has cosigned %d leaves and there are %d: %w", old, q.checkpoint.Size, ErrConflict)
	}
	for range 2 {
		body, err := q.body(old)
		if err != nil {
			return "", err
		}
		status, answer, err := g.post(ctx, m, body)
		switch {
		case err != nil:
			return "", err
		case status == http.StatusOK:
			return answer, nil
		case status == http.StatusUnprocessableEntity:
			return "", fmt.Errorf("it does not accept the proof from %d leaves: %w", old, ErrConflict)
		case status != http.StatusConflict:
			return "", fmt.Errorf("it answered with status %d", status)
		}
		known, err := strconv.ParseUint(strings.TrimSuffix(answer, "\n"), 10, 63)
		if err != nil {
			return "", errors.New("it answered with a conflict and without a size")
		}
		if known > q.checkpoint.Size {
			return "", fmt.Errorf("it has cosigned %d leaves and there are %d: %w", known, q.checkpoint.Size, ErrConflict)
		}
		old = known
	}
	return "", errors.New("it was asked by someone else meanwhile")
}

func (g *Group) post(ctx context.Context, m *member, body string) (status int, answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL+"/add-checkpoint", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := g.o.Client.Do(req)
	if err != nil {
		return 0, "", fmt.Errorf("couldn't ask it: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return 0, "", fmt.Errorf("couldn't read its answer: %w", err)
	}
	return res.StatusCode, string(text), nil
}
