package letter_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/letter"
)

// TestPrintFetchesNothing prints a letter that tries every way to make the browser
// fetch an address or read a file. What people write is escaped long before (package
// site); this is for the day when it is not.
func TestPrintFetchesNothing(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1) }))
	defer srv.Close()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "hemlig.html")
	if err := os.WriteFile(file, []byte(`<!doctype html><body style="background:#123456"><h1>Hemlig</h1></body>`), 0o600); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Beslut</title>`)
	for _, at := range []string{"http://127.0.0.1:" + port, "http://localhost:" + port, "http://[::1]:" + port, "http://0.0.0.0:" + port, "http://metadata:" + port, "file://" + file} {
		b.WriteString(strings.ReplaceAll(`<link rel="stylesheet" href="@/a.css"><link rel="preload" as="image" href="@/b"><link rel="prefetch" href="@/c"><link rel="dns-prefetch" href="@">
<style>@import url("@/d.css"); body{background:url("@/e")} @font-face{font-family:x;src:url("@/f")} p{font-family:x}</style>
<img src="@/g"><img srcset="@/h 1x"><iframe src="@/i"></iframe><object data="@/j"></object><embed src="@/k"><video src="@/l" poster="@/m" autoplay></video>
<svg><image href="@/n"/><use href="@/o#x"/></svg><input type="image" src="@/p"><iframe srcdoc="<img src=@/q><script>fetch('@/r')</script>"></iframe>
<form action="@/s"><button autofocus>x</button></form><script src="@/t"></script><a href="@/u" ping="@/v">u</a>`, "@", at))
	}
	b.WriteString(`<meta http-equiv="refresh" content="0;url=http://127.0.0.1:` + port + `/z"><base href="http://127.0.0.1:` + port + `/"></head><body><p>Brev</p><img src="w"><iframe src="file:///etc/hostname"></iframe></body></html>`)

	p, err := letter.Find(os.Getenv("CHROMIUM"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	pdf, err := p.Print(ctx, []byte(b.String()))
	if n := asked.Load(); n != 0 {
		t.Errorf("%d addresses were fetched", n)
	}
	if err != nil {
		t.Fatal(err)
	}
	// The file's colour, as PDF writes it: .07 .2 .34.
	for _, stream := range streams(pdf) {
		if bytes.Contains(stream, []byte(".07058")) {
			t.Error("the PDF holds the file")
		}
	}
}

// streams are the PDF's streams, those that are deflated inflated.
func streams(pdf []byte) (all [][]byte) {
	for _, part := range bytes.Split(pdf, []byte("stream\n"))[1:] {
		r, err := zlib.NewReader(bytes.NewReader(part))
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(r) // what comes before an error counts too
		all = append(all, text)
	}
	return all
}
