package replay

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"sync"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"golang.org/x/mod/sumdb/tlog"
)

// maxCheckpoints bounds the verified checkpoints that an auditor remembers.
const maxCheckpoints = 4096

// An Outcome is what came of one receipt. What it says of the leaf is verified
// unless Reason is set, and then it says nothing of it.
type Outcome struct {
	Reason     ledger.Reason // why the receipt was refused; "" if it was not
	Difference Difference    // how the replay differs; "" if it does not
	Replayed   bool          // a decision was computed again, and is what the record says
	Origin     string        // of the log
	Index      uint64
	Leaf       ledger.Leaf
	Record     []byte // of a leaf of another kind than decision and release

	// Of a decision that differs: what its engine answers to the record's facts, the
	// result with its trace, and what the record says was granted, in öre.
	Computed []byte
	Granted  int64
}

// Sound reports whether nothing is wrong with the receipt and its decision.
func (o Outcome) Sound() bool { return o.Reason == "" && o.Difference == "" }

// An Auditor verifies receipts and replays their decisions. Receipts under one
// checkpoint cost one signature: what was verified once is remembered by its exact
// bytes. It may be used by several goroutines.
type Auditor struct {
	policy  ledger.Policy
	engines *Engines

	// Approved are the releases that decisions are held to; nil: to none.
	Approved *Approved

	mu   sync.RWMutex
	seen map[string]ledger.Checkpoint // whose signatures hold
}

// NewAuditor gives an auditor that believes what a policy says: the logs, and the
// witnesses that must have cosigned them, if any.
func NewAuditor(policy ledger.Policy, engines *Engines) *Auditor {
	return &Auditor{policy: policy, engines: engines, seen: map[string]ledger.Checkpoint{}}
}

// Receipt verifies a receipt in its file form, and replays the decision in it. A
// release is read but has nothing to replay; of a leaf of any other kind nothing
// but the receipt is judged.
func (a *Auditor) Receipt(ctx context.Context, file []byte) Outcome {
	if o, d, ok := a.quick(file); ok && a.engines.Decision(ctx, d) == nil && a.approved(d, o) == nil {
		o.Replayed = true
		return o
	}
	return a.slow(ctx, file)
}

// slow takes the steps one by one, to say which of them failed.
func (a *Auditor) slow(ctx context.Context, file []byte) Outcome {
	r, err := ledger.ParseReceipt(file)
	if err != nil {
		return a.refused(file)
	}
	leaf, err := ledger.ParseLeaf(r.Leaf)
	c, ok := a.verified(&r, &leaf)
	if err != nil || !ok {
		return a.refused(file)
	}
	o := Outcome{Origin: c.Origin, Index: r.Index, Leaf: leaf}
	switch leaf.Kind {
	case ledger.Decision:
		d, err := record.ParseDecision(r.Record)
		if err == nil && !agrees(d, &leaf) {
			return a.refused(file)
		}
		if err == nil {
			err = cmp.Or(a.engines.Decision(ctx, d), a.approved(d, o))
		} else {
			err = RecordMalformed
		}
		o.Replayed = err == nil
		if o.Difference = difference(err); o.Difference != "" && o.Difference != RecordMalformed {
			o.Computed, o.Granted = a.engines.Answer(ctx, d), d.Granted
		}
	case ledger.Release:
		if rel, err := record.ParseRelease(r.Record); err != nil {
			o.Difference = RecordMalformed
		} else if rel.Engine != leaf.Engine || rel.Rules != leaf.Rules || rel.Day != leaf.Day || rel.Number != leaf.Number || leaf.Municipality != ledger.Service {
			return a.refused(file)
		} else if a.Approved != nil {
			if _, err := a.Approved.Release(r.Record); err != nil {
				o.Difference = NotApproved
			}
		}
	}
	// The record of another kind, or one that could not be read, was not held
	// against its leaf above.
	if leaf.Kind != ledger.Decision && leaf.Kind != ledger.Release || o.Difference == RecordMalformed {
		if rep := ledger.VerifyPolicy(file, a.policy); !rep.OK {
			return Outcome{Reason: rep.Reason}
		}
		o.Record = r.Record
	}
	return o
}

// approved holds a decision to the approved releases, where there are any to hold it to.
func (a *Auditor) approved(d *record.Decision, o Outcome) error {
	if a.Approved == nil {
		return nil
	}
	return a.Approved.Decision(d, o.Origin, o.Index)
}

// refused says why, in the words of the one verifier that decides. What is refused
// here and accepted there is a defect of this package, and is refused.
func (a *Auditor) refused(file []byte) Outcome {
	if rep := ledger.VerifyPolicy(file, a.policy); !rep.OK {
		return Outcome{Reason: rep.Reason}
	}
	return Outcome{Reason: ledger.NotChecked}
}

// verified takes the steps of ledger.Verify but the agreement of leaf and record.
func (a *Auditor) verified(r *ledger.Receipt, leaf *ledger.Leaf) (ledger.Checkpoint, bool) {
	c, ok := a.checkpoint(r.Checkpoint)
	want := ledger.Commit(r.Salt, r.Record)
	return c, ok && subtle.ConstantTimeCompare(want[:], leaf.Commitment[:]) == 1 && r.Index < c.Size &&
		tlog.CheckRecord(r.Proof, int64(c.Size), c.Root, int64(r.Index), ledger.LeafHash(r.Leaf)) == nil
}

func (a *Auditor) checkpoint(signed []byte) (ledger.Checkpoint, bool) {
	a.mu.RLock()
	c, ok := a.seen[string(signed)]
	a.mu.RUnlock()
	if ok {
		return c, true
	}
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil || a.policy.Check(c) != nil {
		return c, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.seen) >= maxCheckpoints {
		clear(a.seen)
	}
	a.seen[string(signed)] = c
	return c, true
}

// agrees holds that record and leaf say the same where both speak.
func agrees(d *record.Decision, l *ledger.Leaf) bool {
	return d.Municipality == l.Municipality && d.Number == l.Number && d.Day == l.Day && d.Engine == l.Engine && d.Rules == l.Rules
}

func difference(err error) Difference {
	var d Difference
	if err != nil && !errors.As(err, &d) {
		return EngineFailed
	}
	return d
}
