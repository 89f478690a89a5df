package flow

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/store"
)

// An Income is a declared income and the adult whose it is.
type Income struct {
	Person string
	register.Declared
}

// Findings holds what each adult has declared against what agencies answered
// about that person.
func (e *Estimate) Findings(results []register.Result) map[string][]register.Finding {
	out := map[string][]register.Finding{}
	month := e.IncomeMonth()
	for _, r := range results {
		var declared []register.Declared
		for _, i := range e.Incomes {
			if i.Person == r.Person {
				declared = append(declared, i.Declared)
			}
		}
		out[r.Person] = register.Compare(declared, r.Answers, month)
	}
	return out
}

// IncomeMonth is the month whose incomes count: that of the incomes, which are
// all of one month, and else the month before the one applied for.
func (e *Estimate) IncomeMonth() string {
	if len(e.Incomes) > 0 {
		return e.Incomes[0].Month
	}
	return MonthBefore(e.Month)
}

// MonthBefore is the calendar month before month.
func MonthBefore(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return ""
	}
	return t.AddDate(0, -1, 0).Format("2006-01")
}

// confirm says of each income that an agency shows to the öre that it comes from
// a register, and gives the facts anew. The amounts stay as they were.
func (s *Service) confirm(e *Estimate, results []register.Result) ([]byte, error) {
	findings := e.Findings(results)
	confirmed := func(i Income) bool {
		for _, f := range findings[i.Person] {
			if f.Kind == i.Kind && f.Verdict == register.Confirmed {
				return true
			}
		}
		return false
	}
	var facts map[string]jsontext.Value
	var incomes []map[string]jsontext.Value
	if err := json.Unmarshal(e.Facts, &facts); err != nil {
		return nil, errors.New("couldn't read the engine's answer")
	}
	if facts["incomes"] == nil {
		return e.Facts, nil
	}
	if err := json.Unmarshal(facts["incomes"], &incomes); err != nil || len(incomes) != len(e.Incomes) {
		return nil, errors.New("couldn't read the incomes in the engine's answer")
	}
	changed := false
	for i := range incomes {
		if confirmed(e.Incomes[i]) {
			incomes[i]["source"] = jsontext.Value(`"register"`)
			changed = true
		}
	}
	if !changed {
		return e.Facts, nil
	}
	var err error
	if facts["incomes"], err = json.Marshal(incomes); err != nil {
		return nil, err
	}
	text, err := json.Marshal(facts)
	if err != nil {
		return nil, err
	}
	again, err := s.Estimate(text)
	if err != nil {
		return nil, err
	}
	return again.Facts, nil
}

// seen is what the agencies' answers mean to the gate.
type seen struct{ agree, undisputed bool }

// seen reads the answers in a case. A silent agency shows nothing, and so speaks
// against nobody.
func (s *Service) seen(file store.File, e *Estimate) (seen, error) {
	submitted, err := DecodeBody[SubmittedBody](file.Submitted)
	if err != nil {
		return seen{}, err
	}
	out := seen{agree: true, undisputed: len(submitted.Disputed)+len(submitted.Theirs.Rows) == 0}
	for _, findings := range e.Findings(submitted.Registers) {
		for _, f := range findings {
			out.agree = out.agree && f.Verdict != register.More
		}
	}
	return out, nil
}

// Registers keeps what agencies answered when they were asked again about a case.
func (s *Service) Registers(ctx context.Context, id string, results []register.Result) error {
	text, err := encodeBody(RegistersBody{Results: results})
	if err != nil {
		return err
	}
	silent := 0
	for _, r := range results {
		silent += len(r.Silent())
	}
	_, err = s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		if _, err := v.Case(id); err != nil {
			return store.Draft{}, err
		}
		return store.Draft{Case: id, Head: store.Registers{Silent: silent}, Body: text}, nil
	})
	return err
}

// FirstAdult is the applicant's id in the facts.
func (e *Estimate) FirstAdult() string {
	if len(e.adults) == 0 {
		return ""
	}
	return e.adults[0]
}
