package replay

import (
	"crypto/sha256"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/release"
)

// Approved are releases that enough of those have signed whom a reader believes. A
// decision is by one of them where the release names its engine, holds its guideline for
// the municipality and the month, was in force on its day, and stands before it in
// the log.
type Approved struct {
	approvers []release.Approver
	releases  []approvedRelease
}

type approvedRelease struct {
	release.Statement
	origin string
	index  uint64
}

// NewApproved reads the receipts of releases: each must verify by the policy. One that is
// not approved covers nothing.
func NewApproved(policy ledger.Policy, approvers []release.Approver, receipts [][]byte) (*Approved, error) {
	a := &Approved{approvers: approvers}
	for i, file := range receipts {
		rep := ledger.VerifyPolicy(file, policy)
		if !rep.OK {
			return nil, fmt.Errorf("couldn't believe release %d of those given: %w", i+1, rep.Reason)
		}
		if statement, err := a.Release(rep.Record); err == nil {
			a.releases = append(a.releases, approvedRelease{statement, rep.Origin, rep.Index})
		}
	}
	return a, nil
}

// Release reads the record of a release, and holds that what people signed says the same
// and that enough of them have signed it.
func (a *Approved) Release(text []byte) (release.Statement, error) {
	r, err := record.ParseRelease(text)
	if err != nil {
		return release.Statement{}, err
	}
	s, err := release.Verify([]byte(r.Approval), a.approvers)
	if err != nil {
		return s, err
	}
	if s.Version != r.Version || s.Engine != r.Engine || s.Verify != r.Verify || s.Rules != r.Rules || s.From != r.From {
		return s, release.ErrDiffers
	}
	return s, nil
}

// Decision holds that a decision in a leaf is by an approved release. The error is
// [NotApproved].
func (a *Approved) Decision(d *record.Decision, origin string, index uint64) error {
	sum := sha256.Sum256(d.Guideline)
	for _, r := range a.releases {
		g, ok := r.For(d.Municipality, d.Month)
		if ok && g.SHA256 == sum && r.Engine == d.Engine && r.From <= d.Day && (r.origin != origin || r.index < index) {
			return nil
		}
	}
	return NotApproved
}
