package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
)

// demonstration serves a folder for as long as visit takes.
func demonstration(t *testing.T, data string, visit func(url string), settings ...func(*server.Config)) {
	t.Helper()
	demonstrationAt(t, "127.0.0.1:0", data, visit, settings...)
}

func demonstrationAt(t *testing.T, addr, data string, visit func(url string), settings ...func(*server.Config)) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	started, ended := make(chan string, 1), make(chan error, 1)
	noon := time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)
	c := server.Config{Addr: addr, Data: data, Demo: demo.New(), Version: "test", Clock: func() time.Time { return noon },
		Started: func(url string) { started <- url }}
	for _, set := range settings {
		set(&c)
	}
	go func() { ended <- server.Run(ctx, c) }()
	select {
	case url := <-started:
		visit(url)
	case err := <-ended:
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// A visitor is a browser at a running service.
type visitor struct {
	t      *testing.T
	client *http.Client
	base   string
}

func visit(t *testing.T, base string) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar, Timeout: 20 * time.Second}, base}
}

// do gives the page that the last of a chain of redirects leads to, and its path.
func (v visitor) do(method, path string, form url.Values) (body, at string) {
	v.t.Helper()
	req, err := http.NewRequest(method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", v.base)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		v.t.Fatalf("%s: %d %v", path, res.StatusCode, err)
	}
	return string(text), res.Request.URL.Path
}

func (v visitor) get(path string) string {
	v.t.Helper()
	body, _ := v.do(http.MethodGet, path, nil)
	return body
}

// decided applies as a person, is granted, and gives the receipt.
func (v visitor) decided(person string) (receipt string) {
	v.t.Helper()
	return v.get(v.granted(person) + "/kvitto.json")
}

// granted applies as a person, and gives where the decision is.
func (v visitor) granted(person string) (path string) {
	v.t.Helper()
	hidden := func(page, name string) string {
		m := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(page)
		if m == nil {
			v.t.Fatalf("no %s on the page", name)
		}
		return m[1]
	}
	facts := `{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999","persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}],` +
		`"housing":{"tenure":"rent","rooms":2},"costs":[{"id":"k1","kind":"rent","amount":6500}],` +
		`"incomes":[{"id":"i1","kind":"sicknessBenefit","person":"p1","amount":5000,"month":"2026-10","source":"declared"}]}`
	page, _ := v.do(http.MethodPost, "/ansok", url.Values{"facts": {facts}})
	page, _ = v.do(http.MethodPost, "/demo/idp/valj", url.Values{"request": {hidden(page, "request")}, "person": {person}})
	_, path = v.do(http.MethodPost, "/ansok/skicka", url.Values{"key": {hidden(page, "key")}, "attest": {"ja"}})
	return path
}
