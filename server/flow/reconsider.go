package flow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// A Difference is what a decision changes in the one whose place it takes. Granted
// is in öre. Changes are the engine's: the lines by which the two computations
// differ, whose effects sum to the computations' difference. Where a person
// decided another amount than was computed, Granted tells of it and no line does.
type Difference struct {
	Before  int64          `json:"before"`
	After   int64          `json:"after"`
	Changes []words.Change `json:"changes,omitzero"`
	Ore     int64          `json:"ore"` // of Changes
}

// Reconsider makes a decision anew, because it was wrong (36–38 §§
// förvaltningslagen), because somebody appealed or because a court said so: a new
// decision that names the old one and says what differs in kronor. The old one stays as
// it is, with its receipt. Only a published decision can be reconsidered, and only by a
// person, on a ground that stands in the motivation; for the worse only on one that
// allows it.
func (s *Service) Reconsider(ctx context.Context, caller store.Caller, id string, r Ruling) error {
	n, err := s.renewed(ctx, caller, id, r)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		if c.State != store.StatePublished || c.Version != r.Version {
			return store.Draft{}, ErrVersion
		}
		return s.decision(v, &c, n.estimate, n.guideline, ruling{mode: record.Human, by: caller.Ref, outcome: r.Outcome, granted: r.Granted, decider: r.Name,
			delegation: s.boards[c.Municipality].Caseworkers, motivation: r.motivation(n.ground), replaces: c.Decision(), difference: n.difference, hearing: r.Hearing})
	})
	if err != nil {
		return err
	}
	s.Observer.Decided(n.file.Municipality, record.Human, r.Outcome, s.Clock().Sub(time.UnixMilli(n.file.SubmittedAt)))
	kick(s.append)
	return nil
}

// Weigh says what a ruling would change in the decision whose place it would take, or why
// it may not be made.
func (s *Service) Weigh(ctx context.Context, caller store.Caller, id string, r Ruling) (*Difference, error) {
	n, err := s.renewed(ctx, caller, id, r)
	if err != nil {
		return nil, err
	}
	return n.difference, nil
}

// A renewed decision is one that may take the place of a case's.
type renewed struct {
	file       store.File
	ground     Ground
	estimate   *Estimate
	guideline  []byte
	difference *Difference
}

// renewed holds a ruling to the case and to its ground.
func (s *Service) renewed(ctx context.Context, caller store.Caller, id string, r Ruling) (n renewed, err error) {
	if strings.TrimSpace(r.Motivation) == "" || strings.TrimSpace(r.Name) == "" {
		return n, errors.New("couldn't reconsider: the reason or the name of who decides is missing")
	}
	if n.file, err = s.Store.Read(ctx, caller, id); err != nil {
		return n, err
	}
	if n.file.State != store.StatePublished || n.file.Version != r.Version {
		return n, ErrVersion
	}
	body, err := DecodeBody[DecidedBody](n.file.Decided)
	if err != nil {
		return n, err
	}
	old, err := record.ParseDecision([]byte(body.Record))
	if err != nil {
		return n, fmt.Errorf("couldn't read the decision of case %s: %w", id, err)
	}
	var ok bool
	if n.ground, ok = GroundOf(r.Ground); !ok || r.Granted < old.Granted && !n.ground.Worse {
		return n, ErrWorse
	}
	if !r.Hearing.Whole() && (r.Hearing != nil || r.Granted < old.Granted) {
		return n, ErrUnheard
	}
	if err := n.ground.open(&n.file.Case); err != nil {
		return n, err
	}
	facts := r.Facts
	if facts == nil {
		facts = old.Facts
	}
	if n.guideline, err = s.guidelineOf(facts); err != nil {
		return n, err
	}
	if n.estimate, err = s.assess(ctx, facts, n.guideline); err != nil {
		return n, err
	}
	if n.estimate.Municipality != old.Municipality || n.estimate.Month != old.Month {
		return n, &Invalid{[]Finding{{"other-case", "facts.month", "Omprövningen måste gälla samma kommun och månad."}}}
	}
	if err := s.within(ctx, caller, &n.file, n.estimate, old.Granted, r, n.ground); err != nil {
		return n, err
	}
	n.difference, err = s.Difference(old.Facts, old.Guideline, n.estimate.Facts, n.guideline)
	if err == nil {
		n.difference.Before, n.difference.After = old.Granted, r.Granted
	}
	return n, err
}

// motivation is what was written, with what the decision rests on.
func (r *Ruling) motivation(ground Ground) string {
	text := r.Motivation
	if r.Addition > 0 {
		text += fmt.Sprintf("\n\n%s kronor är bistånd utöver norm och riktlinjer (12 kap. 2 § socialtjänstlagen).", record.Kronor(r.Addition))
	}
	return text + "\n\nÄndrat med stöd av: " + ground.Text + "."
}

// Difference explains by which lines two computations differ. Where either gives
// no amount there are none.
func (s *Service) Difference(factsBefore, guidelineBefore, factsAfter, guidelineAfter []byte) (*Difference, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"before":%s,"after":%s,"words":%s}`, join(factsBefore, guidelineBefore, nil), join(factsAfter, guidelineAfter, nil), s.Words)
	var a struct {
		Changes []words.Change `json:"changes"`
		Ore     int64          `json:"ore"`
		Errors  []Finding      `json:"errors"`
	}
	if err := json.Unmarshal(s.Native("difference", b.Bytes()), &a); err != nil {
		return nil, errors.New("couldn't read the engine's answer")
	}
	if a.Errors != nil {
		return nil, &Invalid{a.Errors}
	}
	return &Difference{Changes: a.Changes, Ore: a.Ore}, nil
}
