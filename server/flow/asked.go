package flow

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/override"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// ErrLess says that less is granted than was applied for, and called a grant in full.
// Who is granted less is told how to appeal (33 § förvaltningslagen).
var ErrLess = errors.New("less is granted than was applied for")

// ErrMore says that more is granted than was applied for, and no addition.
var ErrMore = errors.New("more is granted than was applied for, without an addition")

// stepPart is the part of a trace's step that tells what was asked of what was given.
type stepPart struct {
	Rule   string         `json:"rule"`
	Value  jsontext.Value `json:"value"`
	Inputs []struct {
		Name  string         `json:"name"`
		Value jsontext.Value `json:"value"`
	} `json:"inputs"`
	Steps []stepPart `json:"steps"`
}

// Asked is what the facts would give if every cost were approved as applied for, in
// öre; nothing is known where facts are missing.
func (e *Estimate) Asked() (ore int64, known bool) {
	var r struct {
		Support jsontext.Value `json:"support"`
		Surplus jsontext.Value `json:"surplus"`
		Trace   stepPart       `json:"trace"`
	}
	if e.Outcome == "missing" || json.Unmarshal(e.Result, &r) != nil {
		return 0, false
	}
	support, ok1 := record.ParseKronor(string(r.Support))
	surplus, ok2 := record.ParseKronor(string(r.Surplus))
	cut, ok3 := r.Trace.cut()
	return max(support-surplus+cut, 0), ok1 && ok2 && ok3
}

// cut is by how much costs are approved below what was applied for.
func (p *stepPart) cut() (ore int64, ok bool) {
	for i := range p.Steps {
		below, ok := p.Steps[i].cut()
		if !ok {
			return 0, false
		}
		ore += below
	}
	if p.Rule != "cost" {
		return ore, true
	}
	for _, in := range p.Inputs {
		if in.Name != "applied" {
			continue
		}
		applied, ok1 := record.ParseKronor(string(in.Value))
		given, ok2 := record.ParseKronor(string(p.Value))
		if !ok1 || !ok2 {
			return 0, false
		}
		ore += max(applied-given, 0)
	}
	return ore, true
}

// InFull says whether the calculation gives all that was applied for.
func (w *Work) InFull() bool {
	asked, known := w.Applied.Asked()
	if !known {
		return w.Estimate.InFull
	}
	return w.Amount() >= asked
}

// within holds a new decision to what was asked, of the facts that the case was begun with
// and of those that it rests on: a grant in full gives no less, and nobody is granted more
// but by an addition, or because a court has said so.
func (s *Service) within(ctx context.Context, caller store.Caller, file *store.File, e *Estimate, before int64, r Ruling, ground Ground) error {
	body, err := DecodeBody[SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	applied, err := s.Estimate(body.Facts)
	if err != nil {
		return err
	}
	least, known := applied.Asked()
	if r.Outcome == record.Granted && known && r.Granted < least {
		return ErrLess
	}
	most, ok := e.Asked()
	if ground.Court || r.Granted <= before || !known && !ok {
		return nil
	}
	pages, err := s.Store.Folder(ctx, caller, file.ID, store.KindOverride)
	if err != nil {
		return err
	}
	saved, err := overrides(pages[store.KindOverride])
	if err != nil {
		return err
	}
	extra := r.Addition
	for _, o := range saved {
		if o.Type == override.Addition {
			extra += int64(o.Amount)
		}
	}
	if r.Granted > max(least, most)+extra {
		return ErrMore
	}
	return nil
}
