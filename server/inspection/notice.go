package inspection

import (
	"encoding/hex"
	"slices"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/reading"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// A link is a row of the journal that is under no digest yet.
type link struct {
	seq    uint64
	hash   [32]byte
	access bool
}

// linked remembers a row until its digest comes.
func (i *inspection) linked(row *store.Row) {
	i.links = append(i.links, link{row.Seq, row.JournalHash(), row.Kind == store.KindAccess})
}

// notice holds a public leaf against its row and gives the record to parse.
func (i *inspection) notice(row *store.Row, p store.Place, kind ledger.Kind) (text []byte, leaf ledger.Leaf, ok bool) {
	body, ok := form[flow.NoticeBody](i, row)
	i.enter(row.Seq, p.Leaf, body.Record)
	if !ok {
		return nil, leaf, false
	}
	leaf, ok = i.opens(row.Seq, p.Leaf, body.Salt, body.Record)
	if ok && (leaf.Kind != kind || leaf.Municipality != p.Municipality || leaf.Number != p.Number) {
		i.fault(Outbox, row.Seq, "the leaf says otherwise than its row")
		ok = false
	}
	return []byte(body.Record), leaf, ok
}

func (i *inspection) malformed(row *store.Row, leaf ledger.Leaf) {
	i.fault(Outbox, row.Seq, "the record is not of kind %s in canonical form", leaf.Kind)
}

// agrees holds a record's heading against its leaf.
func (i *inspection) agrees(row *store.Row, h record.Heading, leaf ledger.Leaf) bool {
	same := h == record.Heading{Municipality: leaf.Municipality, Number: leaf.Number, Day: leaf.Day, Engine: leaf.Engine, Rules: leaf.Rules}
	if !same {
		i.fault(Outbox, row.Seq, "the leaf says otherwise than the record it commits to")
	}
	return same
}

func (i *inspection) digest(row *store.Row, h *store.Digest) {
	text, leaf, ok := i.notice(row, h.Place, ledger.Access)
	end := slices.IndexFunc(i.links, func(l link) bool { return l.seq == h.Last })
	if end < 0 {
		i.fault(Digest, row.Seq, "it ends at row %d, which is under another digest or later", h.Last)
		return
	}
	covered := i.links[:end+1]
	i.links = slices.Clone(i.links[end+1:])
	if !ok {
		return
	}
	d, err := record.ParseDigest(text)
	if err != nil {
		i.malformed(row, leaf)
		return
	}
	if !i.agrees(row, d.Heading, leaf) {
		return
	}
	i.r.Digests++
	digester := reading.NewDigester()
	for _, l := range covered {
		if l.access {
			digester.Add(l.seq, l.hash)
		}
	}
	events, sum := digester.Sum()
	switch {
	case d.First != covered[0].seq || d.Last != h.Last || d.Date != h.Date:
		i.fault(Digest, row.Seq, "it says rows %d to %d, the journal has %d to %d since the digest before", d.First, d.Last, covered[0].seq, h.Last)
	case d.Events != events || d.Digest != sum:
		i.fault(Digest, row.Seq, "it is over %d access events, %s; the journal has %d, %s", d.Events, hex.EncodeToString(d.Digest[:8]), events, hex.EncodeToString(sum[:8]))
	case d.Journal != covered[end].hash:
		i.fault(Digest, row.Seq, "the hash of row %d is not the one in it", h.Last)
	}
}

func (i *inspection) statistics(row *store.Row, h *store.Statistics) {
	text, leaf, ok := i.notice(row, h.Place, ledger.Statistics)
	if !ok {
		return
	}
	s, err := record.ParseStatistics(text)
	if err != nil {
		i.malformed(row, leaf)
		return
	}
	if !i.agrees(row, s.Heading, leaf) {
		return
	}
	counted := i.months[s.Municipality+"/"+s.Month]
	if s.Month != h.Month || s.Decisions != counted {
		i.fault(Outbox, row.Seq, "the statistics of %s say %d decisions, the outbox has %d", s.Month, s.Decisions, counted)
	}
}

// An untold erasure is one whose decisions no leaf has named yet.
type untold struct {
	seq     uint64
	reason  string
	numbers []uint64
}

// caseErased holds an erasure against what the case had decided.
func (i *inspection) caseErased(row *store.Row, h *store.CaseErased) {
	i.r.Erased++
	if !slices.Equal(h.Numbers, i.numbers[h.Erases]) {
		i.fault(Erasure, row.Seq, "it names other decisions than the case had")
	}
	delete(i.numbers, h.Erases)
	if len(h.Numbers) > 0 {
		town := i.towns[h.Erases]
		i.untold[town] = append(i.untold[town], untold{row.Seq, h.Reason, h.Numbers})
		i.r.Untold += uint64(len(h.Numbers))
	}
}

// erasures holds a leaf against the erasures since the one before it: it names the
// decisions of them all, in the order of their numbers.
func (i *inspection) erasures(row *store.Row, h *store.Erasures) {
	var numbers []uint64
	i.untold[h.Municipality] = slices.DeleteFunc(i.untold[h.Municipality], func(u untold) bool {
		told := u.reason == h.Reason && u.seq <= h.Last
		if told {
			numbers = append(numbers, u.numbers...)
		}
		return told
	})
	slices.Sort(numbers)
	i.r.Untold -= uint64(len(numbers))
	text, leaf, ok := i.notice(row, h.Place, ledger.Erasure)
	if !ok {
		return
	}
	e, err := record.ParseErasure(text)
	if err != nil {
		i.malformed(row, leaf)
		return
	}
	if i.agrees(row, e.Heading, leaf) && (e.Reason != h.Reason || !slices.Equal(e.Numbers, numbers)) {
		i.fault(Erasure, row.Seq, "it names other decisions than those of the cases that were erased")
	}
}

// erasedCase holds an erasure's record against what the case had decided, where it was
// told of by a leaf of its own.
func (i *inspection) erasedCase(row *store.Row, h *store.Erased) {
	i.r.Erased++
	text, leaf, ok := i.notice(row, h.Place, ledger.Erasure)
	if !ok {
		return
	}
	e, err := record.ParseErasure(text)
	if err != nil {
		i.malformed(row, leaf)
		return
	}
	if i.agrees(row, e.Heading, leaf) && !slices.Equal(e.Numbers, i.numbers[h.Erases]) {
		i.fault(Erasure, row.Seq, "it names other decisions than the case had")
	}
	delete(i.numbers, h.Erases)
}
