package server_test

import (
	"bytes"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server"
)

// The sections of the household of single, as its form is filled in: a person of
// 34 in two rooms with rent 6 500 and sickness benefit 5 000, who gets 6 720.
var alone = []struct {
	section string
	form    url.Values
}{
	{"grund", url.Values{"month": {"2026-11"}, "municipality": {"9999"}}},
	{"hushall", url.Values{"adults": {"1"}, "children": {"0"}, "p1-age": {"34"}, "p1-before": {"no"}}},
	{"bostad", url.Values{"tenure": {"rent"}, "rooms": {"2"}, "shared": {"no"}}},
	{"kostnader", url.Values{"cost-rent": {"6 500 kr"}}},
	{"inkomster", url.Values{"income-p1-sicknessBenefit": {"5\u00a0000,00"}}},
	{"tillgangar", url.Values{}},
}

// fillIn answers every section, each of which must be kept.
func (b *browser) fillIn(more map[string]url.Values) {
	b.t.Helper()
	for _, part := range alone {
		form := url.Values{}
		for _, from := range []url.Values{part.form, more[part.section]} {
			for k, v := range from {
				form[k] = v
			}
		}
		if a := b.post("/ansok/"+part.section, form); a.code != 200 || strings.Contains(a.body, "error-summary") {
			b.t.Fatalf("the section %s: %d %s %s", part.section, a.code, a.path, faults(a.body))
		}
	}
}

var faultList = regexp.MustCompile(`(?s)error-summary.*?</div>`)

func faults(body string) string { return faultList.FindString(body) }

func (b *browser) begin() {
	b.t.Helper()
	if a := b.post("/ansok/ny", url.Values{"kind": {"new"}}); a.path != "/ansok/grund" {
		b.t.Fatalf("beginning leads to %s %d", a.path, a.code)
	}
}

// check gives the page to check and the key on it.
func (b *browser) check() (page answer, key string) {
	b.t.Helper()
	page = b.get("/ansok/kontrollera")
	m := formKey.FindStringSubmatch(page.body)
	if m == nil {
		b.t.Fatalf("no form to send at %s (%d): %s", page.path, page.code, page.body)
	}
	return page, m[1]
}

// TestFormWithoutScript fills in the whole form as a browser without scripts
// would, and is granted what the calculator's entry would give.
func TestFormWithoutScript(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.browser(t)
	if a := b.get("/ansok"); a.code != 200 || !strings.Contains(a.body, "Logga in och börja") {
		t.Fatalf("the start: %d", a.code)
	}
	b.choose(b.get("/logga-in?till=/ansok"), "alva")
	b.begin()
	tasks := b.get("/ansok")
	for _, want := range []string{"Kan inte börja än", "Inte börjad", "Den sparas till 6 december 2026", "Lämna sidan snabbt", `href="/prata"`} {
		if !strings.Contains(tasks.body, want) {
			t.Errorf("the task list lacks %q", want)
		}
	}
	if a := b.get("/ansok/kontrollera"); !strings.Contains(a.body, "kvar innan du kan skicka") {
		t.Error("an empty application can be sent")
	}
	b.fillIn(nil)
	page, key := b.check()
	for _, want := range []string{"6\u00a0720", "Hyra eller avgift", "Sjukpenning", "/ansok/kostnader", "/ansok/bostad"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page to check lacks %q", want)
		}
	}
	if a := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}}); !strings.HasPrefix(a.path, "/arende/") || !strings.Contains(a.body, "Du får") || !strings.Contains(a.body, "6\u00a0720") {
		t.Errorf("sent: %s %s", a.path, a.body)
	}
}

// TestFaultsKeepWhatWasTyped: each fault stands at its field and in the summary,
// and what was typed is there.
func TestFaultsKeepWhatWasTyped(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.begin()
	b.fillIn(nil)
	for _, c := range []struct {
		section, field, typed, want string
	}{
		{"kostnader", "cost-rent", "sex tusen", "Skriv beloppet med siffror"},
		{"kostnader", "cost-rent", "1.200,5,0", "Skriv beloppet med siffror"},
		{"inkomster", "income-p1-wage", "-5", "Beloppet kan inte vara mindre än noll."},
		{"inkomster", "income-p1-wage", "1000000000000", "Beloppet är för stort."},
		{"hushall", "p1-from", "januari", "Skriv månaden som 2026-03"},
		{"hushall", "children", "21", "från 0 till 20"},
		{"hushall", "adults", "3", "Välj om du söker själv"},
		{"bostad", "tenure", "slott", "Välj hur du bor"},
		{"grund", "municipality", "0180", "Välj din kommun"},
		{"grund", "month", "2027-05", "Välj vilken månad"},
		{"kontakt", "phone", "ring mig", "med siffror"},
	} {
		a := b.post("/ansok/"+c.section, url.Values{c.field: {c.typed}})
		if a.code != 422 || !strings.Contains(faults(a.body), c.want) || !strings.Contains(faults(a.body), `href="#`+c.field+`"`) ||
			!strings.Contains(a.body, `id="`+c.field+`"`) || !strings.Contains(a.body, "<title>Fel:") {
			t.Errorf("%s %s=%q: %d %s", c.section, c.field, c.typed, a.code, faults(a.body))
		}
		if c.section != "hushall" && c.section != "bostad" && c.section != "grund" && !strings.Contains(a.body, `value="`+c.typed+`"`) {
			t.Errorf("%s %s: %q is gone", c.section, c.field, c.typed)
		}
	}
	if page, _ := b.check(); !strings.Contains(page.body, "6\u00a0720") {
		t.Error("a fault changed what was kept")
	}
}

// TestUnknownAmountGoesToAHuman: "I don't know" is an answer.
func TestUnknownAmountGoesToAHuman(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.begin()
	b.fillIn(map[string]url.Values{"kostnader": {"cost-electricity-unknown": {"ja"}}})
	page, key := b.check()
	if !strings.Contains(page.body, "Du vet inte beloppet") {
		t.Error("the page to check does not tell of it")
	}
	if a := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}}); !strings.Contains(a.body, "Några uppgifter saknas") {
		t.Errorf("sent: %s", a.body)
	}
}

// TestDraftsSurviveAndEnd: a form outlives a restart, is offered and not doubled,
// is destroyed on request, and ends 14 days after its latest change.
func TestDraftsSurviveAndEnd(t *testing.T) {
	data := t.TempDir()
	now := noon
	clock := func(c *server.Config) { c.Clock = func() time.Time { return now } }
	s := run(t, data, clock)
	b := s.as(t, "alva")
	b.begin()
	b.fillIn(nil)
	addr := strings.TrimPrefix(s.url, "http://")
	s.stop()
	s = run(t, data, clock, func(c *server.Config) { c.Addr = addr })
	b.url = s.url
	if page, _ := b.check(); !strings.Contains(page.body, "6\u00a0720") {
		t.Error("the form did not survive")
	}
	if a := b.post("/ansok/ny", url.Values{"kind": {"new"}}); a.path != "/ansok" || !strings.Contains(a.body, "Allt som behövs är ifyllt") {
		t.Errorf("a second one: %s", a.path)
	}
	if a := b.post("/ansok", url.Values{"facts": {over}}); !strings.Contains(a.body, "Du har redan en ansökan") {
		t.Errorf("the calculator replaces a form without asking: %s", a.path)
	}
	if a := b.post("/ansok/kontrollera", url.Values{"behall": {"sparade"}}); !strings.Contains(a.body, "6\u00a0720") {
		t.Error("keeping the saved one did not")
	}
	b.post("/ansok", url.Values{"facts": {over}})
	if a := b.post("/ansok/kontrollera", url.Values{"behall": {"nya"}}); !strings.Contains(a.body, "9\u00a0500") {
		t.Error("taking the calculator's did not")
	}
	if a := b.get("/mina"); !strings.Contains(a.body, "sparas till 6 december 2026") {
		t.Error("my cases do not tell of the form")
	}
	// Somebody else meets nothing of it.
	if a := s.as(t, "bo").get("/ansok/kostnader"); strings.Contains(a.body, "6 500") {
		t.Error("Bo sees Alva's form")
	}
	if a := b.post("/ansok/ta-bort", nil); a.path != "/mina" || strings.Contains(a.body, "inte skickad") {
		t.Errorf("removed: %s", a.path)
	}

	b.begin()
	b.fillIn(nil)
	addr = strings.TrimPrefix(s.url, "http://")
	s.stop()
	now = now.AddDate(0, 0, 14).Add(time.Second)
	s = run(t, data, clock, func(c *server.Config) { c.Addr = addr })
	b = s.as(t, "alva")
	if a := b.get("/ansok"); strings.Contains(a.body, "Din ansökan") || !strings.Contains(a.body, "Börja ansökan") {
		t.Error("a form is shown after its time")
	}
	s.stop()
	forms, err := os.ReadFile(filepath.Join(data, "forms.db"))
	if err != nil || strings.Contains(string(forms), "awaiting") {
		t.Errorf("%v", err)
	}
}

// letter is a small PDF.
var letter = append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("hemligt underlag "), 64)...)

// send uploads a file.
func (b *browser) upload(path, what, name string, content []byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("papper-bank", "later")
	part, err := form.CreateFormFile("fil-"+what, name)
	if err != nil {
		b.t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = form.Close()
	req, err := http.NewRequest(http.MethodPost, b.url+path, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Origin", b.url)
	return b.do(req)
}

// TestDocuments hands in, takes back, refuses, and shows to the right people.
func TestDocuments(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	b := s.as(t, "alva")
	b.begin()
	b.fillIn(map[string]url.Values{"kostnader": {"cost-rent": {"9500"}}}) // over the cap: a human decides
	if a := b.upload("/ansok/underlag/fil", "rent", `..\..\Min hyra.pdf`, letter); a.code != 200 || !strings.Contains(a.body, "Min hyra.pdf") || strings.Contains(a.body, `..\`) {
		t.Fatalf("a PDF: %d %s", a.code, faults(a.body))
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"a program":   {[]byte("MZ\x90\x00"), "varken en bild eller en PDF"},
		"a page":      {[]byte("<html><script>"), "varken en bild eller en PDF"},
		"empty":       {nil, "Filen är tom"},
		"over 10 MB":  {append([]byte("%PDF-"), make([]byte, 10<<20)...), "större än 10 MB"},
		"far over it": {append([]byte("%PDF-"), make([]byte, 11<<20)...), "större än 10 MB"},
	} {
		if a := b.upload("/ansok/underlag/fil", "rent", "x.pdf", c.content); a.code != 422 || !strings.Contains(a.body, c.want) {
			t.Errorf("%s: %d %s", name, a.code, faults(a.body))
		}
	}
	if a := b.upload("/ansok/underlag/fil", "okänt", "x.pdf", letter); a.code != 400 {
		t.Errorf("an unknown sort: %d", a.code)
	}
	// What is answered beside a document stays, whichever button is pressed.
	const later, unavailable = `value="later" checked`, `value="unavailable" checked`
	if a := b.upload("/ansok/underlag/fil", "bank", "", nil); a.code != 422 || !strings.Contains(faults(a.body), "Välj en fil först") || !strings.Contains(a.body, later) {
		t.Errorf("no file: %d %s", a.code, faults(a.body))
	}
	if a := b.upload("/ansok/underlag/fil", "bank", "konto.jpg", []byte("\xff\xd8\xff\xe0 bild")); !strings.Contains(a.body, later) {
		t.Error("a document took the answer beside it")
	}
	if a := b.post("/ansok/underlag/2/ta-bort", url.Values{"papper-bank": {"unavailable"}}); !strings.Contains(a.body, unavailable) || strings.Contains(a.body, "konto.jpg") {
		t.Error("taking a document back took the answer beside it, or left the document")
	}
	if a := b.post("/ansok/underlag", url.Values{"papper-bank": {"later"}, "fil-bank": {"konto.jpg"}}); a.code != 422 || !strings.Contains(faults(a.body), "konto.jpg är inte uppladdad") || !strings.Contains(a.body, later) {
		t.Errorf("a file that was chosen only: %d %s", a.code, faults(a.body))
	}
	// Every document that is asked for gets an answer.
	if a := b.post("/ansok/underlag", url.Values{}); a.code != 422 || !strings.Contains(faults(a.body), "Kontoutdrag") || strings.Contains(faults(a.body), "Hyresavi") {
		t.Errorf("no answers: %d %s", a.code, faults(a.body))
	}
	if a := b.post("/ansok/underlag", url.Values{"papper-bank": {"later"}}); a.code != 200 {
		t.Errorf("answers: %d", a.code)
	}
	got := b.get("/ansok/underlag/1")
	if got.body != string(letter) || got.head.Get("Content-Disposition") != `attachment; filename=underlag-1.pdf` ||
		got.head.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.head.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("downloaded: %d %v", got.code, got.head)
	}
	page, key := b.check()
	if !strings.Contains(page.body, "Min hyra.pdf") || !strings.Contains(page.body, "Kommer senare") {
		t.Error("the page to check does not show the documents")
	}
	sent := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}})
	id := strings.TrimPrefix(sent.path, "/arende/")
	for who, want := range map[string]int{"alva": 200, "bo": 404, "doris": 404} {
		if a := s.as(t, who).get("/arende/" + id + "/underlag/1"); a.code != want {
			t.Errorf("%s at the case's document: %d", who, a.code)
		}
	}
	for who, want := range map[string]int{"doris": 200, "erik": 404, "alva": 404} {
		if a := s.as(t, who).get("/handlaggare/" + id + "/dokument/1"); a.code != want || want == 200 && a.body != string(letter) {
			t.Errorf("%s at the desk's document: %d", who, a.code)
		}
	}
	// More can be handed in to the case, by its own people.
	if a := b.upload("/arende/"+id+"/underlag", "other", "mer.png", []byte("\x89PNG\r\n\x1a\nbild")); a.code != 200 || !strings.Contains(a.body, "mer.png") {
		t.Errorf("more to the case: %d %s", a.code, faults(a.body))
	}
	if a := s.as(t, "bo").upload("/arende/"+id+"/underlag", "other", "bo.png", []byte("\x89PNG\r\n\x1a\nbild")); a.code != 404 {
		t.Errorf("Bo hands in to Alva's case: %d", a.code)
	}
	files := s.as(t, "doris").get("/handlaggare/" + id + "/dokument")
	for _, want := range []string{"Min hyra.pdf", "mer.png", "Kommer senare", "med e-legitimation", "på webben"} {
		if !strings.Contains(files.body, want) {
			t.Errorf("the desk's list lacks %q", want)
		}
	}
	if a := s.as(t, "doris").get("/handlaggare/" + id + "/dokument/2"); a.code != 404 {
		t.Errorf("a document that was taken back: %d", a.code)
	}
	err := filepath.WalkDir(data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "hemligt underlag") || strings.Contains(string(text), "Min hyra") {
			t.Errorf("%s holds a document's content or name in the open", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDiskFull: where the disk has no room for a document, everything else stands.
func TestDiskFull(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	b := s.as(t, "alva")
	b.begin()
	b.fillIn(nil)
	b.upload("/ansok/underlag/fil", "rent", "ett.pdf", letter)
	folders, err := filepath.Glob(filepath.Join(data, "documents", "*"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("%v %v", folders, err)
	}
	if err := os.Symlink("/dev/full", filepath.Join(folders[0], "2.new")); err != nil { // every write says that there is no space left
		t.Fatal(err)
	}
	if a := b.upload("/ansok/underlag/fil", "bank", "tva.pdf", letter); a.code != 422 || !strings.Contains(a.body, "Vi har inte plats för filen just nu. Allt annat är sparat.") || !strings.Contains(a.body, "ett.pdf") {
		t.Errorf("a full disk: %d %s", a.code, faults(a.body))
	}
	if a := b.upload("/ansok/underlag/fil", "bank", "tva.pdf", letter); a.code != 200 || !strings.Contains(a.body, "tva.pdf") {
		t.Errorf("afterwards: %d %s", a.code, faults(a.body))
	}
}

// couple fills in an application of Alva's together with somebody.
func (b *browser) couple(number string) {
	b.t.Helper()
	b.begin()
	b.fillIn(map[string]url.Values{
		"hushall": {"adults": {"2"}, "p2-age": {"33"}, "p2-before": {"no"}},
	})
	if a := b.post("/ansok/medsokande", url.Values{"partner-name": {"Bo Exempel"}, "partner-number": {number}}); a.code != 200 {
		b.t.Fatalf("the co-applicant: %d %s", a.code, faults(a.body))
	}
	if a := b.post("/ansok/kontakt", url.Values{"phone": {"070-000 00 01"}}); a.code != 200 {
		b.t.Fatal("the contact")
	}
}

var invitationLink = regexp.MustCompile(`/medsokande/[a-z0-9]{26}`)

// TestCouple: two adults, each with an e-ID of their own. The amount is package
// sol's to test; here it is who may see and do what, and that the last signature
// decides.
func TestCouple(t *testing.T) {
	s := run(t, t.TempDir())
	alva, bo, cleo := s.as(t, "alva"), s.as(t, "bo"), s.as(t, "cleo")
	alva.couple("19930301-2398")
	_, key := alva.check()
	sign := url.Values{"key": {key}, "attest": {"ja"}}
	if a := alva.post("/ansok/skicka", sign); a.path != "/ansok/vantar" || !strings.Contains(a.body, "Nu behöver Bo Exempel göra det") {
		t.Fatalf("Alva signs: %s %d %s", a.path, a.code, a.body)
	}
	link := invitationLink.FindString(bo.get("/mina").body)
	if link == "" {
		t.Fatal("Bo is not asked")
	}
	for name, b := range map[string]*browser{"alva": alva, "cleo": cleo} {
		if a := b.get(link); a.code != 404 {
			t.Errorf("%s at Bo's invitation: %d", name, a.code)
		}
		for _, act := range []string{"oppna", "skriv", "avboj"} { // the form as Bo would send it
			if a := b.post(link, url.Values{"act": {act}, "key": {key}, "attest": {"ja"}}); a.code != 404 {
				t.Errorf("%s in Bo's place, %s: %d", name, act, a.code)
			}
		}
	}
	first := bo.get(link)
	if !strings.Contains(first.body, "Alva Exempel vill söka") || strings.Contains(first.body, "6\u00a0500") || strings.Contains(first.body, "Hyra") {
		t.Errorf("before Bo has said that they live together: %s", first.body)
	}
	opened := bo.post(link, url.Values{"act": {"oppna"}})
	for _, want := range []string{"6\u00a0500", "Sjukpenning", "heder och samvete", "Lämna sidan snabbt"} {
		if !strings.Contains(opened.body, want) {
			t.Errorf("the joint facts lack %q", want)
		}
	}
	for _, not := range []string{"070-000", "19921122", "2386", "/behov"} {
		if strings.Contains(opened.body, not) {
			t.Errorf("the co-applicant sees %q", not)
		}
	}
	bosKey := formKey.FindStringSubmatch(opened.body)[1]

	// A change voids both signatures.
	alva.post("/ansok/kostnader", url.Values{"cost-rent": {"6400"}})
	if a := bo.post(link, url.Values{"act": {"skriv"}, "key": {bosKey}, "attest": {"ja"}}); a.code != 404 {
		t.Errorf("Bo signs what Alva has changed and not signed: %d %s", a.code, a.path)
	}
	_, key = alva.check()
	sign.Set("key", key)
	alva.post("/ansok/skicka", sign)
	if a := bo.post(link, url.Values{"act": {"skriv"}, "key": {bosKey}, "attest": {"ja"}}); a.code != 409 || !strings.Contains(a.body, "har ändrats sedan du öppnade den") {
		t.Errorf("Bo signs what he has not seen: %d", a.code)
	}
	opened = bo.post(link, url.Values{"act": {"oppna"}})
	bosKey = formKey.FindStringSubmatch(opened.body)[1]
	if a := bo.post(link, url.Values{"act": {"skriv"}, "key": {bosKey}}); a.code != 422 || !strings.Contains(a.body, "Intyga att") {
		t.Errorf("Bo signs without attesting: %d", a.code)
	}
	done := bo.post(link, url.Values{"act": {"skriv"}, "key": {bosKey}, "attest": {"ja"}})
	if !strings.HasPrefix(done.path, "/arende/") || !strings.Contains(done.body, "Du får") {
		t.Fatalf("Bo signs: %s %d %s", done.path, done.code, done.body)
	}
	for name, c := range map[string]struct {
		b    *browser
		want int
	}{"alva": {alva, 200}, "bo": {bo, 200}, "cleo": {cleo, 404}} {
		if a := c.b.get(done.path); a.code != c.want {
			t.Errorf("%s at the case: %d", name, a.code)
		}
	}
	if a := alva.post("/ansok/skicka", sign); a.path != done.path {
		t.Errorf("Alva presses again: %s", a.path)
	}
	if again := bo.post(link, url.Values{"act": {"skriv"}, "key": {bosKey}, "attest": {"ja"}}); again.path != done.path {
		t.Errorf("Bo presses again: %s", again.path)
	}
	// Both are named, and each letter is to who reads it.
	for name, b := range map[string]*browser{"Alva": alva, "Bo": bo} {
		letter := b.get(done.path + "/brev")
		letter.has(t, name+"'s letter", `<p class="letter__to">`+name+" Exempel<br>", "Alva Exempel, 19921122-2386, och Bo Exempel, 19930301-2398")
		b.get(done.path).has(t, name+"'s decision", "Alva Exempel, 19921122-2386, och Bo Exempel, 19930301-2398")
	}
	// The household and month are decided, whoever of them applies.
	if a := bo.apply(single, nil); !strings.Contains(a.body, "Det finns redan ett beslut för ditt hushåll") {
		t.Errorf("Bo applies for the same month: %s", a.body)
	}
}

// TestCoApplicantDeclines: a no is told to the applicant without a reason, and the
// form is theirs to change.
func TestCoApplicantDeclines(t *testing.T) {
	s := run(t, t.TempDir())
	alva, bo := s.as(t, "alva"), s.as(t, "bo")
	alva.couple("199303012398")
	_, key := alva.check()
	alva.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}})
	link := invitationLink.FindString(bo.get("/mina").body)
	if a := bo.post(link, url.Values{"act": {"avboj"}}); a.path != "/mina" || invitationLink.MatchString(a.body) {
		t.Errorf("declined: %s", a.path)
	}
	if a := bo.get(link); a.code != 404 {
		t.Errorf("after declining: %d", a.code)
	}
	if a := alva.get("/ansok/vantar"); !strings.Contains(a.body, "skriver inte under") {
		t.Error("Alva is not told")
	}
	for _, number := range []string{"199211222386", "199303012399", "930301-2398", ""} {
		if a := alva.post("/ansok/medsokande", url.Values{"partner-name": {"X"}, "partner-number": {number}}); a.code != 422 {
			t.Errorf("the number %q: %d", number, a.code)
		}
	}
	// Without the other adult nothing can be sent.
	if a := alva.post("/ansok", url.Values{"facts": {strings.Replace(single, `"monthsInRow":0}]`, `"monthsInRow":0},{"id":"p2","role":"adult","age":30,"monthsInRow":0}]`, 1)}}); a.code != 200 {
		t.Errorf("%d", a.code)
	}
}

// TestRenewal carries last month on: same, changed and ended rows.
func TestRenewal(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.apply(strings.Replace(single, `"costs":[`, `"costs":[{"id":"k2","kind":"electricity","amount":300},`, 1), nil) // 7 020
	if a := b.get("/ansok"); !strings.Contains(a.body, "Sök för en ny månad") {
		t.Fatal("no renewal is offered")
	}
	page := b.post("/ansok/ny", url.Values{"kind": {"renewal"}})
	if page.path != "/ansok/forra" || !strings.Contains(page.body, "6 500 kr") {
		t.Fatalf("the renewal begins at %s: %s", page.path, page.body)
	}
	if a := b.post("/ansok/forra", url.Values{"cost-rent": {"same"}}); a.code != 422 || !strings.Contains(faults(a.body), "Svara på El i hemmet") {
		t.Errorf("half answered: %d %s", a.code, faults(a.body))
	}
	form := url.Values{"cost-rent": {"changed"}, "cost-rent-amount": {"6 600"}, "cost-electricity": {"ended"}, "income-p1-sicknessBenefit": {"same"}, "unchanged": {"yes"}}
	if a := b.post("/ansok/forra", form); a.code != 200 {
		t.Errorf("answered: %d %s", a.code, faults(a.body))
	}
	b.post("/ansok/tillgangar", url.Values{})
	check, key := b.check()
	// 5 220 + 6 600 − 5 000 = 6 820, for December, with one month of support before.
	for _, want := range []string{"6\u00a0820", "december 2026", "Ändrat sedan förra gången, då 6 500 kr", "Har upphört. Förra gången 300 kr", "Bistånd 1 månad"} {
		if !strings.Contains(check.body, want) {
			t.Errorf("the page to check lacks %q", want)
		}
	}
	if a := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}}); !strings.HasPrefix(a.path, "/arende/") {
		t.Errorf("sent: %s %d", a.path, a.code)
	}
}

// TestRenewalAfterARefusal: a refused month is no month with support, and the machine does
// not grant what a person refused.
func TestRenewalAfterARefusal(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	page := b.apply(single, url.Values{"human": {"ja"}}).path
	s.as(t, "doris").decide("refused", "Du har tackat nej till praktik.")
	b.await(page, "Du har tackat nej till praktik.")
	if page := b.post("/ansok/ny", url.Values{"kind": {"renewal"}}); page.path != "/ansok/forra" {
		t.Fatalf("the renewal begins at %s", page.path)
	}
	b.post("/ansok/forra", url.Values{"cost-rent": {"same"}, "income-p1-sicknessBenefit": {"same"}, "unchanged": {"yes"}})
	b.post("/ansok/tillgangar", url.Values{})
	check, key := b.check()
	if strings.Contains(check.body, "Bistånd 1 månad") {
		t.Error("the refused month is counted")
	}
	if a := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}}); !strings.Contains(a.body, "Förra beslutet gav dig inte allt") {
		t.Errorf("sent: %s %s", a.path, a.body)
	}
}

// TestRenewalOfAChild: its month of birth is asked for once, and it is older in the month
// after its birthday.
func TestRenewalOfAChild(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.begin()
	b.fillIn(map[string]url.Values{"hushall": {"children": {"1"}}, "inkomster": {"income-p1-childBenefit": {"1250"}}})
	if a := b.post("/ansok/barn", url.Values{"c1-born": {"201912"}, "c1-lunch": {"away"}}); a.code != 200 {
		t.Fatalf("the child: %d %s", a.code, faults(a.body))
	}
	check, key := b.check()
	if !strings.Contains(check.body, "Barn, 6 år") {
		t.Error("in November the child is not 6")
	}
	page := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}}).path
	b.await(page, "Du får")
	b.post("/ansok/ny", url.Values{"kind": {"renewal"}})
	b.post("/ansok/forra", url.Values{"cost-rent": {"same"}, "income-p1-sicknessBenefit": {"same"}, "income-p1-childBenefit": {"same"}, "unchanged": {"yes"}})
	b.post("/ansok/tillgangar", url.Values{})
	if check, _ := b.check(); !strings.Contains(check.body, "Barn, 7 år") {
		t.Error("in December the child is not 7")
	}
}

// TestSupplement asks for more in a month that is decided: a human always decides.
func TestSupplement(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.apply(single, nil)
	if a := b.post("/ansok/ny", url.Values{"kind": {"supplement"}}); a.path != "/ansok/kostnader" || !strings.Contains(a.body, `value="6 500"`) {
		t.Fatalf("the supplement begins at %s", a.path)
	}
	b.post("/ansok/kostnader", url.Values{"cost-rent": {"6500"}, "cost-electricity": {"400"}})
	page, key := b.check()
	if !strings.Contains(page.body, "Nytt sedan förra gången") {
		t.Error("what is new is not told")
	}
	if a := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}}); !strings.Contains(a.body, "Det finns redan ett beslut") {
		t.Errorf("sent: %s", a.body)
	}
}

// TestExpiredSessionKeepsInput: a form that comes after its session has ended is
// filled in again after sign-in, for the one who typed it and nobody else.
func TestExpiredSessionKeepsInput(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.begin()
	b.fillIn(nil)
	mark := regexp.MustCompile(`name="vem" value="([0-9a-f]{32})"`).FindStringSubmatch(b.get("/ansok/kostnader").body)[1]
	late := url.Values{"vem": {mark}, "cost-rent": {"6 499"}, "cost-electricity": {"trehundra"}}
	for who, back := range map[string]bool{"alva": true, "bo": false} {
		gone := s.browser(t) // as it is when the session has ended
		a := gone.post("/ansok/kostnader", late)
		if a.code != 401 || !strings.Contains(a.body, "Det du skrev finns kvar") || !strings.Contains(a.body, "/logga-in?till=/ansok/kostnader") {
			t.Fatalf("late: %d %s", a.code, a.body)
		}
		a = gone.choose(gone.get("/logga-in?till=/ansok/kostnader"), who)
		if got := strings.Contains(a.body, `value="6 499"`) && strings.Contains(a.body, `value="trehundra"`) && strings.Contains(a.body, "Välkommen tillbaka"); got != back {
			t.Errorf("%s at %s: typed input there: %v", who, a.path, got)
		}
	}
	if page, _ := b.check(); !strings.Contains(page.body, "6\u00a0720") {
		t.Error("a late form was kept as an answer")
	}
	talk := s.browser(t)
	topics := regexp.MustCompile(`name="topic"[^>]* value="([a-z]+)"`).FindAllStringSubmatch(b.get("/prata").body, 2)
	talk.post("/prata", url.Values{"vem": {mark}, "text": {"Ring mig inte"}, "topic": {topics[0][1], topics[1][1]}})
	if a := talk.choose(talk.get("/logga-in?till=/prata"), "alva"); !strings.Contains(a.body, "Ring mig inte") || strings.Count(a.body, " checked") != 2 {
		t.Errorf("a late wish to talk is lost, or what it is about: %s", a.body)
	}
}

// TestTalk: what is written reaches the list of its municipality at once, and
// nothing and nobody else.
func TestTalk(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	alva, bo, doris, erik := s.as(t, "alva"), s.as(t, "bo"), s.as(t, "doris"), s.as(t, "erik")
	before := s.log.String()
	calm := url.Values{"municipality": {"9999"}, "text": {"Jag vill prata om skulder"}, "topic": {"debt"}, "safe": {"call"}, "phone": {"070-000 00 02"}}
	if a := bo.post("/behov", calm); a.path != "/prata/tack" || strings.Contains(a.body, "skulder") {
		t.Fatalf("Bo: %s", a.path)
	}
	alva.couple("199303012398")
	acute := url.Values{"municipality": {"9999"}, "text": {"Han läser min post"}, "topic": {"safety"}, "acute": {"ja"}, "safe": {"never"}}
	if a := alva.post("/prata", acute); a.path != "/prata/tack" {
		t.Fatalf("Alva: %s %d", a.path, a.code)
	}
	if a := alva.post("/prata", url.Values{"municipality": {"0180"}}); a.code != 422 {
		t.Errorf("an unknown municipality: %d", a.code)
	}
	if a := doris.get("/handlaggare"); !strings.Contains(a.body, "2 personer vill prata med någon") {
		t.Error("the queue doesn't say that two want to talk")
	}
	if a := erik.get("/handlaggare"); strings.Contains(a.body, "personer vill prata med någon") {
		t.Error("the neighbour's queue says that somebody wants to talk")
	}
	list := doris.get("/handlaggare/samtal").body
	first, second := strings.Index(list, "Han läser min post"), strings.Index(list, "prata om skulder")
	if first < 0 || second < first || !strings.Contains(list, "Ring inte.") || !strings.Contains(list, "19921122-2386") {
		t.Errorf("the list: %s", list)
	}
	for name, b := range map[string]*browser{"alva": alva, "bo": bo, "erik": erik} {
		if a := b.get("/handlaggare/samtal"); strings.Contains(a.body, "Han läser") || name != "erik" && a.code != 404 {
			t.Errorf("%s at the list: %d", name, a.code)
		}
	}
	id := regexp.MustCompile(`name="id" value="(talk-[a-z0-9]{26})"`).FindStringSubmatch(list)[1]
	if a := erik.post("/handlaggare/samtal", url.Values{"id": {id}, "note": {"Jag tog det"}}); a.code != 404 {
		t.Errorf("the neighbour marks it: %d", a.code)
	}
	if a := doris.post("/handlaggare/samtal", url.Values{"id": {id}, "note": {" "}}); a.code != 422 {
		t.Errorf("no note: %d", a.code)
	}
	if a := doris.post("/handlaggare/samtal", url.Values{"id": {id}, "note": {"Träffade henne på biblioteket"}}); a.code != 200 || !strings.Contains(a.body, "Träffade henne") {
		t.Errorf("marked: %d", a.code)
	}
	if a := doris.get("/handlaggare"); !strings.Contains(a.body, "En person vill prata med någon") {
		t.Error("the queue doesn't say that one still wants to talk")
	}
	// The case goes its automatic way, and no page of it tells: not to Bo, not to Alva.
	_, key := alva.check()
	alva.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}})
	link := invitationLink.FindString(bo.get("/mina").body)
	opened := bo.post(link, url.Values{"act": {"oppna"}})
	done := bo.post(link, url.Values{"act": {"skriv"}, "key": {formKey.FindStringSubmatch(opened.body)[1]}, "attest": {"ja"}})
	receipt := bo.get(done.path + "/kvitto.json")
	desk := doris.get("/handlaggare/" + strings.TrimPrefix(done.path, "/arende/"))
	for where, text := range map[string]string{"the joint facts": opened.body, "the decision": done.body, "the receipt": receipt.body,
		"the desk's case": desk.body, "the log": s.log.String()[len(before):], "the mine page": bo.get("/mina").body + alva.get("/mina").body} {
		for _, secret := range []string{"läser min post", "safety", "rädd för", "biblioteket", "070-000 00 02"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", where, secret)
			}
		}
	}
	if !strings.Contains(done.body, "Du får") {
		t.Errorf("a private wish to talk was felt in the case: %s", done.body)
	}
}

// TestAcuteNeedLeavesTheAutomaticTrack from the form to the head of the queue.
func TestAcuteNeedLeavesTheAutomaticTrack(t *testing.T) {
	s := run(t, t.TempDir())
	s.as(t, "bo").apply(over, nil)
	b := s.as(t, "alva")
	b.begin()
	b.fillIn(nil)
	_, key := b.check()
	if a := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}, "acute": {"ja"}}); !strings.Contains(a.body, "akut behov") || !strings.Contains(a.body, "före andra") {
		t.Errorf("sent: %s", a.body)
	}
	if queue := s.as(t, "doris").get("/handlaggare").body; !strings.Contains(queue, "Akut") {
		t.Error("the queue does not show it")
	}
}

// TestEntry: paper, phone and assisted applications by the same sections, the same
// rules, and into the person's own cases.
func TestEntry(t *testing.T) {
	s := run(t, t.TempDir())
	doris, erik, alva := s.as(t, "doris"), s.as(t, "erik"), s.as(t, "alva")
	for _, bad := range []url.Values{{"number": {"19921122-2387"}, "name": {"A"}, "channel": {"paper"}}, {"number": {"19921122-2386"}, "channel": {"paper"}},
		{"number": {"19921122-2386"}, "name": {"A"}, "channel": {"web"}}} {
		if a := doris.post("/handlaggare/ny", bad); a.code != 422 {
			t.Errorf("%v: %d", bad, a.code)
		}
	}
	begun := doris.post("/handlaggare/ny", url.Values{"number": {"19921122-2386"}, "name": {"Alva Exempel"}, "channel": {"paper"}})
	if !strings.HasPrefix(begun.path, "/inmatning/") {
		t.Fatalf("begun at %s %d", begun.path, begun.code)
	}
	for name, b := range map[string]*browser{"erik": erik, "alva": alva} {
		if a := b.get(begun.path); a.code != 404 {
			t.Errorf("%s at the entry: %d", name, a.code)
		}
	}
	for _, part := range alone {
		if a := doris.post(begun.path+"/"+part.section, part.form); a.code != 200 {
			t.Fatalf("%s: %d %s", part.section, a.code, faults(a.body))
		}
	}
	doris.upload(begun.path+"/underlag/fil", "rent", "avi.pdf", letter)
	page := doris.get(begun.path + "/kontrollera")
	key := formKey.FindStringSubmatch(page.body)[1]
	if a := doris.post(begun.path+"/skicka", url.Values{"key": {key}, "attest": {"ja"}}); a.code != 422 || !strings.Contains(a.body, "har skrivit under eller sagt ja") {
		t.Errorf("without the person's signature: %d", a.code)
	}
	sent := doris.post(begun.path+"/skicka", url.Values{"key": {key}, "attest": {"ja"}, "sign-p1": {"ja"}})
	if !strings.HasPrefix(sent.path, "/handlaggare/") {
		t.Fatalf("sent: %s %d %s", sent.path, sent.code, faults(sent.body))
	}
	id := strings.TrimPrefix(sent.path, "/handlaggare/")
	if a := alva.get("/arende/" + id); !strings.Contains(a.body, "Du får") || !strings.Contains(a.body, "6\u00a0720") {
		t.Errorf("Alva's case: %d %s", a.code, a.body)
	}
	if a := alva.get("/arende/" + id + "/underlag/1"); a.code != 200 {
		t.Errorf("Alva's document: %d", a.code)
	}
	if a := s.as(t, "bo").get("/arende/" + id); a.code != 404 {
		t.Errorf("Bo at Alva's case: %d", a.code)
	}
}

var sessionID = regexp.MustCompile(`name="id" value="([A-Z0-9]+)"`)

// TestSessions: a person sees where they are signed in, and ends one or all.
func TestSessions(t *testing.T) {
	s := run(t, t.TempDir())
	one, two, bo := s.as(t, "alva"), s.as(t, "alva"), s.as(t, "bo")
	list := one.get("/sessioner")
	ids := sessionID.FindAllStringSubmatch(list.body, -1)
	if len(ids) != 1 || strings.Count(list.body, "Inloggad 2") != 2 {
		t.Fatalf("the list: %s", list.body)
	}
	if a := bo.post("/sessioner", url.Values{"id": {ids[0][1]}}); a.path != "/sessioner" || two.get("/mina").path != "/mina" {
		t.Error("Bo ended Alva's session")
	}
	one.post("/sessioner", url.Values{"id": {ids[0][1]}})
	if two.get("/mina").path == "/mina" || one.get("/mina").path != "/mina" {
		t.Error("ending the other one did not, or ended this one")
	}
	three := s.as(t, "alva")
	if a := one.post("/sessioner", url.Values{}); a.path != "/" {
		t.Errorf("ending all leads to %s", a.path)
	}
	if one.get("/mina").path == "/mina" || three.get("/mina").path == "/mina" || bo.get("/mina").path != "/mina" {
		t.Error("ending all did not end all of Alva's, or ended Bo's")
	}
}

// TestQuickExit leads away and signs out, without a script; a link from elsewhere
// leads away and signs nobody out.
func TestQuickExit(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	leave := func(site string) answer {
		req, err := http.NewRequest(http.MethodGet, s.url+"/lamna", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Sec-Fetch-Site", site)
		return b.do(req)
	}
	if a := leave("cross-site"); a.code != 303 || b.get("/mina").code != 200 {
		t.Errorf("from elsewhere: %d", a.code)
	}
	if a := leave("same-origin"); a.code != 303 || strings.HasPrefix(a.head.Get("Location"), s.url) || a.head.Get("Referrer-Policy") != "no-referrer" || a.head.Get("Clear-Site-Data") != `"cache", "storage"` {
		t.Errorf("the exit: %d %v", a.code, a.head)
	}
	if b.get("/mina").code != 303 {
		t.Error("the exit did not sign out")
	}
}

// TestSignInTroubles: each has a plain page with a way on.
func TestSignInTroubles(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.browser(t)
	for path, want := range map[string]string{
		"/auth/callback?state=forged&code=x":           "för gammal, eller har redan använts",
		"/auth/callback?state=&code=x":                 "för gammal, eller har redan använts",
		"/auth/callback?error=access_denied&state=own": "för gammal, eller har redan använts",
	} {
		if a := b.get(path); a.code != 400 || !strings.Contains(a.body, want) || !strings.Contains(a.body, `href="/logga-in"`) {
			t.Errorf("%s: %d", path, a.code)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_ = free.Close()
	down := run(t, t.TempDir(), func(c *server.Config) { c.Addr, c.URL = address, "http://127.0.0.1:1" }) // where no provider answers
	req, err := http.NewRequest(http.MethodGet, down.url+"/logga-in", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Host, req.Host = address, "127.0.0.1:1"
	if a := down.browser(t).do(req); a.code != 502 || !strings.Contains(a.body, "Tjänsten för e-legitimation svarar inte") {
		t.Errorf("the provider is down: %d %s", a.code, a.body)
	}
}
