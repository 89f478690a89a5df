package server

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
)

// maxUpload is the largest body of a form with documents; maxField bounds what is kept of
// a field beside them.
const (
	maxUpload = store.MaxDocument + 64<<10
	maxField  = 8 << 10
)

// uploads are the routes that read a document or a bank's file, with the largest body
// of each; every other body is small.
var uploads = map[string]int64{
	"POST /ansok/underlag/fil":          maxUpload,
	"POST /inmatning/{id}/underlag/fil": maxUpload,
	"POST /arende/{id}/underlag":        maxUpload,
	"POST /handlaggare/{id}/dokument":   maxUpload,
	"POST /utbetalning/svar":            payment.MaxBytes + 64<<10,
}

// papersData is the page ansok-underlag.
type papersData struct {
	*place
	Section application.Section
	Papers  []paperView
	Other   paperView
}

// At is one document's part of the page.
func (d papersData) At(p paperView) struct {
	Base  string
	Paper paperView
} {
	return struct {
		Base  string
		Paper paperView
	}{d.Base, p}
}

type paperView struct {
	What, Label, Answer string
	Fault, FileFault    string // of the answer, of the file
	Handed              []store.Handed
}

// papers shows which documents are asked for and which are there.
func (s *service) papers(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	if p.Answers.Status("underlag") == application.Waiting {
		http.Redirect(w, r, p.Base, http.StatusSeeOther)
		return nil
	}
	return s.showPapers(w, r, who, http.StatusOK, p, p.Answers, nil)
}

func (s *service) showPapers(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, p *place, a application.Answers, faults []application.Fault) error {
	handed, err := s.store.Documents(r.Context(), who.Caller(), p.Form.ID)
	if err != nil {
		return err
	}
	sec, _ := application.Find("underlag")
	data := papersData{place: p, Section: sec}
	view := func(what string) paperView {
		v := paperView{What: what, Label: application.PaperLabel(what), Answer: a.PaperAnswer(what)}
		for _, f := range faults {
			switch f.Field {
			case "papper-" + what:
				v.Fault = f.Text
			case "fil-" + what:
				v.FileFault = f.Text
			}
		}
		for _, h := range handed {
			if h.What == what {
				v.Handed = append(v.Handed, h)
			}
		}
		return v
	}
	for _, what := range a.Asked() {
		data.Papers = append(data.Papers, view(what))
	}
	data.Other = view("other")
	s.fill(w, r, who, code, "ansok-underlag", sec.Title, faults, data)
	return nil
}

// savePapers keeps the answers about documents.
func (s *service) savePapers(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	handed, err := s.store.Documents(r.Context(), who.Caller(), p.Form.ID)
	if err != nil {
		return err
	}
	var there []string
	for _, h := range handed {
		there = append(there, h.What)
	}
	a, faults := p.Answers.ReadPapers(r.PostForm, there)
	faults = append(faults, left(r.PostForm)...)
	if faults != nil {
		return s.showPapers(w, r, who, http.StatusUnprocessableEntity, p, a, faults)
	}
	if err := s.save(r, who, p, a); err != nil {
		return err
	}
	http.Redirect(w, r, strings.TrimSuffix(p.Base+"/"+s.onward(r, p, "underlag"), "/"), http.StatusSeeOther)
	return nil
}

// left are the files that were chosen, but of which only the names were sent.
func left(form url.Values) (faults []application.Fault) {
	for _, field := range slices.Sorted(maps.Keys(form)) {
		if name := form.Get(field); strings.HasPrefix(field, "fil-") && name != "" {
			faults = append(faults, application.Fault{Field: field, Text: fmt.Sprintf("%s är inte uppladdad. Välj filen igen och tryck på Ladda upp", called(name))})
		}
	}
	return faults
}

// upload takes documents into an application, and keeps the answers that were typed
// beside them. What is wrong with one is said at it.
func (s *service) upload(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	in, err := s.handIn(r, who, p.Form.ID)
	if err != nil {
		return err
	}
	a := p.Answers.NotePapers(in.typed)
	if in.kept > 0 { // a document is part of what is applied for: what was signed had it not
		if err := s.save(r, who, p, a); err != nil {
			return err
		}
	}
	if in.faults != nil {
		return s.showPapers(w, r, who, http.StatusUnprocessableEntity, p, a, in.faults)
	}
	http.Redirect(w, r, p.Base+"/underlag", http.StatusSeeOther)
	return nil
}

// takeBack removes a document from an application, and keeps the answers beside it.
func (s *service) takeBack(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return store.ErrNotFound
	}
	if err := parsed(r); err != nil {
		return err
	}
	if err := s.store.RemoveDocument(r.Context(), who.Caller(), p.Form.ID, n); err != nil {
		return err
	}
	if err := s.save(r, who, p, p.Answers.NotePapers(r.PostForm)); err != nil {
		return err
	}
	http.Redirect(w, r, p.Base+"/underlag", http.StatusSeeOther)
	return nil
}

// formDocument gives a document of an application that is being filled in, and
// document one of a case.
func (s *service) formDocument(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	return s.give(w, r, who, p.Form.ID)
}

func (s *service) document(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.give(w, r, who, r.PathValue("id"))
}

// give sends a document to be kept, never to be shown in the service's own pages.
func (s *service) give(w http.ResponseWriter, r *http.Request, who auth.Identity, id string) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return store.ErrNotFound
	}
	h, err := s.store.Document(r.Context(), who.Caller(), id, n)
	if err != nil {
		return err
	}
	file := fmt.Sprintf("underlag-%d.%s", n, application.Ending(h.Media))
	head := w.Header()
	head.Set("Content-Type", h.Media)
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file}))
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	head.Set("Content-Length", strconv.Itoa(len(h.Content)))
	_, _ = w.Write(h.Content)
	return nil
}
