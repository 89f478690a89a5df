package server

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/store"
)

const (
	tooLarge  = "Filen är större än 10 MB. Ta en ny bild med lägre upplösning, eller dela upp filen"
	maxFields = 100
)

// handIn reads a form and keeps each document in a field fil-WHAT, as one of that kind,
// under the id of a form or a case.
func (s *service) handIn(r *http.Request, who auth.Identity, id string) (*handed, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errors.Join(errForm, err)
	}
	keep := func(what, name string, content []byte) (string, error) {
		return s.keepDocument(r.Context(), who, id, what, name, content)
	}
	in := &handed{keep: keep, typed: url.Values{}, field: "fil-other"}
	for range maxFields {
		part, err := parts.NextPart()
		if err == io.EOF {
			in.end()
			return in, nil
		}
		if err != nil {
			err = errors.Join(errForm, err)
		} else {
			err = in.take(part)
		}
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			in.fail(in.tooLarge())
			return in, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, errForm
}

// handed is what a form with documents gives.
type handed struct {
	keep        func(what, name string, content []byte) (said string, err error)
	typed       url.Values          // the other fields
	faults      []application.Fault // what is wrong with a document, of its field
	field       string              // of the document that is read
	files, kept int
}

func (h *handed) end() {
	if h.files == 0 {
		h.field = "fil-" + cmp.Or(h.typed.Get("vad"), "other")
		h.fail("Välj en fil först")
	}
}

func (h *handed) fail(text string) {
	h.faults = append(h.faults, application.Fault{Field: h.field, Text: text})
}

func (h *handed) tooLarge() string {
	if h.files > 0 {
		return "Filerna är tillsammans större än 10 MB. Ladda upp en i taget"
	}
	return tooLarge
}

// take reads one part of the form.
func (h *handed) take(part *multipart.Part) error {
	what, isFile := strings.CutPrefix(part.FormName(), "fil-")
	if isFile && part.FileName() != "" {
		h.field = part.FormName()
	}
	b, err := io.ReadAll(io.LimitReader(part, store.MaxDocument+1))
	switch {
	case err != nil:
		return errors.Join(errForm, err)
	case !isFile:
		h.typed.Add(part.FormName(), string(b[:min(len(b), maxField)]))
		return nil
	case part.FileName() == "" && len(b) == 0: // nothing was chosen here
		return nil
	case !application.IsPaper(what):
		return errForm
	}
	h.files++
	said, err := h.keep(what, part.FileName(), b)
	if said != "" {
		h.fail(said)
	} else if err == nil {
		h.kept++
	}
	return err
}

// keepDocument keeps a document; what is wrong with it comes back as a sentence.
func (s *service) keepDocument(ctx context.Context, who auth.Identity, id, what, name string, content []byte) (said string, err error) {
	media, _ := application.Sniff(content)
	switch {
	case len(content) == 0:
		return "Filen är tom. Välj en annan", nil
	case len(content) > store.MaxDocument:
		return tooLarge, nil
	case media == "":
		return "Filen är varken en bild eller en PDF. Ta en bild av underlaget och skicka den", nil
	}
	_, err = s.store.AddDocument(ctx, who.Caller(), id, what, media, []byte(called(name)), content)
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
