package flow

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// ErrLess says that less is granted than was applied for, and called a grant in full.
// Who is granted less is told how to appeal (33 § förvaltningslagen).
var ErrLess = errors.New("less is granted than was applied for")

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

// inFull holds that a ruling which is called a grant in full is one, of the facts that
// a case was begun with.
func (s *Service) inFull(file *store.File, r Ruling) error {
	if r.Outcome != record.Granted {
		return nil
	}
	body, err := DecodeBody[SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	e, err := s.Estimate(body.Facts)
	if err != nil {
		return err
	}
	if asked, known := e.Asked(); known && r.Granted < asked {
		return ErrLess
	}
	return nil
}
