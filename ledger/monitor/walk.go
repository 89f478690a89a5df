package monitor

import (
	"errors"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// walk reads every bundle that holds a new leaf.
func (p *poll) walk() error {
	for first := p.r.Old.Size / 256 * 256; first < p.r.New.Size && len(p.r.Faults) < MaxFaults; first += 256 {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		if err := p.bundle(first); err != nil {
			return err
		}
	}
	return nil
}

// bundle holds the leaves from first on against the tree, and what they say
// against what went before.
func (p *poll) bundle(first uint64) error {
	entries, hashes, err := p.entries(first)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		index := first + uint64(i)
		switch {
		case index < p.r.Old.Size: // told of before
		case ledger.LeafHash(entry) != hashes[i]:
			p.blind = true
			p.fault(LeafDiffers, int64(index), "%s shows another leaf than the one that the tree holds", entriesPath(first/256, len(entries)))
		default:
			p.leaf(int64(index), entry, hashes[i])
		}
	}
	return nil
}

// entries reads a bundle and the hashes that the tree holds at its places. There are
// none where that was a fault.
func (p *poll) entries(first uint64) ([][]byte, []tlog.Hash, error) {
	width := ledger.TileWidth(0, first/256, p.r.New.Size)
	indexes := make([]int64, width)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(first)+int64(i))
	}
	hashes, err := p.reader.ReadHashes(indexes)
	if err != nil {
		return nil, nil, p.readFault(int64(first), err)
	}
	data, err := p.tiles.ReadEntries(p.ctx, first/256, width)
	if errors.Is(err, ledger.ErrNotFound) {
		p.blind = true
		p.fault(TileMissing, int64(first), "an entry bundle of the signed tree is missing: %s", entriesPath(first/256, width))
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't read %s: %w", entriesPath(first/256, width), err)
	}
	entries, err := ledger.SplitEntries(data)
	if err != nil || len(entries) != width {
		p.blind = true
		p.fault(BundleMalformed, int64(first), "%s does not hold %d whole entries", entriesPath(first/256, width), width)
		return nil, nil, nil
	}
	return entries, hashes, nil
}

// leaf takes one leaf of the tree.
func (p *poll) leaf(index int64, text []byte, hash tlog.Hash) {
	if p.visit != nil {
		p.visit(uint64(index), text)
	}
	l, err := ledger.ParseLeaf(text)
	if err != nil {
		p.blind = true
		p.fault(LeafMalformed, index, "the tree holds what is not a leaf in its one spelling")
		return
	}
	p.r.Leaves[l.Kind]++
	if !p.blind {
		p.follows(index, l, hash)
	}
}

// follows holds a leaf against those before it.
func (p *poll) follows(index int64, l ledger.Leaf, hash tlog.Hash) {
	s := p.next
	c := s.chains[l.Municipality]
	switch {
	case l.Number > c.next:
		p.fault(NumberMissing, index, "municipality %s goes on with number %d, %d is missing", l.Municipality, l.Number, c.next)
	case l.Number < c.next:
		p.fault(NumberRepeated, index, "municipality %s has number %d again, %d is next", l.Municipality, l.Number, c.next)
	case l.Prev != c.prev:
		p.fault(PrevDiffers, index, "number %d of municipality %s names %x as the leaf before it, which is %x", l.Number, l.Municipality, l.Prev, c.prev)
	}
	if l.Number >= c.next {
		s.chains[l.Municipality] = chain{l.Number + 1, hash}
	}
	switch {
	case l.Kind == ledger.Release && l.Municipality == ledger.Service:
		p.release(index, l, hash)
	case l.Kind == ledger.Statistics:
		p.statistics(index, l, hash)
	case l.Kind == ledger.Access:
		p.access(index, l, hash)
	case l.Kind == ledger.Decision:
		s.months[month{l.Municipality, l.Day[:7]}]++
		p.decision(index, l)
	}
	if l.Day < s.day {
		p.fault(DayBackwards, index, "its day is %s, the leaf before has %s", l.Day, s.day)
	}
	s.day = max(s.day, l.Day)
}

// decision holds that its engine was released, and is in force on its day.
func (p *poll) decision(index int64, l ledger.Leaf) {
	switch from, released := p.next.engines[l.Engine]; {
	case !released:
		p.fault(EngineUnreleased, index, "decision %d of municipality %s was made by the engine %x, which no earlier leaf released", l.Number, l.Municipality, l.Engine)
	case l.Day < from:
		p.fault(EngineNotInForce, index, "decision %d of municipality %s was made on %s by the engine %x, which is in force from %s", l.Number, l.Municipality, l.Day, l.Engine, from)
	default:
		p.approved(index, l)
	}
}
