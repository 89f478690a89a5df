package replay_test

import (
	"bytes"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/release/releasetest"
	"github.com/skalig/skalig/server/replay"
	"github.com/skalig/skalig/server/replay/replaytest"
)

// people approve, and someone else does.
type people struct{ anna, bertil, cesar releasetest.Person }

func newPeople(t *testing.T) people {
	return people{releasetest.NewPerson(t, "anna"), releasetest.NewPerson(t, "bertil"), releasetest.NewPerson(t, "cesar")}
}

func (p people) listed() []release.Approver {
	return []release.Approver{p.anna.Approver, p.bertil.Approver}
}

// TestApproved: genuine receipts whose decisions replay are refused where the rules were
// not approved by enough of those whom the reader believes, for the municipality, in force
// on the day.
func TestApproved(t *testing.T) {
	p := newPeople(t)
	both := []releasetest.Person{p.anna, p.bertil}
	for _, c := range []struct {
		name    string
		by      []releasetest.Person
		release func(*release.Statement)
		decide  func(*record.Decision)
		want    replay.Difference
	}{
		{"approved", both, nil, nil, ""},
		{"approved by two and a stranger", append(both[:2:2], p.cesar), nil, nil, ""},
		{"an edited guideline", both, nil, func(d *record.Decision) { replaytest.ByEdited(t, d) }, replay.NotApproved},
		{"approved by one and a stranger", []releasetest.Person{p.anna, p.cesar}, nil, nil, replay.NotApproved},
		{"before its day", both, func(s *release.Statement) { s.From = "2026-11-23" }, nil, replay.NotApproved},
		{"another engine", both, func(s *release.Statement) { s.Engine[0] ^= 1 }, nil, replay.NotApproved},
		{"the guideline of another municipality", both, func(s *release.Statement) {
			for i := range s.Guidelines {
				if s.Guidelines[i].Municipality == municipal.Demo {
					s.Guidelines[i].Municipality = "9998"
				}
			}
		}, nil, replay.NotApproved},
		{"a guideline that another has taken the place of", both, func(s *release.Statement) {
			s.Guidelines = append(s.Guidelines, release.Guideline{Municipality: municipal.Demo, From: "2026-11", SHA256: [32]byte{1}})
		}, nil, replay.NotApproved},
	} {
		first, files := replaytest.Released(t, releasetest.Record(t, "2026-11-22", c.release, c.by...), 1, func(_ int, d *record.Decision) {
			if c.decide != nil {
				c.decide(d)
			}
		})
		a, _ := auditor(t, false)
		if o := a.Receipt(t.Context(), files[0]); !o.Sound() || !o.Replayed {
			t.Fatalf("%s: without approvers it is not genuine: %+v", c.name, o)
		}
		a.Approved = approvedBy(t, p, first)
		if o := a.Receipt(t.Context(), files[0]); o.Difference != c.want || o.Replayed != (c.want == "") {
			t.Errorf("%s: %q, want %q", c.name, o.Difference, c.want)
		}
	}
}

func approvedBy(t *testing.T, p people, receipts ...[]byte) *replay.Approved {
	t.Helper()
	a, err := replay.NewApproved(ledger.Policy{Logs: []string{vkey}}, p.listed(), receipts)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A release is held to the same people, and its record to what they signed.
func TestReleaseApproved(t *testing.T) {
	p := newPeople(t)
	otherwise := releasetest.Record(t, "2026-11-22", nil, p.anna, p.bertil)
	otherwise.From = "2026-11-21"
	for name, c := range map[string]struct {
		release *record.Release
		want    replay.Difference
	}{
		"approved":                  {releasetest.Record(t, "2026-11-22", nil, p.anna, p.bertil), ""},
		"by one and a stranger":     {releasetest.Record(t, "2026-11-22", nil, p.anna, p.cesar), replay.NotApproved},
		"its record says otherwise": {otherwise, replay.NotApproved},
	} {
		first, files := replaytest.Released(t, c.release, 1, nil)
		a, _ := auditor(t, false)
		a.Approved = approvedBy(t, p, first)
		if o := a.Receipt(t.Context(), first); o.Difference != c.want || o.Reason != "" {
			t.Errorf("%s: %+v", name, o)
		}
		if o := a.Receipt(t.Context(), files[0]); o.Difference != c.want {
			t.Errorf("%s: a decision by it: %+v", name, o)
		}
		changed := bytes.Replace(first, []byte("2026-11-2"), []byte("2026-11-1"), 1)
		if _, err := replay.NewApproved(ledger.Policy{Logs: []string{vkey}}, p.listed(), [][]byte{changed}); err == nil {
			t.Errorf("%s: a changed receipt is believed", name)
		}
	}
}

// A release that the log has after a decision doesn't cover it.
func TestApprovedAfterwards(t *testing.T) {
	p := newPeople(t)
	first, files := replaytest.Released(t, releasetest.Record(t, "2026-11-22", nil, p.anna, p.bertil), 1, nil)
	approved := approvedBy(t, p, first)
	r, err := ledger.ParseReceipt(files[0])
	if err != nil {
		t.Fatal(err)
	}
	d, err := record.ParseDecision(r.Record)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ledger.ParseCheckpoint(r.Checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	if err := approved.Decision(d, c.Origin, 1); err != nil {
		t.Error(err)
	}
	if err := approved.Decision(d, c.Origin, 0); err != replay.NotApproved {
		t.Errorf("at the release's own place: %v", err)
	}
}
