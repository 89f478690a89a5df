package server_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/server"
)

// FuzzReadConfig: a configuration is read and checked, or refused; nothing panics.
func FuzzReadConfig(f *testing.F) {
	example, err := os.ReadFile("deploy/config.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	f.Add([]byte(`{"eraseOld": true, /* a comment */ "rate": 1e3,}`))
	f.Add([]byte(`{"eraseold":true}`))
	f.Add([]byte(`{"municipalities":[{"code":"9999"},{"code":"9999"}],"approvers":[{}]}`))
	f.Fuzz(func(_ *testing.T, text []byte) {
		c, err := server.ReadConfig(text)
		if err != nil || c.TLS != (server.TLS{}) { // Check would open whatever path is named
			return
		}
		_ = c.Check()
	})
}

// FuzzRequest asks the whole service, as somebody signed in: whatever comes, it
// answers, and never that something went wrong with us.
func FuzzRequest(f *testing.F) {
	s := run(f, f.TempDir())
	b := s.as(f, "alva")
	f.Add("POST", "/ansok", "application/x-www-form-urlencoded", []byte("facts=%7B%7D"))
	f.Add("POST", "/rakna/server", "application/x-www-form-urlencoded", []byte("vuxna=1&p1-age=%ff"))
	f.Add("POST", "/ansok/kostnader", "application/x-www-form-urlencoded", []byte("cost-rent=6+500"))
	f.Add("GET", "/log/tile/entries/000", "", []byte(nil))
	f.Add("GET", "/granskning?kommun=9999", "", []byte(nil))
	f.Add("POST", "/v1/assess", "application/json", []byte(`{"facts":{}}`))
	f.Add("POST", "/auth/callback?code=a&state=b", "", []byte(nil))
	f.Fuzz(func(t *testing.T, method, path, media string, body []byte) {
		req, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
		if err != nil || req.URL.Host != strings.TrimPrefix(s.url, "http://") || slices.Contains(leaving, req.URL.Path) || !token(media) {
			return
		}
		if media != "" {
			req.Header.Set("Content-Type", media)
		}
		res, err := http.DefaultTransport.RoundTrip(signed(b, req))
		if err != nil {
			return // what no client may send: the library refuses it
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode >= 500 && res.StatusCode != http.StatusNotImplemented {
			t.Fatalf("%s %s: %d", method, path, res.StatusCode)
		}
	})
}

// FuzzDesk has a caseworker send anything about a case that waits for one.
func FuzzDesk(f *testing.F) {
	s := run(f, f.TempDir())
	id := strings.TrimPrefix(s.as(f, "alva").apply(over, nil).path, "/arende/")
	b := s.as(f, "doris")
	for act, form := range map[string]string{
		"andring": "act=preview&what=addition&amount=1+200%2C50&override-reason=x&version=2&shown=-9223372036854775809", "kvittera": "key=%ff&note=&version=2",
		"beslut": "outcome=refused&motivation=%00&version=18446744073709551616", "granser": "from=2026-13&until=&max-rent=1e9&percent=-0&why=x",
		"angra": "seq=0", "berakning": "version=", "stopp": "act=x", "meddelande": "text=", "komplettering": "last=2026-02-30&what=%ff", "rattelse": "ground=x&amount=-",
	} {
		f.Add(act, []byte(form))
	}
	f.Fuzz(func(t *testing.T, act string, form []byte) {
		req, err := http.NewRequest(http.MethodPost, s.url+"/handlaggare/"+id+"/"+url.PathEscape(act), bytes.NewReader(form))
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := http.DefaultTransport.RoundTrip(signed(b, req))
		if err != nil {
			return
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode >= 500 {
			t.Fatalf("%s %q: %d", act, form, res.StatusCode)
		}
	})
}

// FuzzUpload hands in files whose form, name and content are anybody's.
func FuzzUpload(f *testing.F) {
	s := run(f, f.TempDir())
	b := s.as(f, "alva")
	b.begin()
	f.Add("rent", "hyra.pdf", "b", []byte("%PDF-1.7"))
	f.Add("rent", "../../etc/passwd", "b", []byte("<svg onload=alert(1)>"))
	f.Add("", "a\r\nb", "--", []byte("--b\r\n"))
	f.Fuzz(func(t *testing.T, what, name, boundary string, content []byte) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		if w.SetBoundary(boundary) != nil {
			return
		}
		_ = w.WriteField("vad", what) // into memory
		part, _ := w.CreateFormFile("fil-"+what, name)
		_, _ = part.Write(content)
		_ = w.Close()
		req, err := http.NewRequest(http.MethodPost, s.url+"/ansok/underlag/fil", &body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", w.FormDataContentType())
		res, err := http.DefaultTransport.RoundTrip(signed(b, req))
		if err != nil {
			return
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode >= 500 {
			t.Fatalf("%q, %q: %d", what, name, res.StatusCode)
		}
	})
}

// leaving are the pages that end the session, after which little is left to ask.
var leaving = []string{"/logga-ut", "/lamna", "/sessioner"}

// signed adds a browser's cookies and its own origin to a request.
func signed(b *browser, req *http.Request) *http.Request {
	for _, c := range b.Jar.Cookies(req.URL) {
		req.AddCookie(c)
	}
	req.Header.Set("Origin", b.url)
	return req
}

// token says whether a text can be a header's value.
func token(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}
