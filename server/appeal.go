package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// appealData is the page overklaga: three steps, one form. What was typed in an
// earlier step travels in the form, so that nothing is kept before it is sent.
type appealData struct {
	decisionData
	Step    string // change, why or check
	Change  string
	Why     string
	Contact string
	Late    bool
	Against uint64 // the dismissal of an earlier appeal that this one is of; 0: it is of the decision
}

// The steps of an appeal.
const (
	stepChange = "change"
	stepWhy    = "why"
	stepCheck  = "check"
	stepSend   = "send"
)

// appealPage begins an appeal.
func (s *service) appealPage(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	data := appealData{Step: stepChange}
	if again, ok := s.waiting(r, who); ok {
		f := again.PostForm.Get
		data = appealData{Step: strings.TrimPrefix(f("step"), "back-"), Change: f("change"), Why: f("why"), Contact: f("contact")}
		if data.Step == stepSend {
			data.Step = stepCheck
		}
	}
	return s.showAppeal(w, r, who, http.StatusOK, data, nil)
}

func (s *service) showAppeal(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, data appealData, errs []site.FieldError) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if file.State != store.StatePublished {
		return store.ErrNotFound
	}
	var ok bool
	if data.Against, ok = file.MayAppeal(who.Ref); !ok {
		http.Redirect(w, r, "/arende/"+file.ID, http.StatusSeeOther)
		return nil
	}
	if data.decisionData, err = s.show(file); err != nil {
		return err
	}
	if data.Status, err = s.follow(r.Context(), who, &file); err != nil {
		return err
	}
	data.Status.LastDay = lastDay(day(could(&file, data.Against)))
	data.Late = s.today() > data.Status.LastDay
	s.render(w, r, code, "overklaga", site.Page{Title: "Överklaga beslutet", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// appeal takes a step of an appeal further, or sends it.
func (s *service) appeal(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	step, err1 := field(r, "step")
	change, errs1, err2 := written(r, "change", "Skriv vad du vill ska ändras")
	why, errs2, err3 := written(r, "why", "Skriv varför")
	contact, errs3, err4 := written(r, "contact", "")
	decision, err5 := field(r, "decision")
	against, err6 := field(r, "against")
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return err
	}
	data := appealData{Change: change, Why: why, Contact: contact}
	stay := func(step string, errs []site.FieldError) error {
		data.Step = step
		code := http.StatusOK
		if errs != nil {
			code = http.StatusUnprocessableEntity
		}
		return s.showAppeal(w, r, who, code, data, errs)
	}
	switch {
	case step == "back-"+stepChange:
		return stay(stepChange, nil)
	case step == "back-"+stepWhy:
		return stay(stepWhy, nil)
	case errs1 != nil:
		return stay(stepChange, errs1)
	case step == stepChange:
		return stay(stepWhy, nil)
	case errs2 != nil || errs3 != nil:
		return stay(stepWhy, append(errs2, errs3...))
	case step == stepWhy:
		return stay(stepCheck, nil)
	case step != stepSend:
		return errForm
	}
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	papers, err := s.numbers(r, who, id)
	if err != nil {
		return err
	}
	what := flow.Appealing{Person: who.Ref, Decision: decision}
	what.Against, _ = strconv.ParseUint(against, 10, 64) // what is no number is of the decision
	what.Could = time.UnixMilli(could(&file, what.Against))
	err = s.flow.Appeal(r.Context(), who.Caller(), id, what,
		flow.AppealedBody{Name: who.Name, Number: who.Number, Contact: contact, Change: change, Why: why, Documents: papers})
	switch {
	case errors.Is(err, flow.ErrVersion):
		return stay(stepCheck, []site.FieldError{{Text: "Nämnden har fattat ett nytt beslut medan du skrev. Läs det först, och skicka sedan om du vill"}})
	case err != nil && !errors.Is(err, flow.ErrAppealed): // the person has sent it before: the same page
		return err
	}
	http.Redirect(w, r, "/arende/"+id+"#overklagande", http.StatusSeeOther)
	return nil
}

// could is when somebody could first read what is appealed: the latest decision, or the
// dismissal of an earlier appeal.
func could(file *store.File, against uint64) (at int64) {
	for _, e := range file.History {
		if e.Seq == against || against == 0 && e.Kind == store.KindPublished {
			at = e.At
		}
	}
	return at
}
