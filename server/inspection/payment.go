package inspection

import (
	"fmt"

	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// A transfer is one that is paid or may yet be.
type transfer struct {
	batch, ref string
	amount     int64
}

// A tie is what a case has been paid after a file, to be held against the decision
// that the file pays once every decision has been read.
type tie struct {
	row      uint64
	decision string
	amount   int64
	left     bool // something of it was not ordered yet
}

// grants remembers what a decision grants. It is called beside the rows.
func (i *inspection) grants(d *record.Decision) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.granted[fmt.Sprintf("%s/%d", d.Municipality, d.Number)] = d.Granted
}

// ordered holds a payment file against its row, and notes what it leaves paid.
func (i *inspection) ordered(row *store.Row, h *store.Ordered) {
	i.r.Files++
	i.r.Transfers += uint64(len(h.Parts))
	b, ok := form[payment.Batch](i, row)
	if !ok {
		return
	}
	if _, err := payment.Order(&b); err != nil {
		i.fault(Payment, row.Seq, "the file cannot be made: %v", err)
	}
	if b.ID != h.Batch || len(b.Lines) != len(h.Parts) {
		i.fault(Payment, row.Seq, "the file has %d transfers, the row names %d", len(b.Lines), len(h.Parts))
		return
	}
	ties := map[string]tie{} // by case
	for n, l := range b.Lines {
		p := h.Parts[n]
		if l.ID != p.ID || l.Case != p.Case || l.Number != p.Number {
			i.fault(Payment, row.Seq, "transfer %d is another than the row names", n)
		}
		if _, twice := i.transfers[l.ID]; twice {
			i.fault(Payment, row.Seq, "transfer %s is ordered twice", l.ID)
		}
		i.transfers[l.ID] = transfer{h.Batch, l.Case, l.Amount}
		i.sums[l.Case] += l.Amount
		ties[l.Case] = tie{row.Seq, fmt.Sprintf("%s/%d", h.Municipality, l.Number), i.sums[l.Case], p.Left}
	}
	for _, t := range ties {
		i.paid = append(i.paid, t)
	}
}

// unpaid forgets a file that was given up.
func (i *inspection) unpaid(batch string) {
	for id, t := range i.transfers {
		if t.batch == batch {
			i.refuse(id)
		}
	}
}

// refuse forgets a transfer that is not paid.
func (i *inspection) refuse(id string) {
	t := i.transfers[id]
	i.sums[t.ref] -= t.amount
	delete(i.transfers, id)
}

// ties holds what has been paid against what was granted: it is that, or less where
// something of the decision waits for an account. A decision whose record
// was erased is left alone.
func (i *inspection) ties() {
	for _, t := range i.paid {
		granted, known := i.granted[t.decision]
		if known && (t.left && t.amount >= granted || !t.left && t.amount != granted) {
			i.fault(Payment, t.row, "decision %s: what has been ordered in its case is not what it grants", t.decision)
		}
	}
}
