package site

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

//go:embed pages/*.html
var pageFiles embed.FS

// parseAll reads layout and partials, and every page once: what does not parse is found before a visitor meets it.
func (s *Site) parseAll() (err error) {
	s.base, err = template.New("base").Funcs(s.funcs(swedish)).Funcs(fieldFuncs).ParseFS(pageFiles, "pages/layout.html", "pages/part_*.html")
	if err != nil {
		return fmt.Errorf("couldn't parse the layout: %w", err)
	}
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return err
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || strings.HasPrefix(name, "part_") {
			continue
		}
		if _, err := s.parse(swedish, name); err != nil {
			return err
		}
		s.known[name] = true
	}
	return nil
}

// parse makes a page in a language. Layout and partials are cloned, so a page cannot reach another page's parts.
func (s *Site) parse(lang, name string) (*template.Template, error) {
	t, err := s.base.Clone()
	if err != nil {
		return nil, err
	}
	if t, err = t.Funcs(s.funcs(lang)).ParseFS(pageFiles, "pages/"+name+".html"); err != nil {
		return nil, fmt.Errorf("couldn't parse page %s: %w", name, err)
	}
	if t.Lookup("main") == nil {
		return nil, fmt.Errorf(`couldn't use page %s: it defines no template "main"`, name)
	}
	return t, nil
}

// template is a page in a language. It is made when it is first asked for: few of the pages behind the sign-in are ever shown in
// most of the languages, and each holds some 300 kB.
func (s *Site) template(lang, name string) (*template.Template, error) {
	if t, ok := s.parsed.Load(lang + "/" + name); ok {
		return t.(*template.Template), nil
	}
	if !s.known[name] || s.words[lang] == nil {
		return nil, fmt.Errorf("there is no such page in language %q", lang)
	}
	t, err := s.parse(lang, name)
	if err != nil {
		return nil, err
	}
	first, _ := s.parsed.LoadOrStore(lang+"/"+name, t)
	return first.(*template.Template), nil
}

// funcs are the functions templates may call, bound to one language.
func (s *Site) funcs(lang string) template.FuncMap {
	w := s.words[lang]
	return template.FuncMap{
		"t":       w.Text,
		"count":   w.Count,
		"link":    func(path string) string { return Address(lang, path) },
		"tongues": func(path string) []tongue { return s.tongues(lang, path) },
		"kronor":  w.Kronor,
		"month":   w.Month,
		"day":     w.Day,
		"asset": func(name string) (string, error) {
			hashed, ok := s.names[name]
			if !ok {
				return "", fmt.Errorf("there is no asset %q in site/dist", name)
			}
			return "/assets/" + hashed, nil
		},
		"tag":        func(status string) string { return w["status."+status+".short"] },
		"calculator": func(c Calculator) calculatorData { return s.calculatorData(lang, c) },
		"receipt":    func(c ReceiptCheck) receiptData { return s.receiptData(lang, c) },
	}
}
