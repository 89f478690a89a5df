package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/register/ssbtek"
)

// How long agencies may take. They are asked in the background when a person
// comes to check the application; a page and the button wait only this long.
const (
	askWithin  = 20 * time.Second
	showWithin = 1500 * time.Millisecond
	sendWithin = 500 * time.Millisecond
	deskWithin = 5 * time.Second // a caseworker waits longer
)

// openRegisters connects to the agencies, where there is something to connect to.
func (s *service) openRegisters() error {
	connectors := register.ByMunicipality{}
	if s.c.Demo != nil {
		simulated, done, err := s.c.Demo.Registers(s.c.Clock().In(flow.Stockholm), s.c.Municipalities)
		if err != nil {
			return err
		}
		s.closing(done)
		connectors = simulated
	}
	for code, c := range s.c.Registers {
		client, err := ssbtek.New(c)
		if err != nil {
			return fmt.Errorf("couldn't connect municipality %s to the agencies: %w", code, err)
		}
		connectors[code] = client
	}
	if len(connectors) == 0 {
		return nil
	}
	s.connected = connectors
	s.registers = register.NewFetcher(connectors, askWithin, s.c.Clock, s.metrics.Registers)
	s.closing(func(context.Context) error { s.registers.Close(); return nil })
	return nil
}

// secondAdult is the co-applicant's id in the facts, as package application names it.
const secondAdult = "p2"

// registersOf gives what agencies have answered about who is signed in, who is person
// in an application's facts. It waits at most for within; who has not answered by then
// is silent.
func (s *service) registersOf(ctx context.Context, who auth.Identity, person string, e *flow.Estimate, within time.Duration) []register.Result {
	if s.connected[e.Municipality] == nil || who.Number == "" || person == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	result := s.registers.Result(ctx, who.Ref, s.registerQuery(who.Ref, who.Number, e))
	result.Person = person
	return []register.Result{result}
}

// Label is what the kind of income is called.
func (d registerDoubt) Label() string { return strings.ToLower(application.Label("income", d.Kind)) }

// registersOfAll gives what agencies have answered about everybody who applies.
// About a co-applicant nobody is asked before the co-applicant signs; of what came on
// paper or by phone the caseworker has attested that both have.
func (s *service) registersOfAll(ctx context.Context, who auth.Identity, p *place, e *flow.Estimate) []register.Result {
	if s.connected[e.Municipality] == nil {
		return nil
	}
	if p.Desk {
		partner := ""
		if p.Answers.Adults > 1 {
			partner = p.Answers.Partner.Number
		}
		return s.askBoth(ctx, p.Answers.Number, partner, e)
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	applicant := s.registers.Result(ctx, p.Form.Owner, s.registerQuery(p.Form.Owner, p.Answers.Number, e))
	applicant.Person = e.FirstAdult()
	results := []register.Result{applicant}
	if who.Ref == p.Form.Partner && who.Ref != "" {
		partner := s.registers.Result(ctx, who.Ref, s.registerQuery(who.Ref, who.Number, e))
		partner.Person = secondAdult
		results = append(results, partner)
	}
	return results
}

// askBoth asks anew about one adult or two, by their identity numbers.
func (s *service) askBoth(ctx context.Context, applicant, partner string, e *flow.Estimate) []register.Result {
	ctx, cancel := context.WithTimeout(ctx, deskWithin)
	defer cancel()
	var results []register.Result
	for _, one := range [][2]string{{e.FirstAdult(), applicant}, {secondAdult, partner}} {
		if one[0] == "" || one[1] == "" {
			continue
		}
		ref := s.auth.Reference(one[1])
		q := s.registerQuery(ref, one[1], e)
		s.registers.Forget(ref, q)
		s.registers.Begin(ref, q)
		results = append(results, register.Result{Person: one[0]})
	}
	for i, number := range []string{applicant, partner} {
		if i < len(results) && number != "" {
			ref := s.auth.Reference(number)
			person := results[i].Person
			results[i] = s.registers.Result(ctx, ref, s.registerQuery(ref, number, e))
			results[i].Person = person
		}
	}
	return results
}

// askAgain has the agencies asked again about a case that waits for a decision.
func (s *service) askAgain(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	work, err := s.flow.Work(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	if s.connected[work.File.Municipality] != nil && work.Open() {
		partner := ""
		if work.Submitted.Partner != nil {
			partner = work.Submitted.Partner.Number
		}
		if err := s.flow.Registers(r.Context(), id, s.askBoth(r.Context(), work.Submitted.Number, partner, work.Applied)); err != nil {
			return err
		}
	}
	return s.again(w, r, who, f, nil)
}

// registerQuery asks for the month of the incomes, the one before it to compare
// with, and what has come since.
// The case is told apart by the person's opaque reference: there may be none yet.
func (s *service) registerQuery(ref, number string, e *flow.Estimate) register.Query {
	from := flow.MonthBefore(flow.MonthBefore(e.Month)) + "-01"
	to := s.today()
	return register.Query{Municipality: e.Municipality, Number: number, Case: ref[:min(len(ref), 16)], From: from, To: max(from, to)}
}

// registerView is what a page shows of one person's answers.
type registerView struct {
	Person string
	Rows   []registerRow
	Notes  []registerNote
	Quiet  []string // agencies that answered and show nothing
	Silent string   // agencies that did not answer
	Wait   bool     // they may still
	Doubts []registerDoubt
	Theirs bool // the co-applicant's, who can't change the answers
}

type registerRow struct {
	ID, Agency, Text, Kind, Paid string
	Amount                       int64
	Disputed                     bool
}

type registerNote struct{ Agency, Text string }

// registerDoubt is a kind of income where a person and the agencies say differently.
type registerDoubt struct {
	Agencies, Kind, Month string
	Said, Seen            int64
	More                  bool
}

func (s *service) registerViews(e *flow.Estimate, results []register.Result, disputed []string) []registerView {
	var out []registerView
	findings := e.Findings(results)
	for _, r := range results {
		view := registerView{Person: r.Person, Theirs: r.Person == secondAdult, Wait: r.Waiting}
		var silent []string
		for _, a := range r.Answers {
			name := a.Agency.Name()
			switch {
			case a.Silence != "":
				silent = append(silent, name)
			case len(a.Rows) == 0 && len(a.Notes) == 0:
				view.Quiet = append(view.Quiet, name)
			}
			for i, row := range a.Rows {
				id := fmt.Sprintf("%s:%d", a.Agency, i)
				view.Rows = append(view.Rows, registerRow{ID: id, Agency: name, Text: row.Text, Kind: row.Kind, Paid: row.Paid, Amount: row.Amount,
					Disputed: slices.Contains(disputed, id)})
			}
			for _, n := range a.Notes {
				view.Notes = append(view.Notes, registerNote{name, string(n)})
			}
		}
		view.Silent = listed(silent)
		for _, f := range findings[r.Person] {
			if f.Verdict == register.Confirmed {
				continue
			}
			var names []string
			for _, a := range f.Agencies {
				names = append(names, a.Name())
			}
			view.Doubts = append(view.Doubts, registerDoubt{Agencies: listed(names), Kind: f.Kind, Month: e.IncomeMonth(),
				Said: f.Said, Seen: f.Seen, More: f.Verdict == register.More})
		}
		out = append(out, view)
	}
	return out
}

// listed writes names as a sentence does: A, B och C.
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " och " + names[last]
}

// An objectionRow is a row of an agency that a person says is wrong, as a caseworker
// reads it.
type objectionRow struct {
	Who  string // whose row it is
	Rows []string
	Why  string
}

// objections are both adults', named and in words.
func (s *service) objections(sent *flow.SubmittedBody) []objectionRow {
	var out []objectionRow
	add := func(who string, o flow.Objection, person func(string) bool) {
		if len(o.Rows) == 0 {
			return
		}
		row := objectionRow{Who: who, Why: o.Why}
		for _, r := range sent.Registers {
			for _, a := range r.Answers {
				for i, x := range a.Rows {
					if person(r.Person) && slices.Contains(o.Rows, fmt.Sprintf("%s:%d", a.Agency, i)) {
						row.Rows = append(row.Rows, a.Agency.Name()+": "+x.Text+", "+s.kronor(x.Amount))
					}
				}
			}
		}
		out = append(out, row)
	}
	add(sent.Name, flow.Objection{Rows: sent.Disputed, Why: sent.Dispute}, func(p string) bool { return p != secondAdult })
	if sent.Partner != nil {
		add(sent.Partner.Name, sent.Theirs, func(p string) bool { return p == secondAdult })
	}
	return out
}

// disputeForm reads which rows a person says are wrong, and why.
func disputeForm(r *http.Request) (rows []string, why string, err error) {
	if why, err = field(r, "dispute"); err != nil {
		return nil, "", err
	}
	for _, id := range r.PostForm["disputed"] {
		agency, n, ok := strings.Cut(id, ":")
		if !ok || !slices.Contains(register.Agencies, register.Agency(agency)) || n == "" || len(n) > 4 || strings.Trim(n, "0123456789") != "" || slices.Contains(rows, id) {
			return nil, "", errForm
		}
		rows = append(rows, id)
	}
	if len(why) > 4000 || strings.ContainsRune(why, 0) {
		return nil, "", errForm
	}
	return rows, strings.TrimSpace(why), nil
}
