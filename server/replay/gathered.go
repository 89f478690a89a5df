package replay

import (
	"slices"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
)

// Gathered are receipts that were given together: each leaf counts once, and where the
// leaf that drew a sample is among them, so must every decision be that it drew, unless
// an answer among them says that it is withheld.
type Gathered struct {
	seen map[block]uint64 // a bit for each leaf
	lots []lot
	kept map[string]map[uint64]bool // withheld, by log
}

// A block is 64 leaves of a log.
type block struct {
	origin string
	index  uint64
}

type lot struct {
	origin string
	drawn  *record.Revealed
}

// NewGathered gives a gathering of nothing.
func NewGathered() *Gathered {
	return &Gathered{seen: map[block]uint64{}, kept: map[string]map[uint64]bool{}}
}

// Add takes a receipt's outcome into account, and gives it back as [Repeated] where its
// leaf was there before.
func (g *Gathered) Add(o Outcome) Outcome {
	if o.Reason != "" {
		return o
	}
	if g.mark(o.Origin, o.Index) {
		return Outcome{Difference: Repeated, Origin: o.Origin, Index: o.Index, Leaf: o.Leaf}
	}
	if o.Leaf.Kind != ledger.Access {
		return o
	}
	if r, err := record.ParseRevealed(o.Record); err == nil {
		g.lots = append(g.lots, lot{o.Origin, r})
	}
	if a, err := record.ParseAnswered(o.Record); err == nil {
		for _, w := range a.Withheld {
			if g.kept[o.Origin] == nil {
				g.kept[o.Origin] = map[uint64]bool{}
			}
			g.kept[o.Origin][w.Index] = true
		}
	}
	return o
}

// mark notes a leaf and reports whether it was noted before.
func (g *Gathered) mark(origin string, index uint64) bool {
	b, bit := block{origin, index / 64}, uint64(1)<<(index%64)
	before := g.seen[b]&bit != 0
	g.seen[b] |= bit
	return before
}

func (g *Gathered) has(origin string, index uint64) bool {
	return g.seen[block{origin, index / 64}]&(1<<(index%64)) != 0
}

// Missing are the drawn decisions that were not given, as outcomes of [NotGiven], rising,
// and how many are withheld by an answer.
func (g *Gathered) Missing() (missing []Outcome, withheld int) {
	for _, l := range g.lots {
		for _, index := range l.drawn.Indexes {
			switch {
			case g.has(l.origin, index):
			case g.kept[l.origin][index]:
				withheld++
			default:
				missing = append(missing, Outcome{Difference: NotGiven, Origin: l.origin, Index: index,
					Leaf: ledger.Leaf{Kind: ledger.Decision, Municipality: l.drawn.Municipality}})
			}
		}
	}
	slices.SortStableFunc(missing, func(a, b Outcome) int { return int(int64(a.Index) - int64(b.Index)) })
	return missing, withheld
}
