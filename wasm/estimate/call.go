package estimate

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol/municipal"
)

// A refusal is what this package refuses before the engine is asked.
type refusal struct{ code, path string }

// A call makes the engine's input from a body and the address's parameters.
type call func(body []byte, asked url.Values) ([]byte, *refusal)

// ask answers a call whose input is the body.
func (h *handler) ask(name string, c call, methods ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !allowed(w, r, methods) {
			return
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, maxInput+1))
		if err != nil { // it ended before it was whole
			refuse(w, http.StatusUnprocessableEntity, engine.BadSyntax, "")
			return
		}
		in, no := body, (*refusal)(nil)
		if len(body) <= maxInput {
			in, no = c(body, r.URL.Query())
		}
		switch {
		case no != nil:
			refuse(w, http.StatusUnprocessableEntity, no.code, no.path)
			return
		case len(in) > maxInput:
			refuse(w, http.StatusRequestEntityTooLarge, "too-large", "")
			return
		}
		out, err := h.Engine.Call(r.Context(), name, in)
		switch {
		case err != nil:
			refuse(w, http.StatusInternalServerError, "failed", "")
		case bytes.HasPrefix(out, []byte(`{"errors":`)):
			answer(w, http.StatusUnprocessableEntity, "application/json", out)
		default:
			answer(w, http.StatusOK, "application/json", out)
		}
	}
}

// assess adds the guideline that the address asks for.
func assess(body []byte, asked url.Values) ([]byte, *refusal) {
	code := asked.Get("municipality")
	if code == "" {
		return body, nil
	}
	month, _ := peek(body)
	e, ok := municipal.For(code, month)
	if !ok {
		// Before its first guideline a municipality has its newest: the engine says then that it came later.
		if e.Bytes, ok = municipal.File(code); !ok {
			return nil, &refusal{"unknown-municipality", "municipality"}
		}
	}
	return first(body, "guideline", e.Bytes), nil
}

// language is how one is written: sv, sv-x-lattlast.
var language = regexp.MustCompile(`^[a-z]{2,3}(-x-[a-z]{1,16})?$`)

// explain adds the words too.
func (h *handler) explain(body []byte, asked url.Values) ([]byte, *refusal) {
	in, no := assess(body, asked)
	if no != nil {
		return nil, no
	}
	code := asked.Get("language")
	if code == "" {
		if _, own := peek(body); own {
			return in, nil
		}
		code = "sv"
	}
	if !language.MatchString(code) {
		return nil, &refusal{"unknown-language", "language"}
	}
	words, err := h.Words(code)
	if err != nil {
		return nil, &refusal{"unknown-language", "language"}
	}
	return first(in, "words", words), nil
}

func parameters(body []byte, _ url.Values) ([]byte, *refusal) { return body, nil }

// peek looks into a body for the facts' month and for words of its own. What is
// wrong with the body the engine finds, so here it is passed over.
func peek(body []byte) (month engine.Month, words bool) {
	r := engine.NewReader(body, "")
	r.Object([]string{"facts", "words"}, func(i int) {
		if i == 1 {
			words = true
			r.Skip()
			return
		}
		facts := engine.NewReader(r.Value(), "")
		facts.Object([]string{"month"}, func(int) {
			month, _ = engine.ParseMonth(string(bytes.Trim(facts.Value(), `"`)))
		})
	})
	return month, words
}

// first puts a member first in the object that a body is. A body that is none
// stays as it is.
func first(body []byte, name string, value []byte) []byte {
	rest, object := bytes.CutPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{"))
	if !object {
		return body
	}
	in := make([]byte, 0, len(body)+len(name)+len(value)+5)
	in = append(append(append(append(in, `{"`...), name...), `":`...), bytes.TrimSpace(value)...)
	if !bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("}")) {
		in = append(in, ',')
	}
	return append(in, rest...)
}
