package replay_test

import (
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay"
	"github.com/skalig/skalig/server/replay/replaytest"
)

// TestRepeated: a receipt counts once, in however many files it is.
func TestRepeated(t *testing.T) {
	files := replaytest.Receipts(t, 3, nil)
	a, _ := auditor(t, false)
	g := replay.NewGathered()
	for i, at := range []int{0, 1, 0, 2, 2} {
		o := g.Add(a.Receipt(t.Context(), files[at]))
		if again := i == 2 || i == 4; again != (o.Difference == replay.Repeated) || again == o.Sound() || again == o.Replayed {
			t.Errorf("receipt %d: %+v", i, o)
		}
	}
}

// TestDrawn holds decisions to the leaf that drew them and to the answer, each in its
// own log.
func TestDrawn(t *testing.T) {
	head := record.Heading{Municipality: "9999", Day: "2026-11-22"}
	access := func(origin string, index uint64, r interface{ Marshal() ([]byte, error) }) replay.Outcome {
		text, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return replay.Outcome{Origin: origin, Index: index, Leaf: ledger.Leaf{Kind: ledger.Access, Municipality: "9999"}, Record: text}
	}
	decision := func(origin string, index uint64) replay.Outcome {
		return replay.Outcome{Origin: origin, Index: index, Replayed: true, Leaf: ledger.Leaf{Kind: ledger.Decision, Municipality: "9999"}}
	}
	g := replay.NewGathered()
	for _, o := range []replay.Outcome{decision("a", 3), decision("b", 70),
		access("a", 101, &record.Revealed{Heading: head, Asked: 100, Indexes: []uint64{3, 64, 70, 99}}),
		access("a", 102, &record.Answered{Heading: head, Asked: 100, Given: []uint64{3, 70}, Withheld: []record.Withheld{{Index: 64, Reason: record.WithheldSecrecy}}})} {
		if !g.Add(o).Sound() {
			t.Errorf("refused: %+v", o)
		}
	}
	missing, withheld := g.Missing()
	if withheld != 1 || len(missing) != 2 || missing[0].Index != 70 || missing[1].Index != 99 || missing[0].Difference != replay.NotGiven || missing[0].Origin != "a" {
		t.Errorf("missing %+v, withheld %d", missing, withheld)
	}
	g.Add(decision("a", 70))
	g.Add(decision("a", 99))
	if missing, _ := g.Missing(); len(missing) != 0 {
		t.Errorf("still missing: %+v", missing)
	}
}
