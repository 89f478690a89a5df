package monitor

import (
	"bytes"
	"cmp"
	"fmt"

	"github.com/skalig/skalig/ledger"
)

// A Judge says of the record of a release what it lets decide, and by an error that those
// whom the reader believes have not approved it. Tiles that are one have every release and
// decision held to it.
type Judge interface {
	Approved(record []byte) ([]Rules, error)
}

// Rules are what a municipality may decide by: the digest that its leaves name.
type Rules struct {
	Municipality string
	Digest       [32]byte // zero: the release does not say
}

// Judged are tiles with a judge.
type Judged struct {
	Tiles
	Release func(record []byte) ([]Rules, error)
}

// Approved implements [Judge].
func (j Judged) Approved(record []byte) ([]Rules, error) { return j.Release(record) }

// engineRules are a municipality's rules as an engine decides by them.
type engineRules struct {
	engine [32]byte
	Rules
}

func (r engineRules) compare(o engineRules) int {
	return cmp.Or(cmp.Compare(r.Municipality, o.Municipality), bytes.Compare(r.engine[:], o.engine[:]), bytes.Compare(r.Digest[:], o.Digest[:]))
}

// begin sees to it that what was kept was held to approvals if what follows is: nothing is
// known of the releases before it otherwise.
func (p *poll) begin(kept *State) error {
	p.judge, _ = p.tiles.(Judge)
	if kept != nil && p.judge != nil && !kept.held {
		return fmt.Errorf("%w: it was not held to approvers from the first leaf on", ErrState)
	}
	if p.next.held = p.judge != nil; !p.next.held {
		clear(p.next.rules)
	}
	return nil
}

// approve takes note of what a release lets decide, from a day on.
func (p *poll) approve(index int64, engine [32]byte, from string, record []byte) {
	if p.judge == nil {
		return
	}
	all, err := p.judge.Approved(record)
	if err != nil {
		p.fault(ReleaseUnapproved, index, "its release was not approved: %v", err)
		return
	}
	for _, r := range all {
		key := engineRules{engine, r}
		if before, known := p.next.rules[key]; !known || from < before {
			p.next.rules[key] = from
		}
	}
}

// approved holds that a decision is by rules that an earlier leaf's release lets decide.
func (p *poll) approved(index int64, l ledger.Leaf) {
	if p.judge == nil {
		return
	}
	from, known := p.next.rules[engineRules{l.Engine, Rules{l.Municipality, l.Rules}}]
	if !known {
		from, known = p.next.rules[engineRules{l.Engine, Rules{Municipality: l.Municipality}}]
	}
	if !known || l.Day < from {
		p.fault(RulesUnapproved, index, "decision %d of municipality %s was made on %s by the rules %x, which no approved release lets decide then", l.Number, l.Municipality, l.Day, l.Rules)
	}
}
