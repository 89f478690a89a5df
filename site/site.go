// Package site is Skälig's pages: templates, words, styles and scripts, embedded in the binary.
//
// # A page
//
// A page is a file pages/<name>.html that defines the template "main"; pages/layout.html puts skip link, demo banner, header,
// way out to a person and footer around it, and pages/part_*.html hold the partials every page can use:
//
//	{{define "main"}}<h1>{{t "start.title"}}</h1>{{template "errors" .Errors}}{{end}}
//
// The dot is a [Page]; a handler's own data is .Data. Functions: t (words), link (an address), asset (hashed name), kronor, month, day.
//
//	site, err := site.Open()
//	err = site.Render(w, "arende", site.Page{Title: "Ditt beslut", Path: "/arende/7f", Data: data})
//
// # Words
//
// A language is two files and a row in language.go: words/<language>.json is the engine's, handed to it as it stands, and
// words/page.<language>.json is {"page":{"<key>":"<sentence>"}}. {name} in a sentence is replaced by the argument after "name":
// {{t "calc.month.income" "month" "oktober"}}. A key that is missing is an error, not a hole in a page.
//
// Public pages come in every language, Swedish at /rakna and Arabic at /ar/rakna; {{link "/rakna"}} stays in the visitor's language.
// A translation says that it is one, and whose text applies. Pages behind the sign-in are in Swedish.
//
// # Assets
//
// `go run ./site/build` bundles css/ and ts/ into dist/ under names that hold their content's hash, each also gzip and brotli compressed,
// and writes dist/manifest.json {"site.css":"site-ABCD1234.css"}. The names never change meaning, so they are served as immutable.
// Scripts and styles stand in files of their own; pages hold no inline script or style, so that a strict Content-Security-Policy holds.
package site

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"sync"
)

// Page is what a page is rendered from.
type Page struct {
	Title  string   // of the page, without the service's name
	Path   string   // the page's own path in Swedish, marks the place in the menu
	Demo   bool     // shows that this is a demonstration
	User   string   // display name of who is signed in, or ""
	Role   string   // "", "applicant" or a role of staff: in which the person acts here
	Roles  []string // that the person has
	Mark   string   // of who is signed in, carried by forms that wait for them where the session ends
	Lang   string   // language code; "" is Swedish
	Dir    string   // which way it is written; Render sets it
	Errors []FieldError
	Data   any
}

// FieldError is one thing to mend in a form: the id of the field and a sentence that says how.
type FieldError struct{ Field, Text string }

// Site renders every page in every language.
type Site struct {
	base   *template.Template // layout and partials; it is only ever cloned
	known  map[string]bool    // names of pages
	parsed sync.Map           // "language/name" to *template.Template
	words  map[string]Words
	engine map[string][]byte // the engine's words file of each language
	assets map[string]*Blob  // by hashed name
	names  map[string]string // plain name to hashed name
	ready  shelf
}

// Open reads the embedded templates, words and bundles. It fails on anything a visitor would otherwise meet: a key without words,
// a template that does not parse, bundles that were not built.
func Open() (*Site, error) {
	s := &Site{known: map[string]bool{}}
	var err error
	if s.names, s.assets, err = openDist(); err != nil {
		return nil, err
	}
	if s.words, s.engine, err = openWords(); err != nil {
		return nil, err
	}
	if err = s.parseAll(); err != nil {
		return nil, err
	}
	return s, nil
}

// Render writes the page name. It writes the whole page or, when it fails, nothing.
func (s *Site) Render(w io.Writer, name string, p Page) error {
	page, err := s.page(name, p)
	if err != nil {
		return err
	}
	_, err = w.Write(page)
	return err
}

func (s *Site) page(name string, p Page) ([]byte, error) {
	if p.Lang == "" {
		p.Lang = swedish
	}
	p.Dir = find(p.Lang).Dir
	t, err := s.template(p.Lang, name)
	if err != nil {
		return nil, fmt.Errorf("couldn't render page %q: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", p); err != nil {
		return nil, fmt.Errorf("couldn't render page %q: %w", name, err)
	}
	return b.Bytes(), nil
}

// Offline serves the service worker. Its address is not hashed, as a browser must find the next one there, and it is asked about each time.
func (s *Site) Offline() http.Handler {
	b := *s.assets[s.names["offline.js"]]
	b.caching = Revalidate
	return &b
}

// Asset is the content of /assets/<hashed name>.
func (s *Site) Asset(name string) ([]byte, bool) {
	b := s.assets[name]
	if b == nil {
		return nil, false
	}
	for _, c := range b.codings {
		if c.name == "" {
			return c.body, true
		}
	}
	return nil, false
}

// Assets serves /assets/<hashed name>.
func (s *Site) Assets() http.Handler {
	return http.StripPrefix("/assets/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := s.assets[r.URL.Path]
		if b == nil {
			http.NotFound(w, r)
			return
		}
		b.ServeHTTP(w, r)
	}))
}
