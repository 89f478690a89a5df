package server

import (
	"net/http"
	"strings"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// filesData is the page arende-underlag, and handlaggare-dokument with what the
// application says beside the facts.
type filesData struct {
	ID, Month, Name string
	Handed          []fileRow
	Notes           []noteView
	Contact         *flow.Contact
	Signatures      []signatureRow
	Channel         string
	Fault           string
}

type fileRow struct {
	Number           int
	Name, What, Came string
}

type signatureRow struct{ Name, How, Day, Attested string }

func fileRows(handed []store.Handed) []fileRow {
	var out []fileRow
	for _, h := range handed {
		out = append(out, fileRow{h.Number, string(h.Name), application.PaperLabel(h.What), day(h.At)})
	}
	return out
}

// caseFiles shows a person what they have handed in to a case, and takes more.
func (s *service) caseFiles(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showCaseFiles(w, r, who, http.StatusOK, "")
}

func (s *service) showCaseFiles(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, said string) error {
	id := r.PathValue("id")
	handed, err := s.store.Documents(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	data := filesData{ID: id, Handed: fileRows(handed), Fault: said}
	var errs []site.FieldError
	if said != "" {
		errs = []site.FieldError{{Field: "fil", Text: said}}
	}
	s.render(w, r, code, "arende-underlag", site.Page{Title: "Underlag", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// addCaseFile takes a document into a case.
func (s *service) addCaseFile(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	// Whose case it is comes before what was sent, so that nothing is read for a stranger.
	if _, err := s.store.Documents(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	in, err := s.handIn(r, who, id)
	if err != nil {
		return err
	}
	if in.faults != nil {
		return s.showCaseFiles(w, r, who, http.StatusUnprocessableEntity, in.faults[0].Text)
	}
	http.Redirect(w, r, "/arende/"+id+"/underlag", http.StatusSeeOther)
	return nil
}

// deskFiles shows a caseworker a case's documents, and what was said beside the
// facts: what nobody knows, what is new, how to reach the applicant, who signed how.
func (s *service) deskFiles(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showDeskFiles(w, r, who, http.StatusOK, "")
}

// addDeskFile takes a document that came another way than by the web into a case.
func (s *service) addDeskFile(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	in, err := s.handIn(r, who, id)
	if err != nil {
		return err
	}
	if in.faults != nil {
		return s.showDeskFiles(w, r, who, http.StatusUnprocessableEntity, in.faults[0].Text)
	}
	http.Redirect(w, r, "/handlaggare/"+id+"/dokument", http.StatusSeeOther)
	return nil
}

func (s *service) showDeskFiles(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, said string) error {
	id := r.PathValue("id")
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	handed, err := s.store.Documents(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	data := filesData{ID: id, Month: file.Month, Name: submitted.Name, Handed: fileRows(handed), Fault: said, Contact: submitted.Contact,
		Channel: map[string]string{store.Web: "på webben", store.Paper: "på papper", store.Phone: "per telefon", store.Assisted: "på plats"}[file.Channel]}
	var notes []application.Note
	for _, n := range submitted.Notes {
		notes = append(notes, application.Note{Code: n.Code, About: n.About, Text: n.Text})
	}
	for _, n := range notesInWords(notes) {
		data.Notes = append(data.Notes, noteView{n.About, strings.ReplaceAll(n.Text, "Du vet inte", "Personen vet inte")})
	}
	for _, g := range submitted.Signatures {
		data.Signatures = append(data.Signatures, signatureRow{g.Name, map[string]string{flow.SignedElectronic: "med e-legitimation",
			flow.SignedPaper: "på papper", flow.SignedOrally: "muntligt, i telefon", flow.SignedPresent: "muntligt, på plats"}[g.How], g.At, g.Attested})
	}
	var errs []site.FieldError
	if said != "" {
		errs = []site.FieldError{{Field: "fil", Text: said}}
	}
	s.render(w, r, code, "handlaggare-dokument", site.Page{Title: "Handlingar", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}
