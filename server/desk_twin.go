package server

import (
	"context"
	"net/http"
	"strconv"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/store"
)

// twinRow is somebody who may be one of a case's adults under another number.
type twinRow struct {
	store.Twin
	Text string // why nobody has joined them
}

// Field is the name of the form's field on the page.
func (t twinRow) Field() string { return "reason-person-" + strconv.FormatUint(t.Seq, 10) }

var twinTexts = map[string]string{
	store.UnclearOpen:     "Det finns öppna ärenden under båda numren.",
	store.UnclearMonth:    "Det finns ärenden för samma månad under båda numren.",
	store.UnclearTogether: "De båda står i samma ansökan. De kan inte läggas ihop.",
	store.UnclearClaimed:  "Något av numren hör redan ihop med ett annat. De kan inte läggas ihop.",
	store.UnclearProvider: "Uppgiften kommer från kommunens egen inloggning.",
}

// twins are who else a case's adults may be.
func (s *service) twins(ctx context.Context, who auth.Identity, id string) ([]twinRow, error) {
	all, err := s.store.Twins(ctx, who.Caller(), id)
	if err != nil {
		return nil, err
	}
	var rows []twinRow
	for _, t := range all {
		rows = append(rows, twinRow{t, twinTexts[t.Why]})
	}
	return rows, nil
}

// sameOrNot takes a caseworker's word on whether two numbers are one person's.
func (s *service) sameOrNot(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	same := f.Of("same") != ""
	seq, _ := strconv.ParseUint(f.Of("same")+f.Of("other"), 10, 64) // of the button; of nothing that there is where it can't be read
	f.pressed = twinRow{Twin: store.Twin{Seq: seq}}.Field()
	reason := f.Of(f.pressed)
	if f.text(f.pressed, reason, "Skriv hur du vet det", 1000); f.errs != nil {
		return s.again(w, r, who, f, nil)
	}
	return s.again(w, r, who, f, s.flow.Judge(r.Context(), who.Caller(), r.PathValue("id"), seq, same, who.Name, reason))
}
