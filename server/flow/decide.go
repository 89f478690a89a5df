package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/gate"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// advance takes a submitted case past the gate: to a decision or to the queue.
// A case that is further on stays as it is.
func (s *Service) advance(ctx context.Context, id string) error {
	file, err := s.Store.Read(ctx, store.Program, id)
	if err != nil || file.State != store.StateSubmitted {
		return err
	}
	e, guideline, err := s.assessAgain(ctx, file)
	if err != nil {
		return err
	}
	seen, err := s.seen(file, e)
	if err != nil {
		return err
	}
	if !e.Agrees {
		if err := s.stopEngine(ctx); err != nil {
			return err
		}
	}
	began := s.Clock()
	past, err := s.past(ctx, id)
	if err != nil {
		return err
	}
	var verdict gate.Verdict
	var municipality string
	_, err = s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		if c.State != store.StateSubmitted {
			return store.Draft{}, errDone
		}
		municipality = c.Municipality
		in, err := s.questions(v, &c, e, guideline, seen, past)
		if err != nil {
			return store.Draft{}, err
		}
		if verdict = gate.Check(in); !verdict.Automatic {
			return queued(id, e, verdict)
		}
		board, err := boardName(guideline)
		if err != nil {
			return store.Draft{}, err
		}
		return s.decision(v, &c, e, guideline, ruling{mode: record.Automatic, outcome: record.Granted, granted: e.Support,
			decider: board + ", automatiserad beslutsfunktion", delegation: s.boards[c.Municipality].Delegation,
			motivation: strings.Join(append([]string{openings[record.Granted]}, e.Summary...), " ")})
	})
	switch {
	case errors.Is(err, errDone):
		return nil
	case err != nil:
		return err
	case verdict.Automatic:
		s.Observer.Decided(municipality, record.Automatic, record.Granted, s.Clock().Sub(began))
		kick(s.append)
	default:
		s.Observer.Referred(codes(verdict))
	}
	return nil
}

// assessAgain computes what was submitted in a case, by the guideline in force.
func (s *Service) assessAgain(ctx context.Context, file store.File) (*Estimate, []byte, error) {
	submitted, err := DecodeBody[SubmittedBody](file.Submitted)
	if err != nil {
		return nil, nil, err
	}
	guideline, err := s.guidelineOf(submitted.Facts)
	if err != nil {
		return nil, nil, err
	}
	e, err := s.assess(ctx, submitted.Facts, guideline)
	return e, guideline, err
}

// questions answers the gate's questions about a case.
func (s *Service) questions(v *store.View, c *store.Case, e *Estimate, guideline []byte, seen seen, past past) (gate.Input, error) {
	var month, ever, all, household bool
	for _, person := range c.Adults() { // a household is either of them
		m, e, err := v.Decided(person, c.Month, c.ID)
		if err != nil {
			return gate.Input{}, err
		}
		a, h, err := v.Stopped(c.Municipality, person)
		if err != nil {
			return gate.Input{}, err
		}
		month, ever, all, household = month || m, ever || e, all || a, household || h
	}
	unclear, err := v.Unclear(c)
	if err != nil {
		return gate.Input{}, err
	}
	everywhere, err := v.StoppedEverywhere()
	if err != nil {
		return gate.Input{}, err
	}
	stands, err := past.allows(v, c, e)
	if err != nil {
		return gate.Input{}, err
	}
	engine, _, err := v.Stopped(engineScope+s.engine, "")
	if err != nil {
		return gate.Input{}, err
	}
	status, err := guidelineStatus(guideline)
	if err != nil {
		return gate.Input{}, err
	}
	board := s.boards[c.Municipality]
	kind := KindNew
	switch {
	case c.Form == KindSupplement:
		kind = KindSupplement
	case ever:
		kind = KindRenewal
	}
	accepted := true
	for _, source := range e.Sources {
		accepted = accepted && slices.Contains(board.Sources, source)
	}
	return gate.Input{
		EngineAgrees:       gate.Is(e.Agrees),
		NoEngineReasons:    gate.Is(len(e.Reasons) == 0 && e.Outcome != "human"),
		NoQuestions:        gate.Is(len(e.Questions) == 0 && e.Outcome != "missing" && !c.Unknown),
		SupportPositive:    gate.Is(e.Support > 0 && (e.Outcome == "support" || e.Outcome == "human")),
		AppliedInFull:      gate.Is(e.InFull),
		GuidelineSigned:    gate.Is(status == "signed"),
		DelegationPresent:  gate.Is(board.Delegation != ""),
		KindDelegated:      gate.Is(slices.Contains(board.Kinds, kind)),
		SourcesAccepted:    gate.Is(accepted),
		RegistersAgree:     gate.Is(seen.agree),
		RowsUndisputed:     gate.Is(seen.undisputed),
		ServiceOn:          gate.Is(!everywhere),
		InsideBounds:       gate.Is(stands.inside),
		NothingChanged:     gate.Is(stands.unchanged),
		LastGranted:        gate.Is(stands.granted),
		MonthsAgree:        gate.Is(stands.agrees),
		NotProtected:       gate.Is(!c.Protected),
		OneNumber:          gate.Is(!unclear),
		AutomationOn:       gate.Is(!s.StopAll && !all && !engine),
		HouseholdAutomatic: gate.Is(!household),
		NoHumanAsked:       gate.Is(!c.HumanAsked),
		NoAcuteNeed:        gate.Is(!c.AcuteNeed),
		MonthOpen:          gate.Is(slices.Contains(s.OpenMonths(), c.Month)),
		NoEarlierDecision:  gate.Is(!month),
	}, nil
}

func queued(id string, e *Estimate, verdict gate.Verdict) (store.Draft, error) {
	text, err := encodeBody(QueuedBody{Result: e.Result, Explanation: e.Explanation})
	return store.Draft{Case: id, Key: "queue:" + id, Head: store.Queued{Reasons: codes(verdict)}, Body: text}, err
}

func codes(v gate.Verdict) []string {
	out := make([]string, len(v.Reasons))
	for i, c := range v.Reasons {
		out[i] = string(c)
	}
	return out
}

// engineScope is where a stop for one artefact stands. It is no municipality's
// code: nobody's caseworker restarts it, only another artefact is free of it.
const engineScope = "engine-"

// stopEngine stops automatic decisions by this artefact.
func (s *Service) stopEngine(ctx context.Context) error {
	_, err := s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		stopped, _, err := v.Stopped(engineScope+s.engine, "")
		if err != nil || stopped {
			return store.Draft{}, errors.Join(err, errDone)
		}
		return store.Draft{
			Head: store.Automation{Municipality: engineScope + s.engine, Stopped: true, By: store.Program.Ref}}, nil
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// A Ruling is what a caseworker decides.
type Ruling struct {
	Version    uint64 // of the case, as it was when the form was shown
	Outcome    string // of package record
	Granted    int64  // öre
	Motivation string
	Provision  string // code of one of Provisions, for Decide
	Name       string // of the caseworker; a decider is never anonymous
	Hearing    *Hearing
	Facts      []byte // as a caseworker has corrected them; nil: as they were. Only Reconsider reads it.
	Ground     string // of Grounds, for Reconsider: why the decision may be changed
	Addition   int64  // öre of Granted beyond norm and guidelines, for Reconsider
}

// Decide makes a caseworker's ruling the decision of a queued case. Every warning
// must have been acknowledged, and money is granted by an approved calculation
// alone: whoever wants another amount changes the calculation, with a reason. The
// motivation says nothing that belongs to another outcome, and names its provision.
func (s *Service) Decide(ctx context.Context, caller store.Caller, id string, r Ruling) error {
	if strings.TrimSpace(r.Motivation) == "" || strings.TrimSpace(r.Name) == "" {
		return errors.New("couldn't decide: the reason or the name of who decides is missing")
	}
	provision, ok := ProvisionOf(r.Provision, r.Outcome)
	if !ok {
		return ErrProvision
	}
	if r.Hearing != nil && !r.Hearing.Whole() {
		return ErrUnheard
	}
	if Contradicts(r.Outcome, r.Motivation) {
		return ErrContradicts
	}
	w, err := s.Work(ctx, caller, id)
	if err != nil {
		return err
	}
	file, e, guideline := w.File, w.Estimate, w.guideline
	if caller.Role == store.Caseworker && file.State == store.StateQueued && file.Version == r.Version {
		if err := w.ready(r); err != nil {
			return err
		}
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		if c.State != store.StateQueued || c.Version != r.Version || file.Version != r.Version {
			return store.Draft{}, ErrVersion
		}
		return s.decision(v, &c, e, guideline, ruling{mode: record.Human, by: caller.Ref, outcome: r.Outcome, granted: r.Granted, decider: r.Name,
			delegation: s.boards[c.Municipality].Caseworkers, motivation: provision.Resting(r.Motivation), hearing: r.Hearing})
	})
	if err != nil {
		return err
	}
	s.Observer.Decided(file.Municipality, record.Human, r.Outcome, s.Clock().Sub(time.UnixMilli(file.SubmittedAt)))
	kick(s.append)
	return nil
}

// Switch stops or restarts automatic decisions in the caller's municipality, or
// for one household where the case is given.
func (s *Service) Switch(ctx context.Context, caller store.Caller, id string, stopped bool, name, reason string) error {
	text, err := encodeBody(StoppedBody{Name: name, Reason: reason})
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		head := store.Automation{Municipality: caller.Municipality, Stopped: stopped, By: caller.Ref}
		ref := "automation-" + caller.Municipality
		if id != "" {
			c, err := v.Case(id)
			if err != nil {
				return store.Draft{}, err
			}
			head.Municipality, head.Person, ref = c.Municipality, c.Person, c.ID
		}
		return store.Draft{Case: ref, Head: head, Body: text}, nil
	})
	return err
}

type guidelinePart struct {
	Board  string `json:"board"`
	Status string `json:"status"`
}

func guidelineStatus(g []byte) (string, error) {
	var p guidelinePart
	if err := json.Unmarshal(g, &p); err != nil {
		return "", fmt.Errorf("couldn't read the guideline: %w", err)
	}
	return p.Status, nil
}

func boardName(g []byte) (string, error) {
	var p guidelinePart
	if err := json.Unmarshal(g, &p); err != nil || p.Board == "" {
		return "", errors.New("couldn't read the name of the board in the guideline")
	}
	return p.Board, nil
}
