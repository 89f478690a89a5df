package flow

import (
	"slices"

	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
)

// What is counted of transfers beside their states in the journal.
const (
	Cancelled = "cancelled" // in a file that was given up
	Returned  = "returned"  // refused by the bank after it had accepted or paid it
)

// TransferStates are all that a transfer is counted under.
var TransferStates = []string{store.TransferOrdered, Cancelled, store.TransferReleased, store.TransferAccepted, store.TransferSettled, store.TransferUnconfirmed, store.TransferRejected, Returned}

// moving is what a transfer is counted under when it goes from a state to another.
func moving(from, to string) string {
	if to == store.TransferRejected && from != store.TransferReleased {
		return Returned
	}
	return to
}

// total is the öre of some of a file's transfers.
func total(b *payment.Batch, ids []string) (ore int64) {
	for _, l := range b.Lines {
		if slices.Contains(ids, l.ID) {
			ore += l.Amount
		}
	}
	return ore
}
