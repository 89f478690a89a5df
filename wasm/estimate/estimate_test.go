package estimate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/conformance"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/estimate"
)

// native answers as the artefact does.
type native struct{}

func (native) Call(_ context.Context, name string, in []byte) ([]byte, error) {
	return contract.Call(name, in), nil
}

// trapped has no answer.
type trapped struct{}

func (trapped) Call(context.Context, string, []byte) ([]byte, error) {
	return nil, errors.New("the module failed")
}

const sha = "00000000000000000000000000000000000000000000000000000000000000ff"

func open(t testing.TB, c estimate.Config) http.Handler {
	t.Helper()
	if c.Engine == nil {
		c.Engine = native{}
	}
	c.SHA256, c.Words = sha, site.EngineWords
	h, err := estimate.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func do(t testing.TB, h http.Handler, method, target, body string) (int, http.Header, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	check(t, method, target, w)
	out, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, w.Header(), string(out)
}

const single = `{"facts":{"schema":"skalig/facts/1","month":"2026-03","persons":[{"id":"p1","role":"adult","age":34}]}}`

// TestConformance gives every published case its published answer, byte for byte.
func TestConformance(t *testing.T) {
	h := open(t, estimate.Config{})
	cases, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		want := contract.Assess(c.Input)
		code, _, got := do(t, h, "POST", "/v1/assess", string(c.Input))
		if got != string(want) {
			t.Errorf("%s: %.200s, want %.200s", c.Name, got, want)
		}
		expected := http.StatusOK
		if c.Refused == " too-large" {
			expected = http.StatusRequestEntityTooLarge
		} else if c.Refused != "" {
			expected = http.StatusUnprocessableEntity
		}
		if code != expected {
			t.Errorf("%s: status %d, want %d", c.Name, code, expected)
		}
	}
}

// TestRefusals: each error has its status and its code, in the engine's form.
func TestRefusals(t *testing.T) {
	h := open(t, estimate.Config{})
	for _, c := range []struct {
		method, target, body string
		code                 int
		want                 string
	}{
		{"POST", "/v1/assess", `{"facts":`, 422, `{"code":"syntax","path":"facts"}`},
		{"POST", "/v1/assess", strings.Repeat(" ", 1<<20+1), 413, `{"code":"too-large","path":""}`},
		{"POST", "/v1/assess?municipality=1287", strings.Repeat(" ", 1<<20+1), 413, `{"code":"too-large","path":""}`},
		{"POST", "/v1/explain", "{" + strings.Repeat(" ", 1<<20-1), 413, `{"code":"too-large","path":""}`},
		{"POST", "/v1/assess", strings.Replace(single, "2026-03", "2027-01", 1), 422, `"code":"no-norm","path":"facts.month"`},
		{"POST", "/v1/assess?municipality=0001", single, 422, `{"code":"unknown-municipality","path":"municipality"}`},
		{"POST", "/v1/assess?municipality=1287", strings.Replace(single, `"month"`, `"municipality":"1380","month"`, 1), 422, `"code":"guideline-municipality","path":"facts.municipality"`},
		{"POST", "/v1/assess?municipality=1287", `{"guideline":{},` + single[1:], 422, `"code":"repeated-field","path":"guideline"`},
		{"POST", "/v1/assess?municipality=1287", `[]`, 422, `"code":"type"`},
		{"POST", "/v1/assess?municipality=1287", ` { } `, 422, `{"code":"required","path":"facts"}`},
		{"POST", "/v1/explain?language=xx", single, 422, `{"code":"unknown-language","path":"language"}`},
		{"POST", "/v1/explain?language=page.sv", single, 422, `{"code":"unknown-language","path":"language"}`},
		{"POST", "/v1/explain", strings.Replace(single, "2026-03", "2027-01", 1), 422, `"text":"`},
		{"POST", "/v1/parameters", "x", 422, `{"code":"trailing","path":""}`},
		{"GET", "/v1/assess", "", 405, `{"code":"method","path":""}`},
		{"DELETE", "/v1/parameters", "", 405, `{"code":"method","path":""}`},
		{"POST", "/v1/schema", "", 405, `{"code":"method","path":""}`},
		{"GET", "/v1/schema/none.json", "", 404, `{"code":"unknown-call","path":""}`},
		{"GET", "/v1/schema/schema.go", "", 404, `{"code":"unknown-call","path":""}`},
		{"GET", "/v1/nothing", "", 404, `{"code":"unknown-call","path":""}`},
	} {
		code, head, got := do(t, h, c.method, c.target, c.body)
		if code != c.code || !strings.HasPrefix(got, `{"errors":[`) || !strings.Contains(got, c.want) {
			t.Errorf("%s %s %.40q: %d %s, want %d with %s", c.method, c.target, c.body, code, got, c.code, c.want)
		}
		if (code == http.StatusMethodNotAllowed) != (head.Get("Allow") != "") {
			t.Errorf("%s %s: Allow is %q", c.method, c.target, head.Get("Allow"))
		}
	}
	if code, _, got := do(t, open(t, estimate.Config{Engine: trapped{}}), "POST", "/v1/assess", single); code != 500 || got != `{"errors":[{"code":"failed","path":""}]}` {
		t.Errorf("a trap is answered with %d %s", code, got)
	}
}

// TestTooLargeIsTheEngines: the refusal that the engine is not asked for is the
// engine's own.
func TestTooLargeIsTheEngines(t *testing.T) {
	body := strings.Repeat(" ", 1<<20+1)
	if _, _, got := do(t, open(t, estimate.Config{}), "POST", "/v1/assess", body); got != string(contract.Assess([]byte(body))) {
		t.Error(got)
	}
}

// TestMunicipality takes the guideline that is in force in the facts' month.
func TestMunicipality(t *testing.T) {
	h := open(t, estimate.Config{})
	for _, e := range municipal.All() {
		facts := fmt.Sprintf(`{"schema":"skalig/facts/1","month":"%s","municipality":"%s","persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}],"costs":[{"id":"k1","kind":"rent","amount":9000}]}`, e.From, e.Code)
		want := string(contract.Assess(contract.Input([]byte(facts), e.Bytes, nil)))
		if _, _, got := do(t, h, "POST", "/v1/assess?municipality="+e.Code, ` {"facts":`+facts+`}`); got != want {
			t.Errorf("%s from %s: %.200s, want %.200s", e.Name, e.From, got, want)
		}
	}
	early := strings.Replace(single, "2026-03", "2019-01", 1)
	if _, _, got := do(t, h, "POST", "/v1/assess?municipality=9999", early); !strings.Contains(got, "guideline-later") {
		t.Errorf("a month before the first guideline: %s", got)
	}
}

// TestLanguage explains in the language that is asked for, in Swedish when none
// is, and in the caller's own words when they are there.
func TestLanguage(t *testing.T) {
	h := open(t, estimate.Config{})
	answered := map[string]string{}
	for _, query := range []string{"", "?language=sv", "?language=en", "?language=sv-x-lattlast", "?language=en&municipality=9999"} {
		code, _, got := do(t, h, "POST", "/v1/explain"+query, single)
		if code != 200 {
			t.Fatalf("%s: %d %s", query, code, got)
		}
		answered[query] = got
	}
	if answered[""] != answered["?language=sv"] || answered[""] == answered["?language=en"] || answered["?language=en"] == answered["?language=en&municipality=9999"] {
		t.Error("the words are not those that were asked for")
	}
	english, err := site.EngineWords("en")
	if err != nil {
		t.Fatal(err)
	}
	own := `{"words":` + string(english) + `,` + single[1:]
	if _, _, got := do(t, h, "POST", "/v1/explain", own); got != answered["?language=en"] {
		t.Errorf("words of the caller's own: %.200s", got)
	}
	if code, _, got := do(t, h, "POST", "/v1/explain?language=en", own); code != 422 || !strings.Contains(got, "repeated-field") {
		t.Errorf("words twice: %d %.200s", code, got)
	}
}

// TestOtherSites: any page may ask, and no answer is kept unless it is the same
// for everyone.
func TestOtherSites(t *testing.T) {
	h := open(t, estimate.Config{})
	code, head, body := do(t, h, "OPTIONS", "/v1/assess", "")
	if code != 204 || body != "" || head.Get("Access-Control-Allow-Headers") != "Content-Type" || head.Get("Access-Control-Allow-Methods") != "GET, HEAD, POST" {
		t.Errorf("preflight: %d %v", code, head)
	}
	for _, target := range []string{"/v1/assess", "/v1/parameters", "/v1/schema", "/v1/none"} {
		_, head, _ := do(t, h, "GET", target, "")
		if head.Get("Access-Control-Allow-Origin") != "*" || head.Get("Access-Control-Allow-Credentials") != "" || head.Get("Set-Cookie") != "" || head.Get("Skalig-Engine") != sha {
			t.Errorf("%s: %v", target, head)
		}
	}
	if _, head, _ := do(t, h, "POST", "/v1/assess", single); head.Get("Cache-Control") != "no-store" {
		t.Errorf("an answer may be kept: %v", head)
	}
}

func TestTooManyRequests(t *testing.T) {
	left := 2
	h := open(t, estimate.Config{Allow: func(*http.Request) bool { left--; return left >= 0 }})
	var got []int
	for range 3 {
		code, head, _ := do(t, h, "POST", "/v1/assess", single)
		got = append(got, code)
		if code == 429 && head.Get("Retry-After") == "" {
			t.Error("it does not say how long to wait")
		}
	}
	if fmt.Sprint(got) != "[200 200 429]" {
		t.Error(got)
	}
}

// FuzzAddress: what the address adds never lets a body say what it could not say
// without: a body that is refused stays refused.
func FuzzAddress(f *testing.F) {
	h := open(f, estimate.Config{})
	f.Add("9999", "sv", []byte(single))
	f.Add("1287", "", []byte(`{}`))
	f.Add("", "en", []byte(`{"words":`))
	f.Fuzz(func(t *testing.T, municipality, language string, body []byte) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/v1/assess", bytes.NewReader(body))
		q := r.URL.Query()
		q.Set("municipality", municipality)
		r.URL.RawQuery = q.Encode()
		h.ServeHTTP(w, r)
		alone := contract.Assess(body)
		if w.Code == 200 && bytes.Contains(alone, []byte(`"syntax"`)) {
			t.Fatalf("%q is answered with %s", body, w.Body)
		}
		w = httptest.NewRecorder()
		r = httptest.NewRequest("POST", "/v1/explain", bytes.NewReader(body))
		q.Set("language", language)
		r.URL.RawQuery = q.Encode()
		h.ServeHTTP(w, r)
		if w.Code != 200 && !bytes.HasPrefix(w.Body.Bytes(), []byte(`{"errors":[`)) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}
