package server

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
)

// maxUpload is the largest body of a form with a document.
const maxUpload = store.MaxDocument + 64<<10

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
	Said    string // what was wrong with a document
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
	What, Label, Answer, Fault string
	Handed                     []store.Handed
}

// papers shows which documents are asked for and which are there.
func (s *service) papers(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	if p.Answers.Status("underlag") == application.Waiting {
		http.Redirect(w, r, p.Base, http.StatusSeeOther)
		return nil
	}
	return s.showPapers(w, r, who, http.StatusOK, p, p.Answers, nil, "")
}

func (s *service) showPapers(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, p *place, a application.Answers, faults []application.Fault, said string) error {
	handed, err := s.store.Documents(r.Context(), who.Caller(), p.Form.ID)
	if err != nil {
		return err
	}
	sec, _ := application.Find("underlag")
	data := papersData{place: p, Section: sec, Said: said}
	view := func(what string) paperView {
		v := paperView{What: what, Label: application.PaperLabel(what), Answer: a.PaperAnswer(what)}
		for _, f := range faults {
			if f.Field == "papper-"+what {
				v.Fault = f.Text
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
	if said != "" {
		faults = append([]application.Fault{{Field: "fil-other", Text: said}}, faults...)
	}
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
	if faults != nil {
		return s.showPapers(w, r, who, http.StatusUnprocessableEntity, p, a, faults, "")
	}
	if err := s.save(r, who, p, a); err != nil {
		return err
	}
	http.Redirect(w, r, strings.TrimSuffix(p.Base+"/"+s.onward(r, p, "underlag"), "/"), http.StatusSeeOther)
	return nil
}

// upload takes a document into an application. What is wrong with it is said on
// the page it came from, where everything else still stands.
func (s *service) upload(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	said, err := s.handIn(r, who, p.Form.ID)
	if err != nil {
		return err
	}
	if said != "" {
		return s.showPapers(w, r, who, http.StatusUnprocessableEntity, p, p.Answers, nil, said)
	}
	// A document is part of what is applied for: what was signed had it not.
	if err := s.save(r, who, p, p.Answers); err != nil {
		return err
	}
	http.Redirect(w, r, p.Base+"/underlag", http.StatusSeeOther)
	return nil
}

// handIn reads a form with the fields vad and fil and keeps the document under the
// id of a form or a case. What is wrong with it comes back as a sentence.
func (s *service) handIn(r *http.Request, who auth.Identity, id string) (said string, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", errors.Join(errForm, err)
	}
	what, name := "other", ""
	var content []byte
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
				return "Filen är större än 10 MB. Ta en ny bild med lägre upplösning, eller dela upp filen", nil
			}
			return "", errors.Join(errForm, err)
		}
		b, err := io.ReadAll(io.LimitReader(part, store.MaxDocument+1))
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) || len(b) > store.MaxDocument {
			return "Filen är större än 10 MB. Ta en ny bild med lägre upplösning, eller dela upp filen", nil
		}
		if err != nil {
			return "", errors.Join(errForm, err)
		}
		switch part.FormName() {
		case "vad":
			what = string(b)
		case "fil":
			content, name = b, part.FileName()
		}
	}
	if !application.IsPaper(what) {
		return "", errForm
	}
	if len(content) == 0 {
		return "Välj en fil först", nil
	}
	media, _ := application.Sniff(content)
	if media == "" {
		return "Filen är varken en bild eller en PDF. Ta en bild av underlaget och skicka den", nil
	}
	_, err = s.store.AddDocument(r.Context(), who.Caller(), id, what, media, []byte(called(name)), content)
	switch {
	case err == nil:
		s.metrics.Handed()
	case errors.Is(err, store.ErrFull):
		s.c.Log.Error("couldn't keep a document: the disk is full")
		return "Vi har inte plats för filen just nu. Allt annat är sparat. Försök igen senare, eller välj att den kommer senare", nil
	case errors.Is(err, store.ErrTooMuch):
		return "Det finns inte plats för fler filer i ansökan. Ta bort någon, eller lämna in den på papper", nil
	}
	return "", err
}

// called is what the sender calls a file, made short, on one line and without a path.
func called(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Join(strings.Fields(clean(name)), " ")
	if utf8.RuneCountInString(name) > 100 {
		name = string([]rune(name)[:100])
	}
	return name
}

// takeBack removes a document from an application.
func (s *service) takeBack(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return store.ErrNotFound
	}
	if err := s.store.RemoveDocument(r.Context(), who.Caller(), p.Form.ID, n); err != nil {
		return err
	}
	if err := s.save(r, who, p, p.Answers); err != nil {
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
