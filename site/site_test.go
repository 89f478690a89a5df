package site_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/skalig/skalig/site"
)

func open(t *testing.T) *site.Site {
	t.Helper()
	s, err := site.Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// explanation has the shape of the engine's explanation.
type explanation struct {
	Headline, Amount   string
	Summary            []string
	Lines              []line
	Reasons, Questions []note
}

type line struct {
	ID                                                   string
	Depth                                                int
	Sign, Label, Detail, Amount, Provision, Link, Status string
	Inputs                                               []input
}

type input struct{ Label, Value, Source string }

type note struct{ Code, Path, Text, Provision string }

func TestStaticPagesRender(t *testing.T) {
	s := open(t)
	for _, p := range site.Statics() {
		title, err := s.Title(p.Title)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := s.Render(&b, p.Name, site.Page{Title: title, Path: p.Path, Demo: true}); err != nil {
			t.Errorf("%s: %v", p.Path, err)
			continue
		}
		page := b.String()
		for _, want := range []string{`<html lang="sv">`, "<h1>", "Hoppa till innehållet", "Jag vill prata med någon", "Behöver du hjälp idag?", "Det här är en demonstration", "</html>"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q", p.Path, want)
			}
		}
		for _, inline := range []string{"<style", " style=", " onclick=", "<script>"} {
			if strings.Contains(page, inline) {
				t.Errorf("%s holds %q, which the Content-Security-Policy refuses", p.Path, inline)
			}
		}
	}
}
