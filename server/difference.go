package server

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// comparison is how a decision differs from another computation.
type comparison struct {
	Month  string // of the other, where it is another month
	Number uint64 // of the other, where it is a decision
	flow.Difference
}

// Same reports whether nothing differs.
func (c comparison) Same() bool { return c.Before == c.After && len(c.Changes) == 0 }

// Rest is what differs and no line explains: a person decided another amount than
// was computed, then or now.
func (c comparison) Rest() int64 { return c.After - c.Before - c.Ore }

// By is what differs in all.
func (c comparison) By() int64 { return c.After - c.Before }

// compare says how a decision differs from the last time's, from the one that it took
// the place of, and from what was computed when the application was sent.
func (s *service) compare(ctx context.Context, caller store.Caller, file store.File, data *decisionData) error {
	d := data.Decision
	body, err := flow.DecodeBody[flow.DecidedBody](file.Decided)
	if err != nil {
		return err
	}
	if body.Difference != nil {
		data.Replaced = &comparison{Difference: *body.Difference}
	}
	var result struct {
		Support kronor `json:"support"`
	}
	if err := json.Unmarshal(body.Result, &result); err != nil {
		return errors.New("couldn't read what the engine said")
	}
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	preview, err := s.flow.Difference(submitted.Facts, d.Guideline, d.Facts, d.Guideline)
	if err != nil {
		return err
	}
	preview.Before, preview.After = int64(result.Support)-preview.Ore, d.Granted
	data.Preview = &comparison{Difference: *preview}
	data.Computed = int64(result.Support)
	before, err := s.lastTime(ctx, caller, file)
	if before == nil || err != nil {
		return err
	}
	difference, err := s.flow.Difference(before.Facts, before.Guideline, d.Facts, d.Guideline)
	var invalid *flow.Invalid
	if errors.As(err, &invalid) {
		return nil // of a time that this engine has no figures for
	}
	if err != nil {
		return err
	}
	difference.Before, difference.After = before.Granted, d.Granted
	data.LastTime = &comparison{Month: before.Month, Number: before.Number, Difference: *difference}
	return nil
}

// lastTime is the household's latest decision before this case, nil where there is none.
func (s *service) lastTime(ctx context.Context, caller store.Caller, file store.File) (*record.Decision, error) {
	before, ok, err := s.store.Before(file.ID)
	if !ok || err != nil {
		return nil, err
	}
	old, err := s.store.Read(ctx, caller, before.ID)
	if errors.Is(err, store.ErrForbidden) {
		return nil, nil // an applicant who is not part of that case
	}
	if err != nil || old.Decided == nil {
		return nil, err
	}
	body, err := flow.DecodeBody[flow.DecidedBody](old.Decided)
	if err != nil {
		return nil, err
	}
	return record.ParseDecision([]byte(body.Record))
}
