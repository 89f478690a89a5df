package server

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// appealDeskData is the page handlaggare-overklagande.
type appealDeskData struct {
	decisionData
	Form  renewedForm
	Moved bool // someone else was first
	Court string
	Note  string
}

// appealDesk shows an appeal to the board that decided.
func (s *service) appealDesk(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showAppealDesk(w, r, who, http.StatusOK, appealDeskData{}, nil)
}

func (s *service) showAppealDesk(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, data appealDeskData, errs []site.FieldError) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if file.Appeal == store.AppealNone {
		return store.ErrNotFound
	}
	if data.decisionData, err = s.show(file); err != nil {
		return err
	}
	if data.Status, err = s.follow(r.Context(), who, &file); err != nil {
		return err
	}
	data.Form.Version = fmt.Sprint(file.Version)
	s.render(w, r, code, "handlaggare-overklagande", site.Page{Title: "Överklagande", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// reconsider makes a new decision because of an appeal, and closes the appeal.
func (s *service) reconsider(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	var f renewedForm
	if err := f.read(r); err != nil {
		return err
	}
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	stands, err := s.show(file)
	if err != nil {
		return err
	}
	var granted int64
	if stands.Decision != nil {
		granted = stands.Decision.Granted
	}
	ruling, errs := f.appealed(who.Name, granted)
	if errs != nil {
		return s.showAppealDesk(w, r, who, http.StatusUnprocessableEntity, appealDeskData{Form: f}, errs)
	}
	if file.Appeal != store.AppealOpen {
		err = flow.ErrVersion
	} else {
		err = s.flow.Reconsider(r.Context(), who.Caller(), id, ruling)
	}
	if errors.Is(err, flow.ErrVersion) {
		return s.showAppealDesk(w, r, who, http.StatusConflict, appealDeskData{Form: f, Moved: true}, nil)
	}
	if errors.Is(err, flow.ErrLess) {
		return s.showAppealDesk(w, r, who, http.StatusUnprocessableEntity, appealDeskData{Form: f}, []site.FieldError{{Field: "outcome", Text: lessThanAsked}})
	}
	if err != nil {
		return err
	}
	err = s.flow.CloseAppeal(r.Context(), who.Caller(), id, store.AppealReconsidered, flow.AppealClosedBody{Name: who.Name, Note: ruling.Motivation})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+id+"/overklagande", http.StatusSeeOther)
	return nil
}

// settled closes an appeal that a new decision has met, made elsewhere on the desk.
func (s *service) settled(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	err := s.flow.CloseAppeal(r.Context(), who.Caller(), id, store.AppealReconsidered, flow.AppealClosedBody{Name: who.Name})
	if errors.Is(err, flow.ErrVersion) {
		return s.showAppealDesk(w, r, who, http.StatusConflict, appealDeskData{Moved: true}, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+id+"/overklagande", http.StatusSeeOther)
	return nil
}

// forward records that an appeal was sent to the court.
func (s *service) forward(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	court, err1 := field(r, "court")
	note, errs, err2 := written(r, "note", "")
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	court = strings.Join(strings.Fields(court), " ")
	if n := utf8.RuneCountInString(court); n == 0 || n > 200 {
		errs = append(errs, site.FieldError{Field: "court", Text: "Skriv vilken förvaltningsrätt"})
	}
	if errs != nil {
		return s.showAppealDesk(w, r, who, http.StatusUnprocessableEntity, appealDeskData{Court: court, Note: note}, errs)
	}
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	err := s.flow.CloseAppeal(r.Context(), who.Caller(), id, store.AppealForwarded, flow.AppealClosedBody{Name: who.Name, Court: court, Note: note})
	if errors.Is(err, flow.ErrVersion) {
		return s.showAppealDesk(w, r, who, http.StatusConflict, appealDeskData{Court: court, Note: note, Moved: true}, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+id+"/overklagande", http.StatusSeeOther)
	return nil
}

// courtFile gives what the court needs in one file: the appeal and the decision as
// pages that open anywhere, the letter where it is printed, and the receipt.
func (s *service) courtFile(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if file.Appeal == store.AppealNone || file.State != store.StatePublished {
		return store.ErrNotFound
	}
	status, err := s.follow(r.Context(), who, &file)
	if err != nil {
		return err
	}
	decision, err := s.letterHTML(r.Context(), store.Program, file)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	now := s.c.Clock()
	add := func(name string, content []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now})
		if err != nil {
			return err
		}
		_, err = f.Write(content)
		return err
	}
	errs := []error{add("overklagande.txt", []byte(appealText(&file, status.Appeal))), add("beslut.html", decision), add("kvitto.json", file.Receipt)}
	if a := status.Appeal; a != nil && a.Text != nil {
		for _, n := range a.Text.Documents {
			h, err := s.store.Document(r.Context(), who.Caller(), file.ID, n)
			if err != nil {
				return err
			}
			errs = append(errs, add(fmt.Sprintf("underlag-%d.%s", n, application.Ending(h.Media)), h.Content))
		}
	}
	if pdf, err := s.letterPDF(r.Context(), who, &file); err == nil {
		errs = append(errs, add("beslut.pdf", pdf))
	} else if !errors.Is(err, store.ErrNotFound) {
		errs = append(errs, err)
	}
	if err := errors.Join(append(errs, z.Close())...); err != nil {
		return fmt.Errorf("couldn't make the file for the court: %w", err)
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="overklagande-%s-%d.zip"`, file.Municipality, file.Number))
	_, _ = w.Write(b.Bytes())
	return nil
}

// appealText is an appeal as plain text.
func appealText(file *store.File, a *appealView) string {
	var b strings.Builder
	fmt.Fprintf(&b, "ÖVERKLAGANDE\n\nÄrende: %s\n", file.ID)
	if a == nil || a.Text == nil {
		return b.String()
	}
	fmt.Fprintf(&b, "Beslut: %s\nKom in: %s\n", a.Text.Decision, time.UnixMilli(file.AppealedAt).In(flow.Stockholm).Format("2006-01-02 15:04"))
	if a.Late {
		b.WriteString("Kom in efter tre veckor räknat från den dag beslutet fanns att läsa.\n")
	}
	fmt.Fprintf(&b, "Klagande: %s, %s\n", a.Text.Name, hyphened(a.Text.Number))
	if a.Text.Contact != "" {
		fmt.Fprintf(&b, "Kontakt:\n%s\n", a.Text.Contact)
	}
	fmt.Fprintf(&b, "\nVad som ska ändras:\n%s\n\nVarför:\n%s\n", a.Text.Change, a.Text.Why)
	if a.Closed != nil {
		fmt.Fprintf(&b, "\nNämnden, %s, %s:\n%s %s\n", a.Closed.Day, a.Closed.Name, a.Closed.Court, a.Closed.Note)
	}
	return b.String()
}
