package server_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A mouth is a route that takes a body, with its media type and what a body begins with.
type mouth struct {
	name, path, media, begins string
}

var mouths = []mouth{
	{"form", "/ansok", "application/x-www-form-urlencoded", "facts="},
	{"section", "/ansok/kostnader", "application/x-www-form-urlencoded", "cost-rent="},
	{"calculator", "/rakna/server", "application/x-www-form-urlencoded", "vuxna="},
	{"document", "/ansok/underlag/fil", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"fil-bank\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7"},
	{"estimate", "/v1/assess", "application/json", `{"facts":"`},
}

// raw sends a request byte by byte as it is written here, and gives the answer's
// status; 0 where the connection ended without one.
func (s *site) raw(t testing.TB, b *browser, m mouth, head string, body io.Reader) (code int, sent int64) {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	home, _ := url.Parse(s.url)
	var cookies []string
	for _, k := range b.Jar.Cookies(home) {
		cookies = append(cookies, k.Name+"="+k.Value)
	}
	_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nCookie: %s\r\nContent-Type: %s\r\n%s\r\n", m.path, home.Host, s.url, strings.Join(cookies, "; "), m.media, head)
	done := make(chan struct{})
	go func() { // an answer may come before the body is sent
		defer close(done)
		sent, _ = io.Copy(struct{ io.Writer }{c}, body) // an error: the service has hung up
	}()
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil {
		code = res.StatusCode
		_ = res.Body.Close()
	}
	_ = c.Close()
	<-done
	return code, sent
}

// chunks is a body without end, in chunks of 32 KiB.
type chunks struct {
	begins string
	chunk  []byte
	at     int
}

func endless(begins string) *chunks {
	return &chunks{begins: fmt.Sprintf("%x\r\n%s\r\n", len(begins), begins), chunk: append(append([]byte("8000\r\n"), bytes.Repeat([]byte("x"), 0x8000)...), "\r\n"...)}
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.begins != "" {
		n := copy(p, c.begins)
		c.begins = c.begins[n:]
		return n, nil
	}
	n := copy(p, c.chunk[c.at:])
	c.at = (c.at + n) % len(c.chunk)
	return n, nil
}

// bomb is 200 MB in 200 kB.
var bomb = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range 200 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	return b.Bytes()
})

// resident is what of a process is in memory.
func resident(t testing.TB, process int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", process))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// TestBodies sends to every kind of input bodies without end, without or with another
// length than they have, packed, deep, wide and cut short: each is refused in time, and
// together they do not make the service, which is a process of its own, grow.
func TestBodies(t *testing.T) {
	t.Setenv("GOGC", "100") // what is kept counts, not what waits to be collected
	s, service := apart(t)
	b := s.as(t, "alva")
	b.begin()
	sized := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
	wide := map[bool]string{}
	for _, object := range []bool{false, true} {
		var w strings.Builder
		w.WriteString("{")
		for i := range 100_000 {
			if object {
				fmt.Fprintf(&w, `"k%d":0,`, i)
			} else {
				fmt.Fprintf(&w, "&%x", i)
			}
		}
		wide[object] = w.String()
	}
	deep := strings.Repeat("[", 20_000)
	harms := []struct {
		name string
		head func(mouth) string
		body func(mouth) io.Reader
	}{
		{"without end", func(mouth) string { return "Transfer-Encoding: chunked\r\n" }, func(m mouth) io.Reader { return endless(m.begins) }},
		{"ten gigabytes announced", func(mouth) string { return sized(10 << 30) }, func(m mouth) io.Reader { return io.MultiReader(strings.NewReader(m.begins), endless("x")) }},
		{"packed", func(mouth) string { return "Content-Encoding: gzip\r\n" + sized(len(bomb())) }, func(mouth) io.Reader { return bytes.NewReader(bomb()) }},
		{"without a length", func(mouth) string { return "" }, func(m mouth) io.Reader { return strings.NewReader(m.begins) }},
		{"two lengths", func(mouth) string { return sized(5) + sized(6) }, func(mouth) io.Reader { return strings.NewReader("facts") }},
		{"a negative length", func(mouth) string { return sized(-1) }, func(mouth) io.Reader { return strings.NewReader("facts") }},
		{"a chunk of no length", func(mouth) string { return "Transfer-Encoding: chunked\r\n" }, func(mouth) io.Reader { return strings.NewReader("zz\r\n") }},
		{"deep", func(mouth) string { return sized(len(deep) + 6) }, func(mouth) io.Reader { return strings.NewReader("facts=" + deep) }},
		{"wide", func(m mouth) string { return sized(len(wide[m.name == "estimate"])) }, func(m mouth) io.Reader { return strings.NewReader(wide[m.name == "estimate"]) }},
	}
	round := func() (n int) {
		for _, m := range mouths {
			for _, h := range harms {
				code, sent := s.raw(t, b, m, h.head(m), h.body(m))
				n++
				ok := code >= 400 && code < 500
				if h.name == "without a length" || h.name == "two lengths" && code == 0 {
					ok = ok || code == 200 || code == 303 // an empty body is a form where nothing is filled in
				}
				if m.path == "/ansok/kostnader" || m.path == "/ansok/underlag/fil" || m.path == "/rakna/server" {
					ok = ok || code == 200 || code == 303 // the page again, with what is wrong
				}
				if !ok || h.name == "without end" && m.name != "document" && code != 413 { // a document is refused on its form
					t.Errorf("%s, %s: %d", m.name, h.name, code)
				}
				if limit := int64(10<<20 + 8<<20); sent > limit {
					t.Errorf("%s, %s: %d bytes were taken", m.name, h.name, sent)
				}
			}
		}
		return n
	}
	idle := resident(t, service)
	round() // what is opened once is open
	before, peak := resident(t, service), int64(0)
	stop, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				peak = max(peak, resident(t, service))
			}
		}
	}()
	n := 0
	for range 2 {
		n += round()
	}
	close(stop)
	<-watched
	if grown := peak - before; grown > 50<<20 {
		t.Errorf("%d bodies made the service grow by %d MB", n, grown>>20)
	}
	if a := s.as(t, "bo").apply(single, nil); !strings.HasPrefix(a.path, "/arende/") {
		t.Errorf("afterwards: %d at %s", a.code, a.path)
	}
	t.Logf("%d bodies to %d inputs: %d MB before the first, %d MB after the first of each, grown by %d MB at most", n, len(mouths), idle>>20, before>>20, max(peak-before, 0)>>20)
}

// dripping is a body of which a byte comes each second.
type dripping struct{ stop chan struct{} }

func (d dripping) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		p[0] = 'x'
		return 1, nil
	case <-d.stop:
		return 0, io.EOF
	}
}

// TestDrippingBodies sends a body a byte a second to every input but a document's, which
// may come over a slow line: none is waited for longer than the service says, and others
// are answered meanwhile.
func TestDrippingBodies(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.begin()
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for _, m := range mouths {
		if m.name == "document" {
			continue
		}
		for range 6 {
			wg.Go(func() {
				if code, sent := s.raw(t, b, m, "Content-Length: 100000\r\n", dripping{stop}); code >= 200 && code < 400 || sent > 40 {
					t.Errorf("%s: %d after %d bytes", m.name, code, sent)
				}
			})
		}
	}
	for range 50 {
		if a := s.browser(t).get("/kvitto"); a.code != 200 {
			t.Errorf("meanwhile: %d", a.code)
		}
	}
	wg.Wait()
	close(stop)
}
