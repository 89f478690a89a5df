package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/override"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/store"
)

// OverrideBody is a change to the calculation, or takes one back.
type OverrideBody struct {
	Override *override.Override `json:"override,omitzero"`
	Takes    uint64             `json:"takes,omitzero"` // number of the event that is taken back
	Name     string             `json:"name"`
}

// AcknowledgedBody is a warning that somebody has read.
type AcknowledgedBody struct {
	Warning string `json:"warning"` // household.Warning.Key
	Note    string `json:"note"`
	Name    string `json:"name"`
}

// CalculatedBody is the calculation that was approved.
type CalculatedBody struct {
	Amount household.Ore `json:"amount"`
	Result string        `json:"result"` // hex SHA-256 of the engine's canonical result
	Name   string        `json:"name"`
}

// A Work is a case as a caseworker sees it: what was applied for, what registers
// say, what the engine computes with the caseworker's changes, and what must be
// read before anything is decided.
type Work struct {
	File      store.File
	Submitted SubmittedBody
	Applied   *Estimate // with the facts as they were sent
	Estimate  *Estimate // with the overrides
	Overrides []SavedOverride
	Additions household.Ore
	Warnings  []Warning
	Registers []register.Result
	Before    *record.Decision // for the latest earlier month, nil where there is none
	Earlier   *Estimate        // what that decision rests on
	Bounds    *household.Bounds
	Approved  *CalculatedBody // nil unless it is of this very calculation

	guideline []byte
}

// A SavedOverride is one that holds, with the number of its event.
type SavedOverride struct {
	Seq uint64
	override.Override
}

// A Warning is one with the note that acknowledges it.
type Warning struct {
	household.Warning
	Note, By string
}

// Open says whether the case waits for a decision.
func (w *Work) Open() bool { return w.File.State == store.StateQueued }

// Amount is what the calculation gives.
func (w *Work) Amount() int64 { return w.Estimate.Support + int64(w.Additions) }

// Unread counts the warnings that nobody has acknowledged.
func (w *Work) Unread() (n int) {
	for _, x := range w.Warnings {
		if x.Note == "" {
			n++
		}
	}
	return n
}

// ready says what stands in the way of a ruling.
func (w *Work) ready(r Ruling) error {
	if w.Unread() > 0 {
		return ErrUnread
	}
	if grants := r.Outcome == record.Granted || r.Outcome == record.Partly; grants && (w.Approved == nil || r.Granted != w.Amount()) {
		return ErrCalculated
	}
	if w.Hears(r.Outcome, r.Granted) && !r.Hearing.Whole() {
		return ErrUnheard
	}
	if r.Outcome == record.Granted && !w.InFull() {
		return ErrLess
	}
	return nil
}

// Work reads a case for a caseworker and computes it with every change.
func (s *Service) Work(ctx context.Context, caller store.Caller, id string) (*Work, error) {
	file, err := s.Store.Read(ctx, caller, id)
	if err != nil {
		return nil, err
	}
	pages, err := s.Store.Folder(ctx, caller, id, store.KindOverride, store.KindAcknowledged, store.KindCalculated, store.KindRegisters)
	if err != nil {
		return nil, err
	}
	w := &Work{File: file}
	if w.Submitted, err = DecodeBody[SubmittedBody](file.Submitted); err != nil {
		return nil, err
	}
	w.Registers = w.Submitted.Registers
	if again := pages[store.KindRegisters]; len(again) > 0 {
		body, err := DecodeBody[RegistersBody](again[len(again)-1].Body)
		if err != nil {
			return nil, err
		}
		w.Registers = body.Results
	}
	if w.Overrides, err = overrides(pages[store.KindOverride]); err != nil {
		return nil, err
	}
	if w.guideline, err = s.guidelineOf(w.Submitted.Facts); err != nil {
		return nil, err
	}
	if w.Applied, err = s.explain(w.Submitted.Facts, w.guideline); err != nil {
		return nil, err
	}
	facts, additions, err := override.Apply(w.Applied.Facts, w.Applied.IncomeMonth(), plain(w.Overrides))
	if err != nil {
		return nil, err
	}
	w.Additions = additions
	if w.Estimate, err = s.assess(ctx, facts, w.guideline); err != nil {
		return nil, err
	}
	if err := s.compare(ctx, caller, w, pages[store.KindAcknowledged]); err != nil {
		return nil, err
	}
	return w, w.approved(pages[store.KindCalculated])
}

// overrides are those that have not been taken back.
func overrides(pages []store.Page) ([]SavedOverride, error) {
	var out []SavedOverride
	for _, p := range pages {
		body, err := DecodeBody[OverrideBody](p.Body)
		if err != nil {
			return nil, err
		}
		if body.Override != nil {
			out = append(out, SavedOverride{p.Seq, *body.Override})
			continue
		}
		kept := out[:0]
		for _, o := range out {
			if o.Seq != body.Takes {
				kept = append(kept, o)
			}
		}
		out = kept
	}
	return out, nil
}

func plain(saved []SavedOverride) []override.Override {
	out := make([]override.Override, len(saved))
	for i, o := range saved {
		out[i] = o.Override
	}
	return out
}

// compare gathers the warnings of a case, with the notes that acknowledge them.
func (s *Service) compare(ctx context.Context, caller store.Caller, w *Work, notes []store.Page) error {
	now, err := household.Parse(w.Applied.Facts)
	if err != nil {
		return err
	}
	var found []household.Warning
	if w.Before, err = s.Before(ctx, caller, w.File.ID); err != nil && !errors.Is(err, store.ErrForbidden) && !errors.Is(err, store.ErrSealed) {
		return err
	}
	if w.Before != nil {
		before, err := household.Parse(w.Before.Facts)
		if err != nil {
			return err
		}
		found = household.Compare(&before, &now)
		if w.Earlier, err = s.explain(w.Before.Facts, w.Before.Guideline); err != nil {
			return err
		}
	}
	caps, err := household.Caps(w.Applied.Result, &now)
	if err != nil {
		return err
	}
	found = append(found, caps...)
	for _, r := range w.Registers {
		for _, agency := range r.Silent() {
			found = append(found, household.Warning{Code: household.RegisterSilent, Kind: string(agency), Person: r.Person})
		}
	}
	for person, all := range w.Applied.Findings(w.Registers) {
		for _, f := range all {
			if f.Verdict == register.More {
				found = append(found, household.Warning{Code: household.RegisterDiffers, Kind: f.Kind, Person: person, Before: household.Ore(f.Seen), After: household.Ore(f.Said)})
			}
		}
	}
	if w.File.Due != "" {
		found = append(found, household.Warning{Code: household.CompletionOpen, Kind: w.File.Due})
	}
	read := map[string]AcknowledgedBody{}
	for _, p := range notes {
		body, err := DecodeBody[AcknowledgedBody](p.Body)
		if err != nil {
			return err
		}
		read[body.Warning] = body
	}
	for _, x := range found {
		w.Warnings = append(w.Warnings, Warning{x, read[x.Key()].Note, read[x.Key()].Name})
	}
	text, seq, err := s.Store.Bounds(ctx, caller, w.File.ID)
	if err != nil && !errors.Is(err, store.ErrErased) || seq == 0 || text == nil {
		return err
	}
	b, err := DecodeBody[household.Bounds](text)
	w.Bounds = &b
	return err
}

// approved finds the approval, if it is of the calculation as it now stands.
func (w *Work) approved(pages []store.Page) error {
	for _, p := range pages {
		if p.Seq != w.File.Calculated {
			continue
		}
		body, err := DecodeBody[CalculatedBody](p.Body)
		if err != nil {
			return err
		}
		if body.Result == w.digest() && int64(body.Amount) == w.Amount() {
			w.Approved = &body
		}
	}
	return nil
}

func (w *Work) digest() string {
	sum := sha256.Sum256(w.Estimate.Result)
	return hex.EncodeToString(sum[:])
}

// Preview computes what an override would do to a case, without saving it: the
// effect on the amount, and the lines of the calculation that change.
func (s *Service) Preview(w *Work, o override.Override) (effect int64, changes []words.Change, err error) {
	facts, additions, err := override.Apply(w.Applied.Facts, w.Applied.IncomeMonth(), append(plain(w.Overrides), o))
	if err != nil {
		return 0, nil, err
	}
	e, err := s.explain(facts, w.guideline)
	if err != nil {
		return 0, nil, err
	}
	d, err := s.Difference(w.Estimate.Facts, w.guideline, e.Facts, w.guideline)
	if err != nil {
		return 0, nil, err
	}
	return e.Support + int64(additions) - w.Amount(), d.Changes, nil
}

// Override saves a change to the calculation of a queued case, whose effect is the
// one that was shown.
func (s *Service) Override(ctx context.Context, caller store.Caller, id string, version uint64, o override.Override) error {
	w, err := s.Work(ctx, caller, id)
	if err != nil {
		return err
	}
	effect, _, err := s.Preview(w, o)
	if err != nil {
		return err
	}
	if effect != o.Effect {
		return ErrVersion
	}
	return noted(ctx, s, caller, id, version, store.Override{By: caller.Ref}, OverrideBody{Override: &o, Name: o.Name})
}

// TakeBack withdraws an override.
func (s *Service) TakeBack(ctx context.Context, caller store.Caller, id string, version, seq uint64, name string) error {
	return noted(ctx, s, caller, id, version, store.Override{By: caller.Ref}, OverrideBody{Takes: seq, Name: name})
}

// Acknowledge notes that a warning has been read, and what came of it.
func (s *Service) Acknowledge(ctx context.Context, caller store.Caller, id string, version uint64, key, note, name string) error {
	if strings.TrimSpace(note) == "" || name == "" {
		return errNoReason
	}
	return noted(ctx, s, caller, id, version, store.Acknowledged{By: caller.Ref}, AcknowledgedBody{Warning: key, Note: note, Name: name})
}

// ApproveCalculation approves the calculation of a case as it stands. Nothing is
// decided by it.
func (s *Service) ApproveCalculation(ctx context.Context, caller store.Caller, id string, version uint64, name string) error {
	w, err := s.Work(ctx, caller, id)
	if err != nil {
		return err
	}
	if w.Unread() > 0 {
		return ErrUnread
	}
	return noted(ctx, s, caller, id, version, store.Calculated{By: caller.Ref},
		CalculatedBody{Amount: household.Ore(w.Amount()), Result: w.digest(), Name: name})
}

// noted makes an event of a caseworker's work, unless the case has changed since
// the form was shown.
func noted[T Body](ctx context.Context, s *Service, caller store.Caller, id string, version uint64, head store.Head, body T) error {
	text, err := encodeBody(body)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		if c.Version != version || c.State != store.StateQueued {
			return store.Draft{}, ErrVersion
		}
		return store.Draft{Case: id, Head: head, Body: text}, nil
	})
	return err
}
