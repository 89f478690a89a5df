// Command pages takes the calculator's pages from a running service, for the edge
// worker to serve as they are:
//
//	go run ./cmd/worker/pages -from https://host [-o bin/worker/assets]
//
// It asks for the public pages in every language and for all that they name of
// assets and artefacts, and writes each as a file, and the headers that the
// service gave to _headers, in the platform's form. Only the policy for forms
// differs: it allows the service, where an application goes on. Pages name the
// months that can be applied for, so they are taken anew at least every month.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/skalig/skalig/site"
)

func main() {
	from := flag.String("from", "", "the service's address, https://host")
	out := flag.String("o", filepath.Join("bin", "worker", "assets"), "the folder to make; what is in it is removed")
	flag.Parse()
	if err := take(strings.TrimSuffix(*from, "/"), *out); err != nil {
		fmt.Fprintf(os.Stderr, "error: couldn't take the pages: %v\n", err)
		os.Exit(1)
	}
}

// named are the addresses that a page or script names and needs.
var named = regexp.MustCompile(`/(?:assets|engine|verify)/[A-Za-z0-9._-]+\.[a-z0-9]+`)

// kinds of what is taken, by how the address begins; each has the same headers.
var kinds = []struct{ prefix, pattern string }{
	{"/assets/", "/assets/*"}, {"/engine/", "/engine/*"}, {"/verify/", "/verify/*"}, {"/", "/*"},
}

// kept are the headers that the edge sends too. The others are the platform's:
// what a body is compressed with, and its tag.
var kept = []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy",
	"Strict-Transport-Security", "Cache-Control", "Access-Control-Allow-Origin", "Service-Worker-Allowed"}

func take(from, out string) error {
	service, err := url.Parse(from)
	if err != nil || service.Host == "" {
		return errors.New("-from must be the address of a running service, https://host")
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	todo := []string{"/offline.js"}
	for _, language := range site.Languages() {
		for _, p := range append(site.Statics(), site.Static{Path: "/rakna"}, site.Static{Path: "/kvitto"}) {
			todo = append(todo, site.Address(language, p.Path))
		}
	}
	heads := map[string]http.Header{}
	client := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for i := 0; i < len(todo); i++ {
		body, head, err := get(client, from+todo[i])
		if err != nil {
			return err
		}
		if err := write(filepath.Join(out, file(todo[i])), body); err != nil {
			return err
		}
		if err := same(heads, todo[i], head); err != nil {
			return err
		}
		if kind := head.Get("Content-Type"); !strings.HasPrefix(kind, "text/") {
			continue
		}
		for _, found := range named.FindAllString(string(body), -1) {
			if !slices.Contains(todo, found) {
				todo = append(todo, found)
			}
		}
	}
	fmt.Printf("%d files of %s in %s\n", len(todo), from, out)
	return write(filepath.Join(out, "_headers"), []byte(headers(heads, from)))
}

func get(client *http.Client, address string) ([]byte, http.Header, error) {
	for tries := 0; ; tries++ {
		res, err := client.Get(address)
		if err != nil {
			return nil, nil, err
		}
		body, err := io.ReadAll(io.LimitReader(res.Body, 25<<20))
		res.Body.Close()
		switch {
		case err != nil:
			return nil, nil, err
		case res.StatusCode == http.StatusTooManyRequests && tries < 5:
			time.Sleep(5 * time.Second)
		case res.StatusCode != http.StatusOK:
			return nil, nil, fmt.Errorf("%s is answered with %s", address, res.Status)
		default:
			return body, res.Header, nil
		}
	}
}

// file is the name by which the platform finds an address.
func file(address string) string {
	switch {
	case address == "/":
		return "index.html"
	case filepath.Ext(address) == "":
		return filepath.FromSlash(address[1:]) + ".html"
	}
	return filepath.FromSlash(address[1:])
}

func kind(address string) string {
	for _, k := range kinds {
		if strings.HasPrefix(address, k.prefix) {
			return k.pattern
		}
	}
	return "/*"
}

// same keeps the headers of each kind and refuses two of a kind that differ.
func same(heads map[string]http.Header, address string, head http.Header) error {
	mine := http.Header{}
	for _, name := range kept {
		if v := head.Get(name); v != "" {
			mine.Set(name, v)
		}
	}
	known, ok := heads[kind(address)]
	if !ok {
		heads[kind(address)] = mine
		return nil
	}
	for _, name := range kept {
		if known.Get(name) != mine.Get(name) {
			return fmt.Errorf("%s has %s %q, others of its kind %q", address, name, mine.Get(name), known.Get(name))
		}
	}
	return nil
}

// headers are the rules of _headers. What every answer has stands under /*; a
// narrower rule takes away what it says otherwise.
func headers(heads map[string]http.Header, service string) string {
	var b strings.Builder
	everywhere := heads["/*"]
	for i := len(kinds) - 1; i >= 0; i-- {
		head, ok := heads[kinds[i].pattern]
		if !ok {
			continue
		}
		b.WriteString(kinds[i].pattern + "\n")
		for _, name := range kept {
			v := head.Get(name)
			if name == "Content-Security-Policy" {
				v = strings.Replace(v, "form-action 'self'", "form-action 'self' "+service, 1)
			}
			switch {
			case kinds[i].pattern == "/*" && v != "":
				fmt.Fprintf(&b, "  %s: %s\n", name, v)
			case kinds[i].pattern != "/*" && head.Get(name) != everywhere.Get(name):
				if everywhere.Get(name) != "" {
					fmt.Fprintf(&b, "  ! %s\n", name)
				}
				if v != "" {
					fmt.Fprintf(&b, "  %s: %s\n", name, v)
				}
			}
		}
	}
	return b.String()
}

func write(path string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o644)
}
