package server

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	home "github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/override"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// deskData is the page handlaggare-arende.
type deskData struct {
	decisionData
	Facts     household
	Work      *flow.Work
	Amount    int64
	Open      bool              // waits for a decision
	Now       words.Explanation // with the caseworker's changes
	Sides     []side
	Warnings  []warningRow
	Overrides []overrideRow
	Options   []optionGroup
	Grounds   []string
	Silent    []string
	Form      deskForm
	Preview   *preview
	Links     []link
	MaySeal   bool // may lift a protection
}

// side is one row of the comparison, applied beside register, computed and decided.
type side struct {
	Label, Who                               string
	Applied, Register, Computed, Now, Before *int64 // öre; nil where there is none
}

type warningRow struct {
	flow.Warning
	Text string
}

type overrideRow struct {
	flow.SavedOverride
	Text string
}

type optionGroup struct {
	Label   string
	Options []choice
}

type choice struct{ Value, Text string }

// preview is what an override would do, shown before it is saved.
type preview struct {
	Effect  int64
	Changes []words.Change
	Text    string
}

// deskForm is everything that can be typed on the page; it comes back with it.
type deskForm struct {
	Version                             string
	Outcome, Motivation                 string
	What, Amount, Reason, Ground, Shown string // of an override
	Key, Note                           string // of a warning
	From, Until, MaxRent, Percent, Why  string // of bounds
	Moved                               bool   // someone else was first

	code    int
	errs    []site.FieldError
	preview *preview
}

// read takes what was typed. Values that are not UTF-8 are refused.
func (f *deskForm) read(r *http.Request) error {
	for name, to := range map[string]*string{"version": &f.Version, "outcome": &f.Outcome, "motivation": &f.Motivation, "what": &f.What,
		"amount": &f.Amount, "override-reason": &f.Reason, "ground": &f.Ground, "shown": &f.Shown, "key": &f.Key, "note": &f.Note,
		"from": &f.From, "until": &f.Until, "max-rent": &f.MaxRent, "percent": &f.Percent, "why": &f.Why} {
		v, err := field(r, name)
		if err != nil {
			return err
		}
		*to = strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n"))
	}
	return nil
}

func (f *deskForm) wrong(field, text string) {
	f.code = http.StatusUnprocessableEntity
	f.errs = append(f.errs, site.FieldError{Field: field, Text: text})
}

// version is the one that the form was shown with, 0 where it has none.
func (f *deskForm) version() uint64 {
	n, err := strconv.ParseUint(f.Version, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// text bounds what a caseworker writes.
func (f *deskForm) text(field, value, missing string, most int) {
	switch n := utf8.RuneCountInString(value); {
	case n == 0:
		f.wrong(field, missing)
	case n > most || strings.ContainsRune(value, 0):
		f.wrong(field, fmt.Sprintf("Skriv högst %d tecken", most))
	}
}

// desk shows a case to a caseworker.
func (s *service) desk(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showDesk(w, r, who, r.PathValue("id"), deskForm{code: http.StatusOK})
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
	if form.Motivation == "" {
		form.Motivation = motivationDraft(work)
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
		http.Redirect(w, r, "/handlaggare/"+id, http.StatusSeeOther)
		return nil
	case errors.Is(err, flow.ErrVersion):
		f.Moved, f.code = true, http.StatusConflict
	case errors.Is(err, flow.ErrUnread):
		f.wrong("varningar", "Kvittera varningarna först, med en anteckning om varje")
	case errors.Is(err, flow.ErrCalculated):
		f.wrong("berakning", "Godkänn beräkningen först. Ett annat belopp kräver en ändring med skäl")
	default:
		return err
	}
	return s.showDesk(w, r, who, id, f)
}

// acknowledge notes that a warning has been read.
func (s *service) acknowledge(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	f.text("note-"+f.Key, f.Note, "Skriv vad du har kommit fram till", 2000)
	var err error
	if f.errs == nil {
		err = s.flow.Acknowledge(r.Context(), who.Caller(), r.PathValue("id"), f.version(), f.Key, f.Note, who.Name)
	}
	return s.again(w, r, who, f, err)
}

// override shows what a change to the calculation does, and saves it once it has
// been shown.
func (s *service) override(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	act, err := field(r, "act")
	if err != nil {
		return err
	}
	o := f.override(who.Name)
	id := r.PathValue("id")
	if f.errs != nil {
		return s.again(w, r, who, f, nil)
	}
	work, err := s.flow.Work(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	effect, changes, err := s.flow.Preview(work, o)
	if invalid, ok := errors.AsType[*flow.Invalid](err); ok || errors.Is(err, override.ErrRow) || errors.Is(err, override.ErrIncomplete) {
		f.wrong("what", "Ändringen går inte att räkna på")
		if ok && len(invalid.Findings) > 0 && invalid.Findings[0].Text != "" {
			f.errs[len(f.errs)-1].Text = invalid.Findings[0].Text
		}
		return s.again(w, r, who, f, nil)
	}
	if err != nil {
		return err
	}
	if act != "save" || f.Shown != strconv.FormatInt(effect, 10) {
		f.code, f.preview = http.StatusOK, &preview{effect, changes, s.overrideText(work, &o)}
		if work.File.Version != f.version() {
			f.Moved, f.code = true, http.StatusConflict
		}
		return s.showDesk(w, r, who, id, f)
	}
	o.Effect = effect
	return s.again(w, r, who, f, s.flow.Override(r.Context(), who.Caller(), id, f.version(), o))
}

// override reads the typed row. What is chosen is type:row, type:kind:person,
// type:kind, type:person or the type alone.
func (f *deskForm) override(name string) override.Override {
	parts := strings.Split(f.What, ":")
	o := override.Override{Type: override.Type(parts[0]), Reason: f.Reason, Ground: f.Ground, Name: name}
	part := func(i int) string {
		if i < len(parts) {
			return parts[i]
		}
		return ""
	}
	needsAmount := true
	switch o.Type {
	case override.IncomeSet, override.CostSet:
		o.Row = part(1)
	case override.IncomeDrop:
		o.Row, needsAmount = part(1), false
	case override.IncomeAdd:
		o.Kind, o.Person = part(1), part(2)
	case override.CostAdd:
		o.Kind = part(1)
	case override.Addition:
	case override.Months:
		o.Person, needsAmount = part(1), false
		n, err := strconv.Atoi(f.Amount)
		if err != nil || n < 0 || n >= 1200 {
			f.wrong("override-amount", "Skriv antalet månader")
		}
		o.Months = n
	case override.Activity:
		o.Person, needsAmount = part(1), false
	default:
		f.wrong("what", "Välj vad du vill ändra")
		needsAmount = false
	}
	if needsAmount {
		ore, ok := typedAmount(f.Amount)
		if !ok || ore == 0 && o.Type != override.IncomeSet && o.Type != override.CostSet {
			f.wrong("override-amount", "Skriv beloppet, till exempel 1 200")
		}
		o.Amount = home.Ore(ore)
	}
	f.text("override-reason", f.Reason, "Skriv varför du ändrar", 2000)
	if !slices.Contains(override.Grounds, f.Ground) {
		f.wrong("ground", "Välj vilken bestämmelse ändringen vilar på")
	}
	return o
}

// withdrawOverride withdraws an override.
func (s *service) withdrawOverride(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	text, err := field(r, "row")
	if err != nil {
		return err
	}
	seq, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return errForm
	}
	return s.again(w, r, who, f, s.flow.TakeBack(r.Context(), who.Caller(), r.PathValue("id"), f.version(), seq, who.Name))
}

// approveCalculation approves the calculation as it stands.
func (s *service) approveCalculation(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	return s.again(w, r, who, f, s.flow.ApproveCalculation(r.Context(), who.Caller(), r.PathValue("id"), f.version(), who.Name))
}

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
	f.text("motivation", f.Motivation, "Skriv en motivering som den sökande förstår", 10_000)
	ruling := flow.Ruling{Version: f.version(), Outcome: f.Outcome, Motivation: f.Motivation, Name: who.Name}
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

// bound sets the household's bounds, or takes them away.
func (s *service) bound(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	act, err := field(r, "act")
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if act == "remove" {
		return s.again(w, r, who, f, s.flow.Bound(r.Context(), who.Caller(), id, nil))
	}
	work, err := s.flow.Work(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	facts, err := home.Parse(work.Estimate.Facts)
	if err != nil {
		return err
	}
	rent, ok := typedAmount(f.MaxRent)
	if !ok {
		f.wrong("max-rent", "Skriv den högsta hyran, till exempel 7 000")
	}
	percent, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(f.Percent, "%")), 10, 64)
	if err != nil || percent < 0 || percent > 100 {
		f.wrong("percent", "Skriv procent som ett tal från 0 till 100")
	}
	f.text("why", f.Why, "Skriv varför du sätter gränserna", 2000)
	b := home.Bounds{From: f.From, Until: f.Until, Adults: facts.Adults(), Children: facts.Children(), MaxRent: home.Ore(rent), Percent: percent, Reason: f.Why, Name: who.Name}
	if err := b.Valid(); err != nil && f.errs == nil {
		f.wrong("from", "Skriv första och sista månaden som 2026-12, högst tolv månader")
	}
	if f.errs == nil {
		err = s.flow.Bound(r.Context(), who.Caller(), id, &b)
	}
	return s.again(w, r, who, f, err)
}

// protect says that the household has protected identity, or no longer.
func (s *service) protect(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	stopped, reason, err := switchForm(r)
	if err != nil {
		return err
	}
	var f deskForm
	if reason == "" {
		f.wrong("reason-skydd", "Skriv varför")
		return s.again(w, r, who, f, nil)
	}
	id := r.PathValue("id")
	if err := s.flow.Protect(r.Context(), who.Caller(), id, stopped, who.Name, reason); err != nil {
		return err
	}
	to := "/handlaggare/" + id
	if stopped && !who.Protected {
		to = "/handlaggare" // the case is no longer this caseworker's to see
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// unseal opens a case of a person with protected identity, for a reason.
func (s *service) unseal(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	reason, err := field(r, "reason")
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if reason = strings.TrimSpace(reason); reason == "" || len(reason) > 4000 {
		return s.showDesk(w, r, who, id, deskForm{code: http.StatusUnprocessableEntity, errs: []site.FieldError{{Field: "reason", Text: "Skriv varför du öppnar ärendet"}}})
	}
	if err := s.flow.Open(r.Context(), who.Caller(), id, who.Name, reason); err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+id, http.StatusSeeOther)
	return nil
}

// motivationDraft is the motivation to begin with: what decided, in the engine's words, and
// the caseworker's own reasons.
func motivationDraft(w *flow.Work) string {
	if !w.Open() || w.Estimate.Outcome == "missing" {
		return ""
	}
	first := "Allt du har sökt beviljas."
	if !w.Estimate.InFull {
		first = "En del av det du har sökt beviljas."
	}
	if w.Amount() <= 0 {
		first = "Du har inte rätt till ekonomiskt bistånd den här månaden, eftersom inkomsterna räcker."
	}
	sentences := append([]string{first}, w.Estimate.Summary...)
	for _, o := range w.Overrides {
		sentences = append(sentences, o.Reason)
	}
	return strings.Join(sentences, " ")
}

func (s *service) deskData(w *flow.Work) (deskData, error) {
	shown, err := s.show(w.File)
	if err != nil {
		return deskData{}, err
	}
	data := deskData{decisionData: shown, Work: w, Amount: w.Amount(), Open: w.Open(), Grounds: override.Grounds}
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
	id := w.File.ID
	data.Links = s.links([3]string{"GET /handlaggare/{id}/meddelande", "/handlaggare/" + id + "/meddelande", "Meddelanden"},
		[3]string{"GET /handlaggare/{id}/komplettering", "/handlaggare/" + id + "/komplettering", "Be om komplettering"},
		[3]string{"GET /handlaggare/{id}/dokument", "/handlaggare/" + id + "/dokument", "Handlingar"})
	if w.File.Appeal != store.AppealNone {
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

// sides puts applied, register, computed and decided beside each other, row by row.
func (s *service) sides(w *flow.Work) ([]side, error) {
	type key struct {
		group, kind, person string
	}
	var order []key
	rows := map[key]*side{}
	row := func(k key) *side {
		if rows[k] == nil {
			order = append(order, k)
			rows[k] = &side{Label: s.label(k.group, k.kind), Who: k.person}
		}
		return rows[k]
	}
	add := func(to **int64, ore int64) {
		if *to == nil {
			*to = new(int64)
		}
		**to += ore
	}
	applied, err := home.Parse(w.Applied.Facts)
	if err != nil {
		return nil, err
	}
	for _, c := range applied.Costs {
		add(&row(key{"cost", c.Kind, ""}).Applied, int64(c.Amount))
	}
	for _, i := range applied.Incomes {
		add(&row(key{"income", i.Kind, i.Person}).Applied, int64(i.Amount))
	}
	for person, all := range w.Applied.Findings(w.Registers) {
		for _, f := range all {
			if f.Verdict == register.Confirmed || f.Seen > 0 {
				add(&row(key{"income", f.Kind, person}).Register, f.Seen)
			}
		}
	}
	computed := func(e *flow.Estimate, pick func(*side) **int64) error {
		if e == nil {
			return nil
		}
		lines, err := home.Lines(e.Result)
		for _, l := range lines {
			k := key{"income", l.Kind, l.Person}
			if l.Cost {
				k = key{"cost", l.Kind, ""}
			}
			add(pick(row(k)), int64(l.Value))
		}
		return err
	}
	err = errors.Join(computed(w.Applied, func(r *side) **int64 { return &r.Computed }),
		computed(w.Estimate, func(r *side) **int64 { return &r.Now }), computed(w.Earlier, func(r *side) **int64 { return &r.Before }))
	out := make([]side, len(order))
	for i, k := range order {
		out[i] = *rows[k]
	}
	return out, err
}

// warningText says what a warning is about, without a guess at why.
func (s *service) warningText(d *deskData, w flow.Warning) string {
	what := s.label("income", w.Kind)
	if who := d.Facts.Whose(w.Person); who != "" {
		what += " (" + who + ")"
	}
	switch w.Code {
	case home.NewIncome:
		return what + " är en ny inkomst: " + s.kronor(int64(w.After)) + "."
	case home.DroppedIncome:
		return what + " fanns i förra beslutet och är borta: " + s.kronor(int64(w.Before)) + "."
	case home.IncomeChanged:
		return what + " har ändrats mer än 12 procent: från " + s.kronor(int64(w.Before)) + " till " + s.kronor(int64(w.After)) + "."
	case home.HouseholdChanged:
		return "Hushållet är inte detsamma som i förra beslutet."
	case home.HousingChanged:
		return "Bostaden eller hyran har ändrats: från " + s.kronor(int64(w.Before)) + " till " + s.kronor(int64(w.After)) + "."
	case home.CapHit:
		return s.label("cost", w.Kind) + " är högre än kommunens gräns: sökt " + s.kronor(int64(w.Before)) + ", räknat " + s.kronor(int64(w.After)) + "."
	case home.RegisterSilent:
		return register.Agency(w.Kind).Name() + " har inte svarat. Det talar inte emot någon."
	case home.RegisterDiffers:
		return what + ": myndigheten visar " + s.kronor(int64(w.Before)) + ", uppgett är " + s.kronor(int64(w.After)) + "."
	}
	return string(w.Code)
}

func (s *service) kronor(ore int64) string { return s.site.Kronor(ore) }

// overrideText says what a change does.
func (s *service) overrideText(w *flow.Work, o *override.Override) string {
	var facts household
	if json.Unmarshal(w.Applied.Facts, &facts) != nil {
		return string(o.Type)
	}
	name := func(rows []row, group string) string {
		for _, r := range rows {
			if r.ID == o.Row {
				return s.label(group, r.Kind)
			}
		}
		return o.Row
	}
	switch amount := s.kronor(int64(o.Amount)); o.Type {
	case override.IncomeSet:
		return name(facts.Incomes, "income") + " räknas som " + amount
	case override.IncomeDrop:
		return name(facts.Incomes, "income") + " räknas inte"
	case override.IncomeAdd:
		return s.label("income", o.Kind) + " läggs till med " + amount
	case override.CostSet:
		return name(facts.Costs, "cost") + " räknas som " + amount
	case override.CostAdd:
		return s.label("cost", o.Kind) + " läggs till med " + amount
	case override.Addition:
		return "Utöver norm och riktlinjer beviljas " + amount
	case override.Months:
		return fmt.Sprintf("Bistånd %d månader i rad", o.Months)
	case override.Activity:
		return "Aktivitetskravet är uppfyllt"
	}
	return string(o.Type)
}

// options are what can be changed in this case.
func (s *service) options(d *deskData) []optionGroup {
	stated := optionGroup{Label: "Det som är uppgett"}
	for _, i := range d.Facts.Incomes {
		label := s.label("income", i.Kind)
		if who := d.Facts.Whose(i.Person); who != "" {
			label += " (" + who + ")"
		}
		stated.Options = append(stated.Options, choice{"income-set:" + i.ID, label + ": annat belopp"}, choice{"income-drop:" + i.ID, label + ": räknas inte"})
	}
	for _, c := range d.Facts.Costs {
		stated.Options = append(stated.Options, choice{"cost-set:" + c.ID, s.label("cost", c.Kind) + ": annat belopp"})
	}
	more := optionGroup{Label: "Lägg till"}
	more.Options = append(more.Options, choice{"addition", "Bistånd utöver norm och riktlinjer"})
	for _, kind := range []string{"rent", "electricity", "homeInsurance", "unemploymentFund", "unionFee", "workTravel"} {
		more.Options = append(more.Options, choice{"cost-add:" + kind, "Kostnad: " + s.label("cost", kind)})
	}
	person := optionGroup{Label: "Om en person"}
	for _, p := range d.Facts.Persons {
		if p.Role != "adult" {
			continue
		}
		who := d.Facts.Whose(p.ID)
		if who == "" {
			who = "sökande"
		}
		for _, kind := range []string{"wage", "unemploymentBenefit", "activityGrant", "sicknessBenefit", "parentalBenefit", "pension", "housingBenefit", "childBenefit", "maintenance", "studentAid", "taxRefund", "other"} {
			more.Options = append(more.Options, choice{"income-add:" + kind + ":" + p.ID, "Inkomst: " + s.label("income", kind) + " (" + who + ")"})
		}
		person.Options = append(person.Options, choice{"months:" + p.ID, "Månader i rad med bistånd (" + who + ")"}, choice{"activity:" + p.ID, "Aktivitetskravet är uppfyllt (" + who + ")"})
	}
	return []optionGroup{stated, more, person}
}
