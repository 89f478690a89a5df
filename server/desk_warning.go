package server

import (
	"net/http"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	home "github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/register"
)

type warningRow struct {
	flow.Warning
	Text string
}

// acknowledge notes that a warning has been read.
func (s *service) acknowledge(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	f.pressed = "note-" + f.Key
	note := f.Of(f.pressed)
	f.text(f.pressed, note, "Skriv vad du har kommit fram till", 2000)
	var err error
	if f.errs == nil {
		err = s.flow.Acknowledge(r.Context(), who.Caller(), r.PathValue("id"), f.version(), f.Key, note, who.Name)
	}
	return s.again(w, r, who, f, err)
}

// warningText says what a warning is about, without a guess at why.
func (s *service) warningText(d *deskData, w flow.Warning) string {
	if w.Code == home.CompletionOpen {
		text := "Den sökande har fått en fråga, och svaret har inte kommit. Sista dagen är " + w.Kind + "."
		if s.today() <= w.Kind {
			text += " Dagen har inte gått."
		}
		return text
	}
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
		return "Hushållet är inte detsamma som i förra beslutet: vilka som bor där, ålder, dagar, lunch eller skola."
	case home.HousingChanged:
		return "Bostaden eller hyran har ändrats: från " + s.kronor(int64(w.Before)) + " till " + s.kronor(int64(w.After)) + "."
	case home.NewCost:
		return s.label("cost", w.Kind) + " är en ny kostnad: " + s.kronor(int64(w.After)) + "."
	case home.CostRaised:
		return s.label("cost", w.Kind) + " har höjts mer än 12 procent: från " + s.kronor(int64(w.Before)) + " till " + s.kronor(int64(w.After)) + "."
	case home.CapHit:
		return s.label("cost", w.Kind) + " är högre än kommunens gräns: sökt " + s.kronor(int64(w.Before)) + ", räknat " + s.kronor(int64(w.After)) + "."
	case home.RegisterSilent:
		return register.Agency(w.Kind).Name() + " har inte svarat. Det talar inte emot någon."
	case home.RegisterDiffers:
		return what + ": myndigheten visar " + s.kronor(int64(w.Before)) + ", uppgett är " + s.kronor(int64(w.After)) + "."
	}
	return string(w.Code)
}
