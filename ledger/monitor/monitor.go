// Package monitor follows a log from outside and trusts nothing of it but its
// key: what it was shown once, it will not let the log take back.
//
// # A poll
//
// [Poll] takes what was kept after the poll before, reads the log through
// [ledger.Tiles], and holds that
//
//  1. the checkpoint is signed by the log's key, and by no stranger;
//  2. it describes no fewer leaves than the checkpoint that was kept, and another
//     root only together with more leaves;
//  3. the tree that was kept is the beginning of the new one: a consistency proof
//     made of the new tree's tiles, each of them led to the new root first;
//  4. every new leaf in the entry bundles is the leaf in the tree, and has the one
//     spelling a leaf has;
//  5. each municipality's numbers follow each other without a gap, and every leaf
//     names the hash of the municipality's leaf before it;
//  6. a decision names an engine that an earlier release leaf of the whole service
//     names;
//  7. no leaf has an earlier day than the leaf before it;
//  8. where records can be asked for ([Opener]): a release, statistics or access leaf is
//     opened to anyone by a receipt that verifies; a release is in the log no later than the
//     day from which it is in force, and no decision by its engine has an earlier day;
//     the statistics of a month count the municipality's decisions with a day in it
//     that stand before them; a sample is what the secret that its request sealed draws
//     from the tree up to that request (package sample);
//  9. where the reader says whose approvals count ([Judge]): each release was approved, and
//     each decision names the digest of rules that an approved release before it lets its
//     municipality decide by, in force on its day.
//
// What does not hold is a [Fault] with a code of a closed list, the leaf it was
// found at and a sentence. A fault of the first three points ends the poll. Of the
// rest all are listed, up to [MaxFaults], and one wrong leaf gives one fault: the
// numbers after a gap are held against the number that stands there, and what
// leaves say of each other is judged no further than the first that is not shown.
// After a fault there is nothing new to keep, so the next poll finds the same again
// until a person has looked. A log that cannot be reached is no fault but an error, except
// that a checkpoint whose tiles are not there is one: who signs must show.
//
// The first poll keeps what it sees and walks all of it; from then on only what is
// new is read. Two monitors that were shown different logs find out by comparing
// what they kept: two checkpoints of one size with different roots, both signed,
// are a proof that anyone can check.
//
// # What is kept
//
// A [State] in a file is text: the log's key, the latest day, the released
// engines with the day from which they are in force ("-" where that is not known),
// whether approvals are held to and then what municipality may decide by which engine and
// rules from which day, the end of each municipality's chain (its next number and the hash of its last
// leaf), its decisions by month, all sorted, an empty line, and the checkpoint as it
// was signed.
//
//	skalig/monitor/1
//	key log.example.se/skalig+6d081049+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4
//	day 2026-11-22
//	approvals held
//	engine ed9f6f25068608efd412958da4dfc19328ca3511251fa6d5f9c42baf230e32f8 2026-11-22
//	rules 9999 ed9f6f25… 5d10a7c3… 2026-11-22
//	municipality 0000 1 6a126a2b… (64 digits)
//	municipality 9999 2 0d7f20c1…
//	decisions 9999 2026-11 2
//
//	log.example.se/skalig
//	3
//	R217d7gtx3gpAUCp4Zh7IMbfU3OpxVoTBCeOfIBT2Tk=
//
//	— log.example.se/skalig bQgQSdGT…
//
// It is read back only in this one spelling, with the log's signature, and if the
// numbers add up to the size; the day is "-" while there is no leaf.
//
// # Where the log is
//
// [Tiles] reads a log by the paths of C2SP tlog-tiles from a [Fetcher]: [HTTP] for
// one that is served, [Dir] for one in files.
package monitor

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// MaxFaults is how many faults a poll lists before it stops looking.
const MaxFaults = 100

// A Result is what a poll found.
type Result struct {
	Old, New ledger.Checkpoint // Old is the zero Checkpoint at the first poll
	Signed   []byte            // New as it was served, for whoever must be shown it
	Leaves   map[ledger.Kind]uint64
	Faults   []Fault
	State    *State // to keep; nil if there is a fault
}

// Sound reports whether the poll found no fault.
func (r *Result) Sound() bool { return len(r.Faults) == 0 }

// Poll reads the log once. What was kept is nil at the first poll, and is not
// changed. visit, where it is not nil, is handed each new leaf that the tree holds,
// in order. An error says that the log could not be read; of what was read until
// then nothing follows.
func Poll(ctx context.Context, t ledger.Tiles, vkey string, kept *State, visit func(index uint64, leaf []byte)) (*Result, error) {
	p := &poll{ctx: ctx, tiles: t, visit: visit, r: &Result{Leaves: map[ledger.Kind]uint64{}}}
	if p.next = kept.clone(); kept == nil {
		p.next.Key = vkey
	}
	if p.next.Key != vkey {
		return nil, errors.New("couldn't go on from what was kept: it is of a log with another key")
	}
	if err := p.begin(kept); err != nil {
		return nil, err
	}
	signed, err := t.ReadCheckpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the checkpoint: %w", err)
	}
	p.r.Signed = signed
	if p.r.New, err = ledger.OpenCheckpoint(signed, []string{vkey}); err != nil {
		var reason ledger.Reason
		errors.As(err, &reason)
		p.fault(CheckpointRefused, noLeaf, "the checkpoint was refused: %s", string(reason))
		return p.r, nil
	}
	if p.r.Old, err = p.next.open(); err != nil {
		return nil, err
	}
	if p.same() || !p.r.Sound() {
		return p.done(), nil
	}
	p.reader = newReader(ctx, t, p.r.New)
	for _, step := range []func() error{p.consistent, p.walk} {
		if err := step(); err != nil {
			return nil, err
		}
		if !p.r.Sound() {
			break
		}
	}
	if p.unread != nil && p.r.Sound() {
		return nil, p.unread
	}
	return p.done(), nil
}

// poll is one poll under way.
type poll struct {
	ctx    context.Context
	tiles  ledger.Tiles
	visit  func(uint64, []byte)
	judge  Judge // nil: approvals are not held to
	reader *reader
	next   *State // what will be kept
	unread error  // a record could not be read
	blind  bool   // a leaf is not known, and with it not what the next ones follow
	r      *Result
}

func (p *poll) done() *Result {
	if p.r.Sound() {
		p.next.Checkpoint = p.r.Signed
		p.r.State = p.next
	}
	return p.r
}

func (p *poll) fault(code Code, index int64, format string, args ...any) {
	p.r.Faults = append(p.r.Faults, Fault{code, index, fmt.Sprintf(format, args...)})
}

// same compares the two checkpoints alone: it reports whether they describe the
// same tree, and finds what no proof can make good.
func (p *poll) same() bool {
	old, now := p.r.Old, p.r.New
	empty := tlog.Hash(sha256.Sum256(nil))
	switch {
	case p.next.Checkpoint != nil && now.Size < old.Size:
		p.fault(Shrunk, noLeaf, "the log went back from %d leaves to %d: %d leaves that it had signed are no longer there", old.Size, now.Size, old.Size-now.Size)
	case p.next.Checkpoint != nil && now.Size == old.Size && now.Root != old.Root:
		p.fault(Forked, noLeaf, "the log has signed two different trees of %d leaves, with the roots %s and %s", now.Size, old.Root, now.Root)
	case now.Size == 0 && now.Root != empty:
		p.fault(TileWrong, noLeaf, "the root of the empty tree is %s", now.Root)
	default:
		return now.Size == 0 || now.Size == old.Size
	}
	return false
}

// consistent proves that the old tree is the beginning of the new one.
func (p *poll) consistent() error {
	old, now := p.r.Old, p.r.New
	if old.Size == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(int64(now.Size), int64(old.Size), p.reader)
	if err != nil {
		return p.readFault(noLeaf, err)
	}
	if err := tlog.CheckTree(proof, int64(now.Size), now.Root, int64(old.Size), old.Root); err != nil {
		p.fault(Forked, noLeaf, "the tree of %d leaves does not begin with the %d leaves that the log signed before: its history was rewritten, or it shows others another one",
			now.Size, old.Size)
	}
	return nil
}

// readFault tells a log that could not be read from one that cannot show what it
// signed. tlog's error says which hash, the reader's which files.
func (p *poll) readFault(index int64, err error) error {
	p.blind = true
	switch failed := p.reader.failed; {
	case errors.Is(failed, ledger.ErrNotFound):
		p.fault(TileMissing, index, "a tile of the signed tree is missing: %s", p.reader.at)
	case failed != nil:
		return fmt.Errorf("couldn't read %s: %w", p.reader.at, failed)
	default:
		p.fault(TileWrong, index, "the tiles do not lead to the signed root: at least one of %s is not what was signed (%v)", p.reader.names(), err)
	}
	return nil
}
