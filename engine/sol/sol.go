// Package sol is the law of ekonomiskt bistånd as code: socialtjänstlagen
// (2025:400) chapter 12 with socialtjänstförordningen (2025:468) chapter 12, and
// before July 2025 socialtjänstlagen (2001:453) chapter 4 with
// socialtjänstförordningen (2001:937) chapter 2. Each file holds one concept and
// cites its provision; a month is assessed by the law in force that month.
//
// # The computation
//
// [Assess] is pure and total: [Facts] of a household for a month and a
// municipality's [Guideline] give a [Result].
//
//	riksnorm    personal costs of every member + joint household costs
//	+ costs     for each kind the lesser of what is applied for and the guideline's limit
//	+ living    other costs of living, judged in the same way
//	− incomes   of the month before, after jobbstimulans and the children's own earnings
//	− assets    that can be used now
//	− surplus   of earlier months
//	= support, or surplus when negative
//
// # What cannot be computed is a result too
//
// A fact that is needed and not given becomes a [Question] and the outcome
// [Missing]; no amount is shown. A circumstance that the law leaves to judgement
// becomes a [Reason] from a closed list and the outcome [Human]; the amount, where
// there is one, is then only a proposal. Nothing is inferred from silence, and a
// year without published figures is refused, never extrapolated.
package sol

import "github.com/skalig/skalig/engine"

// An Outcome is the kind of answer an assessment gives.
type Outcome string

// The outcomes.
const (
	Support Outcome = "support" // a right to support; nothing stands against it
	Surplus Outcome = "surplus" // the means cover the needs
	Missing Outcome = "missing" // facts are missing; see Questions
	Human   Outcome = "human"   // a person must judge; see Reasons
)

// A Result is the answer for one household and month.
type Result struct {
	Month         engine.Month
	Outcome       Outcome
	Support       engine.Ore // ≥ 0; a proposal when Outcome is Human; not set when Missing
	Surplus       engine.Ore // ≥ 0; likewise
	AppliedInFull bool       // every cost was approved as applied for
	Reasons       []Reason
	Questions     []Question
	Checks        []Check // what does not look as it usually does; changes nothing
	Rule          Rules   // the law that was applied
}

// Rules says which versions of the law an assessment used.
type Rules struct {
	Act       string // id of the act, "sol2025"
	Ordinance string // id of the ordinance, "sof2025"
	Norm      int    // year of the riksnorm
	Status    string // how sure the norm's figures are
}

// An assessment is one run of Assess.
type assessment struct {
	facts            *Facts
	guide            *Guideline
	adults, children int64 // the household's members
	law              *law
	norm             *Norm
	trace            *engine.Trace
	result           *Result
	plain            bool // leave out jobbstimulans, to show what it does
}

// Assess computes the right to ekonomiskt bistånd of a household for a month.
// The facts must be valid ([Facts.Validate]). A nil guideline leaves every
// limit to a caseworker. The trace may be nil.
func Assess(f *Facts, g *Guideline, t *engine.Trace) Result {
	return assess(f, g, t, normOf(f.Month), false)
}

// AssessDraft is Assess by a draft of the norm instead of the one in force. It
// shows what a change would do, and decides nothing.
func AssessDraft(f *Facts, g *Guideline, t *engine.Trace, draft *Norm) Result {
	return assess(f, g, t, draft, false)
}

func assess(f *Facts, g *Guideline, t *engine.Trace, norm *Norm, plain bool) Result {
	if g == nil {
		g = &Guideline{}
	}
	r := Result{Month: f.Month, AppliedInFull: true}
	a := assessment{facts: f, guide: g, law: lawOf(f.Month), norm: norm, trace: t, result: &r, plain: plain}
	if a.norm == nil {
		a.human("no-norm", "month", normTable)
		r.Outcome = Human
		return r
	}
	a.adults, a.children = f.adults(), f.children(g)
	r.Rule = Rules{a.law.act, a.law.ordinance, a.norm.Year, a.norm.Status}

	root := t.Open(engine.Step{Rule: "result", Op: engine.OpSum, Cite: a.cite(right)})
	total := a.riksnorm() + a.costs() + a.livingCosts() - a.incomes() - a.assets() - a.earlierSurplus()
	t.Close(root, total)
	a.activity()
	a.circumstances()
	a.checks()

	if total > 0 {
		r.Outcome, r.Support = Support, total
	} else {
		r.Outcome, r.Surplus = Surplus, -total
	}
	switch {
	case len(r.Questions) > 0:
		r.Outcome, r.Support, r.Surplus = Missing, 0, 0
	case len(r.Reasons) > 0:
		r.Outcome = Human
	}
	return r
}

func (a *assessment) members() int64 { return a.adults + a.children }

func (a *assessment) cite(p place) string { return a.law.provisions[p].ID }

// human notes that a person must judge what lies at path in the facts.
func (a *assessment) human(code ReasonCode, path string, p place) {
	a.result.Reasons = append(a.result.Reasons, Reason{code, path, a.cite(p)})
}

// ask notes that the fact at path is needed.
func (a *assessment) ask(code QuestionCode, path string) {
	a.result.Questions = append(a.result.Questions, Question{code, path})
}
