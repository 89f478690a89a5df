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
// förvaltningslagen) or because somebody appealed: a new decision that names the
// old one and says what differs in kronor. The old one stays as it is, with its
// receipt. Only a published decision can be reconsidered, and only by a person, on a
// ground that stands in the motivation; for the worse only on one that allows it.
func (s *Service) Reconsider(ctx context.Context, caller store.Caller, id string, r Ruling) error {
	if strings.TrimSpace(r.Motivation) == "" || strings.TrimSpace(r.Name) == "" {
		return errors.New("couldn't reconsider: the reason or the name of who decides is missing")
	}
	file, err := s.Store.Read(ctx, caller, id)
	if err != nil {
		return err
	}
	if file.State != store.StatePublished || file.Version != r.Version {
		return ErrVersion
	}
	body, err := DecodeBody[DecidedBody](file.Decided)
	if err != nil {
		return err
	}
	old, err := record.ParseDecision([]byte(body.Record))
	if err != nil {
		return fmt.Errorf("couldn't read the decision of case %s: %w", id, err)
	}
	ground, ok := GroundOf(r.Ground)
	if !ok || r.Granted < old.Granted && !ground.Worse {
		return ErrWorse
	}
	if err := s.inFull(&file, r); err != nil {
		return err
	}
	facts := r.Facts
	if facts == nil {
		facts = old.Facts
	}
	guideline, err := s.guidelineOf(facts)
	if err != nil {
		return err
	}
	e, err := s.assess(ctx, facts, guideline)
	if err != nil {
		return err
	}
	if e.Municipality != old.Municipality || e.Month != old.Month {
		return &Invalid{[]Finding{{"other-case", "facts.month", "Omprövningen måste gälla samma kommun och månad."}}}
	}
	difference, err := s.Difference(old.Facts, old.Guideline, e.Facts, guideline)
	if err != nil {
		return err
	}
	difference.Before, difference.After = old.Granted, r.Granted
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		if c.State != store.StatePublished || c.Version != r.Version {
			return store.Draft{}, ErrVersion
		}
		return s.decision(v, &c, e, guideline, ruling{mode: record.Human, by: caller.Ref, outcome: r.Outcome, granted: r.Granted, decider: r.Name,
			delegation: s.boards[c.Municipality].Caseworkers, motivation: r.Motivation + "\n\nÄndrat med stöd av: " + ground.Text + ".", replaces: c.Decision(), difference: difference})
	})
	if err != nil {
		return err
	}
	s.Observer.Decided(file.Municipality, record.Human, r.Outcome, s.Clock().Sub(time.UnixMilli(file.SubmittedAt)))
	kick(s.append)
	return nil
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
