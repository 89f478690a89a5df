package ledger

import (
	"crypto/subtle"

	"golang.org/x/mod/sumdb/tlog"
)

// The steps of [Verify], in order.
const (
	StepFormat     = "format"               // the file is a receipt, spelled in the one way there is
	StepCommitment = "commitment"           // record and salt are those the leaf is bound to
	StepRecord     = "leaf-matches-record"  // the leaf says the same as the record where both speak
	StepInclusion  = "inclusion"            // the leaf is in the tree the checkpoint describes
	StepSignature  = "checkpoint-signature" // the log has signed the checkpoint
	StepWitnesses  = "witnesses"            // those have cosigned it whom the policy requires; only with a policy
)

// A Check is the outcome of one step.
type Check struct {
	Name string
	OK   bool
	Code Reason // why not, "" if OK
}

// A Report says what Verify found.
type Report struct {
	OK     bool
	Steps  []Check // all five, in order, and StepWitnesses where a policy was given
	Reason Reason  // code of the first step that failed, "" if OK

	// Set only if OK, so that nothing unverified is shown by mistake.
	Index, Size uint64
	Origin      string
	Leaf        Leaf
	Record      []byte

	// Policy says that one was given; Required that it has a quorum. Witnesses are
	// those of the policy that have cosigned, set only if OK.
	Policy, Required bool
	Witnesses        []string
}

// Verify checks a receipt in its file form against the note keys of the logs its
// reader trusts. It needs nothing but its arguments: no clock, no network. Every
// step runs that can run, so that a report tells a changed record from a
// changed signature.
//
// No witness is required: whoever controls the log could show this checkpoint to
// its holder alone. [VerifyPolicy] requires more.
func Verify(file []byte, vkeys []string) Report { return verify(file, vkeys, nil) }

// VerifyPolicy checks a receipt as Verify does, by the logs of the policy, and that
// the policy's quorum of witnesses has cosigned the checkpoint.
func VerifyPolicy(file []byte, p Policy) Report { return verify(file, p.Logs, &p) }

func verify(file []byte, vkeys []string, p *Policy) Report {
	var rep Report
	rep.Policy, rep.Required = p != nil, p != nil && p.Quorum()
	o, reason := open(file)
	rep.add(StepFormat, reason)
	if reason != "" {
		for _, name := range []string{StepCommitment, StepRecord, StepInclusion, StepSignature} {
			rep.add(name, NotChecked)
		}
		if p != nil {
			rep.add(StepWitnesses, NotChecked)
		}
		return rep
	}
	rep.add(StepCommitment, o.commitment())
	rep.add(StepRecord, o.header.differs(o.leaf))
	rep.add(StepInclusion, o.inclusion())
	rep.add(StepSignature, o.checkpoint.verify(vkeys))
	var witnesses []string
	if p != nil {
		var reason Reason
		witnesses, reason = p.check(o.checkpoint)
		rep.add(StepWitnesses, reason)
	}
	if rep.Reason == "" {
		rep.OK = true
		rep.Index, rep.Size, rep.Origin = o.receipt.Index, o.checkpoint.Size, o.checkpoint.Origin
		rep.Leaf, rep.Record, rep.Witnesses = o.leaf, o.receipt.Record, witnesses
	}
	return rep
}

func (rep *Report) add(name string, reason Reason) {
	rep.Steps = append(rep.Steps, Check{name, reason == "", reason})
	if rep.Reason == "" {
		rep.Reason = reason
	}
}

func (o opened) commitment() Reason {
	want := Commit(o.receipt.Salt, o.receipt.Record)
	if subtle.ConstantTimeCompare(want[:], o.leaf.Commitment[:]) != 1 {
		return CommitmentDiffers
	}
	return ""
}

func (o opened) inclusion() Reason {
	if o.receipt.Index >= o.checkpoint.Size {
		return IndexBeyondSize
	}
	err := tlog.CheckRecord(o.receipt.Proof, int64(o.checkpoint.Size), o.checkpoint.Root,
		int64(o.receipt.Index), tlog.RecordHash(o.receipt.Leaf))
	if err != nil {
		return InclusionDiffers
	}
	return ""
}
