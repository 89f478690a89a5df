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

// parse makes every page of one language. Layout and partials are parsed once and cloned, so a page cannot reach another page's parts.
func (s *Site) parse(lang string) (map[string]*template.Template, error) {
	base, err := template.New("base").Funcs(s.funcs(lang)).Funcs(fieldFuncs).ParseFS(pageFiles, "pages/layout.html", "pages/part_*.html")
	if err != nil {
		return nil, fmt.Errorf("couldn't parse the layout: %w", err)
	}
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	pages := make(map[string]*template.Template)
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || strings.HasPrefix(name, "part_") {
			continue
		}
		t, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if pages[name], err = t.ParseFS(pageFiles, file); err != nil {
			return nil, fmt.Errorf("couldn't parse page %s: %w", name, err)
		}
		if pages[name].Lookup("main") == nil {
			return nil, fmt.Errorf(`couldn't use page %s: it defines no template "main"`, name)
		}
	}
	return pages, nil
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
