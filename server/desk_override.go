package server

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	home "github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/override"
)

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
	switch of := override.Of(o.Type); {
	case !slices.Contains(override.Grounds, f.Ground):
		f.wrong("ground", "Välj vilken bestämmelse ändringen vilar på")
	case of != nil && !slices.Contains(of, f.Ground):
		f.wrong("ground", "Bestämmelsen passar inte ändringen. Den kan vila på "+strings.Join(of, " eller "))
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
		for _, kind := range []string{"wage", "unemploymentBenefit", "activityGrant", "sicknessBenefit", "parentalBenefit", "pension", "housingBenefit", "childBenefit", "maintenance", "studentAid", "taxRefund", "other", "grant", "disabilityCosts", "studySupplement"} {
			more.Options = append(more.Options, choice{"income-add:" + kind + ":" + p.ID, "Inkomst: " + s.label("income", kind) + " (" + who + ")"})
		}
		person.Options = append(person.Options, choice{"months:" + p.ID, "Månader i rad med bistånd (" + who + ")"}, choice{"activity:" + p.ID, "Aktivitetskravet är uppfyllt (" + who + ")"})
	}
	return []optionGroup{stated, more, person}
}
