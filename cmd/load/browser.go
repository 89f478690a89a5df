package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A browser is one person's: cookies, connections and an address of its own, since
// the service bounds what comes from one.
type browser struct {
	http.Client
	url string
	f   *figures
}

func newBrowser(base string, n int, f *figures) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it has no options that could be wrong
	}
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+n>>16&63), byte(n>>8), byte(1+n%254))}
	dialer := &net.Dialer{LocalAddr: from, Timeout: 10 * time.Second}
	transport := &http.Transport{MaxIdleConnsPerHost: 2, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return dialer.DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
	}}
	return &browser{Client: http.Client{Jar: jar, Transport: transport, Timeout: 60 * time.Second}, url: base, f: f}
}

func (b *browser) close() { b.CloseIdleConnections() }

// A page is what a chain of redirects ended at.
type page struct {
	path string
	body string
}

// ask sends a request and times it under a name; any answer but 200 is an error.
func (b *browser) ask(ctx context.Context, name, path string, form url.Values) (page, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, b.url+path, body)
	if err != nil {
		return page{}, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", b.url)
	}
	began := time.Now()
	res, err := b.Do(req)
	if err != nil {
		return page{}, fmt.Errorf("%s: %w", name, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return page{}, fmt.Errorf("%s: %w", name, err)
	}
	b.f.took(name, time.Since(began))
	if res.StatusCode != http.StatusOK {
		return page{}, fmt.Errorf("%s: answered by %d", name, res.StatusCode)
	}
	return page{res.Request.URL.Path, string(text)}, nil
}

var (
	requestID  = regexp.MustCompile(`name="request" value="([^"]+)"`)
	formKey    = regexp.MustCompile(`name="key" value="([^"]+)"`)
	invitation = regexp.MustCompile(`/medsokande/[a-z0-9]{26}`)
)

// find gives what a page holds, or an error that quotes nothing of it.
func (p page) find(what string, in *regexp.Regexp) (string, error) {
	m := in.FindStringSubmatch(p.body)
	if m == nil {
		return "", fmt.Errorf("%s lacks %s", strings.SplitN(p.path, "/", 3)[1], what)
	}
	return m[len(m)-1], nil
}

// signIn chooses a person on the provider's page that p is.
func (b *browser) signIn(ctx context.Context, p page, person string) (page, error) {
	id, err := p.find("a sign-in", requestID)
	if err != nil {
		return page{}, err
	}
	return b.ask(ctx, "sign in", "/demo/idp/valj", url.Values{"request": {id}, "person": {person}})
}
