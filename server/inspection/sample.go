package inspection

import (
	"encoding/hex"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/sample"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

func (i *inspection) asked(row *store.Row, h *store.Asked) {
	text, leaf, ok := i.notice(row, h.Place, ledger.Access)
	if !ok {
		return
	}
	a, err := record.ParseAsked(text)
	if err != nil {
		i.malformed(row, leaf)
		return
	}
	if i.agrees(row, a.Heading, leaf) && hex.EncodeToString(a.Seal[:]) != h.Seal {
		i.fault(Outbox, row.Seq, "the row says otherwise than the record in it")
	}
	i.asks[h.Index] = *a
}

// revealed holds a sample against what its secret draws from the outbox.
func (i *inspection) revealed(row *store.Row, h *store.Revealed) {
	text, leaf, ok := i.notice(row, h.Place, ledger.Access)
	if !ok {
		return
	}
	r, err := record.ParseRevealed(text)
	if err != nil {
		i.malformed(row, leaf)
		return
	}
	if !i.agrees(row, r.Heading, leaf) {
		return
	}
	if r.Asked != h.Asked || !slices.Equal(r.Indexes, h.Indexes) {
		i.fault(Outbox, row.Seq, "the row says otherwise than the record in it")
	}
	a, asked := i.asks[r.Asked]
	root, err := tlog.TreeHash(int64(r.Asked)+1, i.stored)
	seed := sample.Seed{Root: root, Size: r.Asked + 1, Secret: r.Secret, Municipality: r.Municipality}
	switch {
	case !asked || err != nil || a.Municipality != r.Municipality:
		i.fault(Sample, row.Seq, "it draws a sample that nobody of the municipality asked for")
	case sample.Seal(r.Secret) != a.Seal:
		i.fault(Sample, row.Seq, "its secret is not the one that leaf %d sealed", r.Asked)
	case r.Root != root || !slices.Equal(r.Indexes, seed.Draw(int(a.Count), i.decisions[r.Municipality])):
		i.fault(Sample, row.Seq, "it is not what the secret and the outbox draw")
	}
}

func (i *inspection) answered(row *store.Row, h *store.Answered) {
	text, leaf, ok := i.notice(row, h.Place, ledger.Access)
	if !ok {
		return
	}
	a, err := record.ParseAnswered(text)
	if err != nil {
		i.malformed(row, leaf)
		return
	}
	if i.agrees(row, a.Heading, leaf) && (a.Asked != h.Asked || !slices.Equal(a.Given, h.Given)) {
		i.fault(Outbox, row.Seq, "the row says otherwise than the record in it")
	}
}
