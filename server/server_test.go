package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/server/flow/flowtest"
)

const single = flowtest.Single

var noon = flowtest.Noon

// over has a rent above the cap, so that a human decides.
var over = strings.Replace(single, `"amount":6500`, `"amount":9500`, 1)

// site is a running service.
type site struct {
	url  string
	data string
	log  *syncBuffer
	stop func()
}

// run starts a demonstration on a free port and waits until it is ready.
func run(t testing.TB, data string, change ...func(*server.Config)) *site {
	t.Helper()
	log := &syncBuffer{}
	started := make(chan string, 1)
	c := server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Rate: 100_000, Version: "test", Chromium: "none", Clock: func() time.Time { return noon },
		Log:     slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Started: func(url string) { started <- url }}
	for _, fn := range change {
		fn(&c)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx, c) }()
	s := &site{data: data, log: log}
	s.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the service ended with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the service did not end")
		}
	})
	select {
	case s.url = <-started:
	case err := <-ended:
		t.Fatal(err)
	case <-time.After(90 * time.Second): // on a machine that is busy
		t.Fatalf("the service did not start; it says\n%s", log.String())
	}
	t.Cleanup(s.stop)
	return s
}

// browser keeps cookies and follows redirects.
type browser struct {
	t testing.TB
	*http.Client
	url string
}

func (s *site) browser(t testing.TB) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar, Timeout: 20 * time.Second}, s.url}
}

// An answer is the last of a chain of redirects.
type answer struct {
	code int
	path string
	body string
	head http.Header
}

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Request.URL.Path, string(body), res.Header}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", b.url)
	return b.do(req)
}

var requestID = regexp.MustCompile(`name="request" value="([^"]+)"`)

// choose picks a person on the page of the demonstration's provider.
func (b *browser) choose(a answer, person string) answer {
	b.t.Helper()
	m := requestID.FindStringSubmatch(a.body)
	if m == nil {
		b.t.Fatalf("%s is no page to choose a person on (%d)", a.path, a.code)
	}
	return b.post("/demo/idp/valj", url.Values{"request": {m[1]}, "person": {person}})
}

// as gives a browser in which the person is signed in.
func (s *site) as(t testing.TB, person string) *browser {
	t.Helper()
	b := s.browser(t)
	b.choose(b.get("/logga-in"), person)
	return b
}

var formKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

// apply sends an application and gives the page it leads to.
func (b *browser) apply(facts string, more url.Values) answer {
	b.t.Helper()
	a := b.post("/ansok", url.Values{"facts": {facts}})
	m := formKey.FindStringSubmatch(a.body)
	if m == nil {
		b.t.Fatalf("no form to send at %s (%d): %s", a.path, a.code, a.body)
	}
	form := url.Values{"key": {m[1]}, "attest": {"ja"}}
	for k, v := range more {
		form[k] = v
	}
	return b.post("/ansok/skicka", form)
}

func TestApplyAndReadDecision(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.browser(t)
	page := b.post("/ansok", url.Values{"facts": {single}})
	page = b.choose(page, "alva")
	if page.path != "/ansok/kontrollera" || page.code != 200 {
		t.Fatalf("after sign-in: %s %d", page.path, page.code)
	}
	if !strings.Contains(page.body, "6\u00a0720") || !strings.Contains(page.body, "heder och samvete") {
		t.Errorf("the page to check: %s", page.body)
	}
	page = b.apply(single, nil)
	if !strings.HasPrefix(page.path, "/arende/") || page.code != 200 {
		t.Fatalf("after sending: %s %d %s", page.path, page.code, page.body)
	}
	for _, want := range []string{"Du får", "6\u00a0720", "automatiserad beslutsfunktion", "Delegationsordning", "tre veckor", "förvaltningsrätten", "Spara kvittot"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the decision lacks %q", want)
		}
	}
	receipt := b.get(page.path + "/kvitto.json")
	if receipt.code != 200 || !strings.HasPrefix(receipt.body, `{"schema":"skalig/receipt/1"`) {
		t.Errorf("the receipt: %d %.80s", receipt.code, receipt.body)
	}
	code := b.get(page.path + "/kvitto.svg")
	if code.code != 200 || code.head.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(code.body, "<svg") {
		t.Errorf("the code: %d %s", code.code, code.head)
	}
	if mine := b.get("/mina"); !strings.Contains(mine.body, page.path) || !strings.Contains(mine.body, "Beviljad") {
		t.Errorf("my cases: %s", mine.body)
	}
}

// The answers of a draft come back to be changed, to nobody else and into no
// cache; what is sent then takes the draft's place.
func TestChangeDraft(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	if page := b.get("/ansok/andra"); page.path != "/ansok" {
		t.Errorf("without a draft: %s %d", page.path, page.code)
	}
	check := b.post("/ansok", url.Values{"facts": {single}})
	page := b.get("/ansok/andra")
	if page.path != "/ansok/andra" || page.code != 200 || page.head.Get("Cache-Control") != "no-store" || page.head.Get("Content-Encoding") != "" {
		t.Errorf("the page to change a draft on: %s %d %v", page.path, page.code, page.head)
	}
	for _, want := range []string{`"facts":{"schema":"skalig/facts/1"`, `"amount":6500`, "utkast på servern"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page to change a draft on lacks %q", want)
		}
	}
	if public := b.get("/rakna"); strings.Contains(public.body, `"facts":{`) || public.body != s.browser(t).get("/rakna").body {
		t.Error("the public calculator is not the same for everyone")
	}
	changed := b.post("/ansok", url.Values{"facts": {strings.Replace(single, `"amount":6500`, `"amount":6000`, 1)}})
	if !strings.Contains(changed.body, "6\u00a0220") {
		t.Errorf("the changed draft: %s %d", changed.path, changed.code)
	}
	old := formKey.FindStringSubmatch(check.body)
	if old == nil {
		t.Fatal("no form to send the draft with")
	}
	late := b.post("/ansok/skicka", url.Values{"key": {old[1]}, "attest": {"ja"}, "acute": {"ja"}, "human": {"ja"}})
	if late.code != 409 || !strings.Contains(late.body, "Inget har skickats") || !strings.Contains(late.body, "6\u00a0220") ||
		!strings.Contains(late.body, `id="acute" value="ja" checked`) || !strings.Contains(late.body, `id="human" value="ja" checked`) || strings.Contains(late.body, `id="attest" value="ja" checked`) {
		t.Errorf("the page of the replaced draft: %d %s", late.code, late.body)
	}
	sent := b.apply(single, nil)
	if a := b.post("/ansok/skicka", url.Values{"key": {old[1]}, "attest": {"ja"}}); a.code != 409 || !strings.Contains(a.body, `href="`+sent.path+`"`) {
		t.Errorf("the page of a draft whose successor is sent: %d %s", a.code, a.body)
	}
	if page := b.get("/ansok/andra"); strings.Contains(page.body, `"facts":{`) {
		t.Errorf("a sent application is a draft to change: %s", page.path)
	}
}

// syncBuffer is a log that several goroutines write to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
