package inspection

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
	"golang.org/x/mod/sumdb/tlog"
)

// journal reads every row, then holds the log against what they say.
func (i *inspection) journal() error {
	if _, err := secret.Load(filepath.Join(i.dir, "keys", "kek")); err != nil {
		return err
	}
	look := func() (*store.Inspection, error) { return store.Inspect(i.ctx, i.dir) }
	if i.o.Database != nil {
		look = func() (*store.Inspection, error) { return store.InspectShared(i.ctx, i.dir, i.o.Database) }
	}
	inspected, err := look()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, store.ErrInDatabase) || i.ctx.Err() != nil {
		return err
	}
	if err != nil {
		i.fault(Journal, 0, "%v", err)
		return nil
	}
	defer inspected.Close()
	if i.r.Cases, err = inspected.Cases(); err != nil {
		return err
	}
	i.erased = inspected.Erased
	left, err := inspected.KeysLeft(i.ctx)
	if err != nil {
		return err
	}
	for _, id := range left {
		i.fault(Erasure, 0, "case %s is erased, but its key is still there", id)
	}
	for row, err := range inspected.Rows(i.ctx) {
		if err != nil {
			i.work.Wait()
			return err
		}
		i.r.Rows++
		i.row(&row)
		if i.o.Progress != nil {
			i.o.Progress(row.Seq)
		}
	}
	i.work.Wait()
	i.ties()
	i.compare()
	i.r.Leaves = uint64(len(i.outbox))
	return nil
}

func (i *inspection) row(row *store.Row) {
	i.linked(row)
	// A document of an application that was never sent is destroyed with it. Where
	// there is a case, the lack of its key shows in the application's own row.
	unsent := row.Kind == store.KindDocument && errors.Is(row.BodyErr, store.ErrErased)
	if row.BodyErr != nil && !unsent && !i.erased(&row.Event) {
		i.fault(Body, row.Seq, "%v", row.BodyErr)
	}
	switch h := row.Head.(type) {
	case *store.Submitted:
		form[flow.SubmittedBody](i, row)
	case *store.Queued:
		form[flow.QueuedBody](i, row)
	case *store.Decided:
		i.decided(row, h)
	case *store.Released:
		i.released(row, h)
	case *store.Published:
		i.published(row, h)
	case *store.Registers:
		form[flow.RegistersBody](i, row)
	case *store.Message:
		form[flow.MessageBody](i, row)
	case *store.CompletionAsked:
		form[flow.CompletionAskedBody](i, row)
	case *store.CompletionReceived:
		form[flow.CompletionReceivedBody](i, row)
	case *store.Appealed:
		form[flow.AppealedBody](i, row)
	case *store.AppealClosed:
		form[flow.AppealClosedBody](i, row)
	case *store.AppealInTime:
		form[flow.AppealInTimeBody](i, row)
	case *store.Judged:
		form[flow.JudgedBody](i, row)
	case *store.Letter:
		if row.BodyErr == nil && !bytes.HasPrefix(row.Body, []byte("%PDF-")) {
			i.fault(Body, row.Seq, "the letter is no PDF")
		}
	case *store.Statistics:
		i.statistics(row, h)
	case *store.Digest:
		i.digest(row, h)
	case *store.Erased:
		i.erasedCase(row, h)
	case *store.CaseErased:
		i.caseErased(row, h)
	case *store.Erasures:
		i.erasures(row, h)
	case *store.Asked:
		i.asked(row, h)
	case *store.Revealed:
		i.revealed(row, h)
	case *store.Answered:
		i.answered(row, h)
	case *store.Ordered:
		i.ordered(row, h)
	case *store.Cancelled:
		i.unpaid(h.Batch)
	case *store.Freed:
		i.freed(row, h)
	case *store.Paid:
		i.reported(row, h)
	case *store.Rejection:
		i.confirmed(row, h)
	case *store.Rechecked:
		form[flow.RecheckedBody](i, row)
	case *store.Account:
		form[flow.AccountBody](i, row)
	case *store.Override:
		form[flow.OverrideBody](i, row)
	case *store.Acknowledged:
		form[flow.AcknowledgedBody](i, row)
	case *store.Calculated:
		form[flow.CalculatedBody](i, row)
	case *store.Protection, *store.Opened, *store.Halted:
		form[flow.StoppedBody](i, row)
	case *store.Automation:
		if len(row.Body) > 0 {
			form[flow.StoppedBody](i, row)
		}
	}
}

// form reads a body of its kind.
func form[T flow.Body](i *inspection, row *store.Row) (body T, ok bool) {
	if row.BodyErr != nil {
		return body, false
	}
	body, err := flow.DecodeBody[T](row.Body)
	if err != nil {
		i.fault(Body, row.Seq, "%v", err)
	}
	return body, err == nil
}

// enter adds a leaf to the outbox; replaying the journal has held its index.
func (i *inspection) enter(row uint64, text []byte, record string) {
	added, err := tlog.StoredHashes(int64(len(i.outbox)), text, i.stored)
	if err != nil {
		i.fault(Outbox, row, "the leaf could not be added to the tree: %v", err)
	}
	i.stored = append(i.stored, added...)
	i.outbox = append(i.outbox, entry{row: row, leaf: ledger.LeafHash(text), record: sha256.Sum256([]byte(record))})
}

func (i *inspection) decided(row *store.Row, h *store.Decided) {
	switch h.Mode {
	case record.Automatic:
		i.r.Automatic++
	default:
		i.r.Human++
	}
	i.numbers[row.Case], i.towns[row.Case] = append(i.numbers[row.Case], h.Number), h.Municipality
	if leaf, err := ledger.ParseLeaf(h.Leaf); err == nil {
		i.decisions[leaf.Municipality] = append(i.decisions[leaf.Municipality], h.Index)
		i.months[leaf.Municipality+"/"+leaf.Day[:7]]++
	}
	body, ok := form[flow.DecidedBody](i, row)
	i.enter(row.Seq, h.Leaf, body.Record)
	if !ok {
		return
	}
	if body.Hearing != nil && !body.Hearing.Whole() {
		i.fault(Body, row.Seq, "how the party was heard is not told whole")
	}
	i.r.Replayed++
	seq, ref := row.Seq, row.Case
	i.beside(func() {
		leaf, ok := i.opens(seq, h.Leaf, body.Salt, body.Record)
		if !ok {
			return
		}
		d, err := record.ParseDecision([]byte(body.Record))
		switch {
		case err != nil:
			i.fault(Outbox, seq, "the record is not a decision in canonical form")
			return
		case leaf.Kind != ledger.Decision || leaf.Municipality != d.Municipality || leaf.Number != d.Number || leaf.Day != d.Day || leaf.Engine != d.Engine || leaf.Rules != d.Rules:
			i.fault(Outbox, seq, "the leaf says otherwise than the record it commits to")
		case ref != d.Case || h.Municipality != d.Municipality || h.Number != d.Number || h.Mode != d.Mode || h.Outcome != d.Outcome || h.Replaces != d.Replaces || h.Engine != hex.EncodeToString(d.Engine[:]):
			i.fault(Outbox, seq, "the row says otherwise than the record in it")
		case sha256.Sum256(body.Result) != d.Result:
			i.fault(Replay, seq, "the result kept beside the record is not the one that the record names")
		}
		i.grants(d)
		if err := i.engines.Decision(i.ctx, d); err != nil {
			i.fault(Replay, seq, "decision %s/%d: %s", d.Municipality, d.Number, why(err))
		}
	})
}

func (i *inspection) released(row *store.Row, h *store.Released) {
	i.r.Releases++
	body, ok := form[flow.ReleasedBody](i, row)
	i.enter(row.Seq, h.Leaf, body.Record)
	if !ok {
		return
	}
	leaf, ok := i.opens(row.Seq, h.Leaf, body.Salt, body.Record)
	if !ok {
		return
	}
	r, err := record.ParseRelease([]byte(body.Record))
	switch {
	case err != nil:
		i.fault(Outbox, row.Seq, "the record is not a release in canonical form")
	case leaf.Kind != ledger.Release || leaf.Municipality != ledger.Service || leaf.Number != r.Number || leaf.Day != r.Day || leaf.Engine != r.Engine || leaf.Rules != r.Rules:
		i.fault(Outbox, row.Seq, "the leaf says otherwise than the record it commits to")
	case h.Number != r.Number || h.Engine != hex.EncodeToString(r.Engine[:]) || h.Rules != hex.EncodeToString(r.Rules[:]):
		i.fault(Outbox, row.Seq, "the row says otherwise than the record in it")
	}
}

// opens holds that a leaf is one and commits to a record.
func (i *inspection) opens(row uint64, text, salt []byte, record string) (ledger.Leaf, bool) {
	leaf, err := ledger.ParseLeaf(text)
	switch {
	case err != nil:
		i.fault(Outbox, row, "the leaf is not in its one spelling")
	case len(salt) != 32:
		i.fault(Body, row, "the salt has %d bytes", len(salt))
	case ledger.Commit([32]byte(salt), []byte(record)) != leaf.Commitment:
		i.fault(Outbox, row, "the leaf does not commit to the record and salt in the row")
	default:
		return leaf, true
	}
	return leaf, false
}

// published holds a receipt against the outbox. Its checkpoint's leaves stand in
// the journal before it.
func (i *inspection) published(row *store.Row, h *store.Published) {
	i.r.Receipts++
	e := &i.outbox[h.Index] // which replaying the journal has held to be there
	if row.BodyErr != nil {
		return
	}
	receipt, err := ledger.ParseReceipt(row.Body)
	if err != nil {
		i.fault(Receipt, row.Seq, "leaf %d: the receipt was refused: %s", h.Index, code(err))
		return
	}
	if receipt.Index != h.Index || ledger.LeafHash(receipt.Leaf) != e.leaf || sha256.Sum256(receipt.Record) != e.record {
		i.fault(Receipt, row.Seq, "leaf %d: the receipt is of another leaf or record than row %d", h.Index, e.row)
	}
	if c, err := ledger.ParseCheckpoint(receipt.Checkpoint); err == nil {
		if root, err := i.root(c.Size); err != nil || root != c.Root {
			i.fault(Receipt, row.Seq, "leaf %d: its checkpoint of %d leaves is not the tree over the outbox", h.Index, c.Size)
		}
		if c.Size > i.r.Published {
			i.ahead.count++
			i.ahead.size = max(i.ahead.size, c.Size)
		}
	}
	seq, file := row.Seq, row.Body
	i.beside(func() {
		if rep := ledger.Verify(file, []string{i.vkey}); !rep.OK {
			i.fault(Receipt, seq, "leaf %d: the receipt was refused: %s", h.Index, code(rep.Reason))
		}
	})
}

func code(err error) string {
	var r ledger.Reason
	if errors.As(err, &r) {
		return string(r)
	}
	return "not-read"
}

// why is the difference alone: what an engine said might hold more.
func why(err error) string {
	var d replay.Difference
	if errors.As(err, &d) {
		return string(d)
	}
	return fmt.Sprintf("%T", err)
}
