package inspection

import (
	"fmt"
	"slices"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// A transfer is one that is paid or may yet be.
type transfer struct {
	batch, ref string
	amount     int64  // 0 where the file was erased
	settled    bool   // the bank has said that it was paid
	loader     string // who read in that it was rejected
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
	i.files[h.Batch] = h
	i.apart(row.Seq, "ordered", h, h.By)
	for _, p := range h.Parts {
		if _, twice := i.transfers[p.ID]; twice {
			i.fault(Payment, row.Seq, "transfer %s is ordered twice", p.ID)
		}
		i.transfers[p.ID] = transfer{batch: h.Batch, ref: p.Case}
	}
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
			continue
		}
		i.transfers[l.ID] = transfer{batch: h.Batch, ref: l.Case, amount: l.Amount}
		i.sums[l.Case] += l.Amount
		ties[l.Case] = tie{row.Seq, fmt.Sprintf("%s/%d", h.Municipality, l.Number), i.sums[l.Case], p.Left}
	}
	for _, t := range ties {
		i.paid = append(i.paid, t)
	}
}

// apart holds that who does something about a file has read in no rejection in a case
// that it pays.
func (i *inspection) apart(row uint64, what string, h *store.Ordered, by string) {
	told := map[string]bool{}
	for _, p := range h.Parts {
		if slices.Contains(i.loaders[p.Case], by) && !told[p.Case] {
			told[p.Case] = true
			i.fault(Payment, row, "%s by who read in that a transfer in the same case was rejected: %s", what, p.ID)
		}
	}
}

// freed holds that a file is released by another than who prepared it, and than who
// read in what it pays instead of.
func (i *inspection) freed(row *store.Row, h *store.Freed) {
	file := i.files[h.Batch]
	if file == nil {
		return // which replaying the journal says
	}
	if file.By == h.By {
		i.fault(Payment, row.Seq, "released by who prepared the file")
	}
	i.apart(row.Seq, "released", file, h.By)
}

// reported takes what the bank says. Nobody alone makes an amount due again that was
// paid, nor one in a file of their own.
func (i *inspection) reported(row *store.Row, h *store.Paid) {
	form[flow.StatusBody](i, row)
	file := i.files[h.Batch]
	for _, s := range h.Statuses {
		t := i.transfers[s.ID]
		switch s.State {
		case store.TransferRejected:
			if t.settled {
				i.fault(Payment, row.Seq, "transfer %s had been paid, and one approver alone made it due again", s.ID)
			}
			if file != nil && file.By == h.By {
				i.fault(Payment, row.Seq, "transfer %s was made due again by who prepared its file, alone", s.ID)
			}
			t.loader = h.By
			i.refuse(s.ID, t)
			continue
		case store.TransferUnconfirmed:
			t.loader = h.By
		case store.TransferSettled:
			t.settled, t.loader = true, ""
		}
		i.transfers[s.ID] = t
	}
}

// confirmed takes what a second approver says of rejections.
func (i *inspection) confirmed(row *store.Row, h *store.Rejection) {
	for _, id := range h.Transfers {
		t := i.transfers[id]
		if t.loader == "" || t.loader == h.By {
			i.fault(Payment, row.Seq, "transfer %s: nobody else has read in that it was rejected", id)
		}
		if h.Stands {
			i.refuse(id, t)
			continue
		}
		t.loader = ""
		i.transfers[id] = t
	}
}

// unpaid forgets a file that was given up.
func (i *inspection) unpaid(batch string) {
	for id, t := range i.transfers {
		if t.batch == batch {
			i.forget(id, t)
		}
	}
	delete(i.files, batch)
}

// refuse forgets a transfer that the bank has rejected, but not who read it in.
func (i *inspection) refuse(id string, t transfer) {
	if t.loader != "" && !slices.Contains(i.loaders[t.ref], t.loader) {
		i.loaders[t.ref] = append(i.loaders[t.ref], t.loader)
	}
	i.forget(id, t)
}

// forget takes a transfer away that is not paid.
func (i *inspection) forget(id string, t transfer) {
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
