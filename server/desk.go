package server

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/override"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/server/tongue"
	"github.com/skalig/skalig/site"
)

// deskData is the page handlaggare-arende.
type deskData struct {
	decisionData
	Facts      household
	Work       *flow.Work
	Amount     int64
	Open       bool              // waits for a decision
	Now        words.Explanation // with the caseworker's changes
	Sides      []side
	Warnings   []warningRow
	Overrides  []overrideRow
	Options    []optionGroup
	Grounds    []string
	Provisions []flow.Provision
	Objections []objectionRow // rows of agencies that somebody says are wrong
	Twins      []twinRow
	Dialogue   dialogue
	Draft      string // of the motivation
	Tongue     string // in which an interpreter is wanted; empty: none asked for
	Form       deskForm
	Preview    *preview
	Links      []link
	MaySeal    bool // may lift a protection
}

// desk shows a case to a caseworker.
func (s *service) desk(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showDesk(w, r, who, r.PathValue("id"), s.kept(r, who))
}

// showDesk shows a case, with what was typed where a form comes back. Of a person
// with protected identity it shows nothing until the case has been opened.
func (s *service) showDesk(w http.ResponseWriter, r *http.Request, who auth.Identity, id string, form deskForm) error {
	work, err := s.flow.Work(r.Context(), who.Caller(), id)
	if errors.Is(err, store.ErrSealed) {
		s.render(w, r, form.code, "handlaggare-skyddad", site.Page{Title: "Skyddade uppgifter", Errors: form.errs, Data: id})
		return nil
	}
	if err != nil {
		return err
	}
	data, err := s.deskData(work)
	if err != nil {
		return err
	}
	if data.Twins, err = s.twins(r.Context(), who, id); err != nil {
		return err
	}
	if data.Dialogue, err = s.dialogue(r.Context(), who, &work.File); err != nil {
		return err
	}
	data.Draft = s.motivationDraft(work)
	if form.Motivation == "" {
		form.Motivation = data.Draft
	}
	if form.Provision == "" && work.Amount() > 0 && work.Open() {
		form.Provision = "norm" // what the calculation itself rests on
	}
	form.Version = strconv.FormatUint(work.File.Version, 10)
	data.Form, data.Preview, data.MaySeal = form, form.preview, who.Protected
	s.render(w, r, form.code, "handlaggare-arende", site.Page{Title: "Ärende", Errors: form.errs, Data: data})
	return nil
}

// again shows the page after a form: with its errors, or with what someone else
// did meanwhile and everything that was typed.
func (s *service) again(w http.ResponseWriter, r *http.Request, who auth.Identity, f deskForm, err error) error {
	id := r.PathValue("id")
	switch {
	case f.errs != nil:
	case err == nil:
		http.Redirect(w, r, s.keep(r, who, &f), http.StatusSeeOther)
		return nil
	case errors.Is(err, flow.ErrVersion):
		f.Moved, f.code = true, http.StatusConflict
	case errors.Is(err, flow.ErrUnread):
		f.wrong("varningar", "Kvittera varningarna först, med en anteckning om varje")
	case errors.Is(err, flow.ErrCalculated):
		f.wrong("berakning", "Godkänn beräkningen först. Ett annat belopp kräver en ändring med skäl")
	case errors.Is(err, flow.ErrContradicts):
		f.wrong("motivation", "Motiveringen säger ett annat beslut än det du har valt. Skriv varför det blir så")
	case errors.Is(err, flow.ErrUnheard):
		f.wrong("heard", notHeard)
	case errors.Is(err, flow.ErrLess):
		f.wrong("outcome", lessThanAsked)
	default:
		return err
	}
	return s.showDesk(w, r, who, id, f)
}

func (s *service) deskData(w *flow.Work) (deskData, error) {
	shown, err := s.show(w.File)
	if err != nil {
		return deskData{}, err
	}
	data := deskData{decisionData: shown, Work: w, Amount: w.Amount(), Open: w.Open(), Grounds: override.Grounds, Provisions: flow.Provisions}
	if err := errors.Join(json.Unmarshal(w.Applied.Facts, &data.Facts), json.Unmarshal(w.Estimate.Explanation, &data.Now)); err != nil {
		return data, errors.New("couldn't read the engine's answer")
	}
	if data.Sides, err = s.sides(w); err != nil {
		return data, err
	}
	for _, x := range w.Warnings {
		data.Warnings = append(data.Warnings, warningRow{x, s.warningText(&data, x)})
	}
	for _, o := range w.Overrides {
		data.Overrides = append(data.Overrides, overrideRow{o, s.overrideText(w, &o.Override)})
	}
	data.Options = s.options(&data)
	data.Objections = s.objections(&w.Submitted)
	if c := w.Submitted.Contact; c != nil {
		data.Tongue = tongue.Name(c.Language)
	}
	id := w.File.ID
	data.Links = s.links([3]string{"GET /handlaggare/{id}/meddelande", "/handlaggare/" + id + "/meddelande", "Meddelanden"},
		[3]string{"GET /handlaggare/{id}/komplettering", "/handlaggare/" + id + "/komplettering", "Be om komplettering"},
		[3]string{"GET /handlaggare/{id}/dokument", "/handlaggare/" + id + "/dokument", "Handlingar"})
	if w.File.State == store.StatePublished {
		data.Links = append(data.Links, link{"/handlaggare/" + id + "/rattelse", "Ändra beslutet"}, link{"/handlaggare/" + id + "/brev", "Beslutet som brev, att skriva ut"})
		data.Links = append(data.Links, link{"/handlaggare/" + id + "/overklagande", "Överklagande"})
	}
	return data, nil
}

// label is what people call a kind of cost or income.
func (s *service) label(group, kind string) string {
	text, err := s.site.Title("sv", "rakna."+group+"."+kind)
	if err != nil {
		return kind
	}
	return text
}

func (s *service) kronor(ore int64) string { return s.site.Kronor(ore) }
