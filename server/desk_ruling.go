package server

import (
	"net/http"
	"strings"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
)

// approveCalculation approves the calculation as it stands.
func (s *service) approveCalculation(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	return s.again(w, r, who, f, s.flow.ApproveCalculation(r.Context(), who.Caller(), r.PathValue("id"), f.version(), who.Name))
}

// lessThanAsked is said where less is granted and called all.
const lessThanAsked = "Det är mindre än den sökande har sökt. Välj ”Bevilja en del”, så får den sökande veta hur beslutet överklagas"

// rule takes a caseworker's decision. Its amount is that of the approved
// calculation.
func (s *service) rule(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	grants := f.Outcome == record.Granted || f.Outcome == record.Partly
	if !grants && f.Outcome != record.Refused && f.Outcome != record.Dismissed {
		f.wrong("outcome", "Välj beslut")
	}
	if f.Motivation == "" {
		f.Motivation = f.Drafted
	}
	f.text("motivation", f.Motivation, "Skriv en motivering som den sökande förstår", 10_000)
	if _, ok := flow.ProvisionOf(f.Provision, f.Outcome); !ok && f.errs == nil {
		f.wrong("provision", "Välj en bestämmelse som passar beslutet")
	}
	hearing, errs := f.Heard.hearing(s.today())
	if errs != nil {
		f.code, f.errs = http.StatusUnprocessableEntity, append(f.errs, errs...)
	}
	ruling := flow.Ruling{Version: f.version(), Outcome: f.Outcome, Motivation: f.Motivation, Provision: f.Provision, Name: who.Name, Hearing: hearing}
	if f.errs == nil && grants {
		work, err := s.flow.Work(r.Context(), who.Caller(), id)
		if err != nil {
			return err
		}
		if ruling.Granted = work.Amount(); ruling.Granted <= 0 {
			f.wrong("outcome", "Beräkningen ger inget belopp. Avslå, eller ändra beräkningen")
		}
	}
	var err error
	if f.errs == nil {
		err = s.flow.Decide(r.Context(), who.Caller(), id, ruling)
	}
	return s.again(w, r, who, f, err)
}

// motivationDraft is the motivation to begin with: what decided, in the engine's words, and
// the caseworker's own reasons. There is one only of the outcome that the calculation
// leads to.
func (s *service) motivationDraft(w *flow.Work) string {
	first := w.Opening()
	if first == "" {
		return ""
	}
	sentences := append([]string{first}, w.Estimate.Summary...)
	for _, o := range w.Overrides {
		sentences = append(sentences, s.overrideText(w, &o.Override)+": "+o.Reason)
	}
	return strings.Join(sentences, " ")
}
