package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// An Opener gives the receipt of a leaf whose record anyone may read. It answers
// [ledger.ErrNotFound] where the service shows none, and [ErrSealed] where nothing can
// be asked, as of a log in files.
type Opener interface {
	Open(ctx context.Context, index uint64) ([]byte, error)
}

// ErrSealed: there is nobody to ask for records.
var ErrSealed = errors.New("records are not shown here")

// Open implements [Opener].
func (t Tiles) Open(ctx context.Context, index uint64) ([]byte, error) {
	if t.Records == nil {
		return nil, ErrSealed
	}
	return t.Records.Fetch(ctx, fmt.Sprintf("%d.json", index), ledger.MaxReceipt)
}

// record opens a leaf and reads some of its record. Where records are not shown
// there is none, and no fault.
func (p *poll) record(index int64, hash tlog.Hash, to any) bool {
	opener, ok := p.tiles.(Opener)
	if !ok {
		return false
	}
	file, err := opener.Open(p.ctx, uint64(index))
	switch {
	case errors.Is(err, ErrSealed):
		return false
	case errors.Is(err, ledger.ErrNotFound):
		p.fault(RecordMissing, index, "its record, which anyone may read, is not shown")
		return false
	case err != nil:
		p.unread = fmt.Errorf("couldn't read the record of leaf %d: %w", index, err)
		return false
	}
	rep := ledger.Verify(file, []string{p.next.Key})
	receipt, err := ledger.ParseReceipt(file)
	if !rep.OK || err != nil || ledger.LeafHash(receipt.Leaf) != hash || rep.Index != uint64(index) || json.Unmarshal(rep.Record, to) != nil {
		p.fault(RecordDiffers, index, "what is shown as its record is not what the leaf commits to: %s", string(rep.Reason))
		return false
	}
	return true
}

// release takes note of an engine, and from which day it may decide.
func (p *poll) release(index int64, l ledger.Leaf, hash tlog.Hash) {
	var text json.RawMessage
	var r struct {
		From string `json:"from"`
	}
	if !p.record(index, hash, &text) || json.Unmarshal(text, &r) != nil {
		if _, known := p.next.engines[l.Engine]; !known {
			p.next.engines[l.Engine] = ""
		}
		return
	}
	if r.From < l.Day {
		p.fault(ReleaseLate, index, "it was released on %s with effect from %s: a release is in the log before it takes effect", l.Day, r.From)
	}
	if from, known := p.next.engines[l.Engine]; !known || r.From < from {
		p.next.engines[l.Engine] = r.From
	}
	p.approve(index, l.Engine, r.From, text)
}

// statistics holds that a month's figures count the decisions that the log holds.
func (p *poll) statistics(index int64, l ledger.Leaf, hash tlog.Hash) {
	var r struct {
		Month     string `json:"month"`
		Decisions uint64 `json:"decisions"`
	}
	if !p.record(index, hash, &r) {
		return
	}
	if have := p.next.months[month{l.Municipality, r.Month}]; have != r.Decisions {
		p.fault(StatisticsDiffer, index, "the statistics of municipality %s for %s tell of %d decisions, the log holds %d", l.Municipality, r.Month, r.Decisions, have)
	}
}
