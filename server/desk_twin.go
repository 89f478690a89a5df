package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"

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
	var act, typed, reason string
	if err := fields(r, map[string]*string{"act": &act, "row": &typed, "reason": &reason}); err != nil {
		return err
	}
	seq, _ := strconv.ParseUint(typed, 10, 64) // of nothing that there is where it can't be read
	var f deskForm
	row := twinRow{Twin: store.Twin{Seq: seq}}
	if act != "samma" && act != "olika" {
		f.wrong(row.Field(), "Välj ett av svaren")
	}
	if f.text(row.Field(), strings.TrimSpace(reason), "Skriv hur du vet det", 1000); f.errs != nil {
		return s.again(w, r, who, f, nil)
	}
	return s.again(w, r, who, f, s.flow.Judge(r.Context(), who.Caller(), r.PathValue("id"), seq, act == "samma", who.Name, strings.TrimSpace(reason)))
}
