package server_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server"
)

// decide lets Doris decide the case that she sees first, and gives its id.
func (b *browser) decide(outcome, why string) string {
	b.t.Helper()
	m := caseLink.FindStringSubmatch(b.get("/handlaggare").body)
	if m == nil {
		b.t.Fatal("the queue is empty")
	}
	b.approve(m[1])
	v := version.FindStringSubmatch(b.get("/handlaggare/" + m[1]).body)
	if v == nil {
		b.t.Fatal("the desk has no form")
	}
	if a := b.post("/handlaggare/"+m[1]+"/beslut", url.Values{"version": {v[1]}, "outcome": {outcome}, "provision": {"norm"}, "motivation": {why}}); a.code != 200 {
		b.t.Fatalf("the decision: %d", a.code)
	}
	return m[1]
}

func (a answer) has(t *testing.T, what string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s (%d) lacks %q", what, a.code, want)
		}
	}
}

// TestDialogue: messages both ways, a request with its last day, and the answer.
func TestDialogue(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	page := alva.apply(over, nil)
	id := strings.TrimPrefix(page.path, "/arende/")
	page.has(t, "the waiting page", "Vad som har hänt", "Ansökan kom in", "Inga meddelanden än", "0999-123 45")
	doris := s.as(t, "doris")
	desk := "/handlaggare/" + id

	if a := doris.post(desk+"/komplettering", url.Values{"text": {""}, "due": {"2026-11-01"}}); a.code != 422 {
		t.Errorf("an empty request for yesterday: %d", a.code)
	} else {
		a.has(t, "the form", "Skriv vad som saknas", "Välj en dag som inte har varit")
	}
	if a := doris.post(desk+"/komplettering", url.Values{"text": {"Skicka hyresavin för november."}, "due": {"2026-12-04"}}); a.code != 200 {
		t.Errorf("a request: %d", a.code)
	}
	asked := alva.get(page.path)
	asked.has(t, "the waiting page", "Vi behöver mer från dig", "senast 4 december 2026", "Skicka hyresavin för november.", "Doris Demosson")
	if a := alva.post(page.path+"/komplettering", url.Values{"answer": {" "}}); a.code != 422 {
		t.Errorf("an empty answer: %d", a.code)
	} else {
		a.has(t, "the form", "Skriv ditt svar", "Fel:")
	}
	alva.post(page.path+"/komplettering", url.Values{"answer": {"Hyran är 9 500 kronor."}}).has(t, "the answered page", "Dina uppgifter är framme", "Uppgifterna kom in")
	doris.get(desk+"/komplettering").has(t, "the desk", "Hyran är 9 500 kronor.", "Svar den 22 november 2026")
	// A late answer to what nobody asks for any more is a message.
	alva.post(page.path+"/komplettering", url.Values{"answer": {"En sak till."}}).has(t, "the page", "En sak till.")

	if a := alva.post(page.path+"/meddelande", url.Values{"message": {strings.Repeat("x", 5001)}}); a.code != 422 {
		t.Errorf("a long message: %d", a.code)
	}
	alva.post(page.path+"/meddelande", url.Values{"message": {"Hej, <b>när</b> får jag svar?"}}).has(t, "the page", "Hej, &lt;b&gt;när&lt;/b&gt; får jag svar?")
	doris.post(desk+"/meddelande", url.Values{"message": {"I morgon."}}).has(t, "the desk", "I morgon.", "får jag svar?")
	alva.get(page.path).has(t, "the page", "I morgon.", "Doris Demosson, handläggare")
	if a := doris.post(desk+"/meddelande", url.Values{"message": {"Hej"}, "to": {"somebody"}}); a.code != 404 {
		t.Errorf("a message to somebody else: %d", a.code)
	}
	doris.decide("partly", "Hyran är över taket.")
	if a := doris.post(desk+"/komplettering", url.Values{"text": {"Mer"}, "due": {"2026-12-04"}}); a.code != 409 {
		t.Errorf("a request after the decision: %d", a.code)
	}
}

// TestAppealAndReconsideration: partly granted, appealed in three steps, and
// decided anew; then appealed again and sent to the court.
func TestAppealAndReconsideration(t *testing.T) {
	s := run(t, t.TempDir())
	alva, doris := s.as(t, "alva"), s.as(t, "doris")
	page := alva.apply(over, nil).path
	id := doris.decide("partly", "Hyran är över taket.")
	alva.await(page, "Du får en del av det du sökt").has(t, "the decision", "Överklaga här", "sista dagen den 14 december 2026", "Beslutet som brev")
	form := url.Values{"step": {"change"}, "decision": {"9999/0"}}
	send := func(b *browser) answer { return b.post(page+"/overklaga", form) }
	alva.get(page+"/overklaga").has(t, "step 1", "Steg 1 av 3", "Vad vill du ska ändras?")
	if a := send(alva); a.code != 422 || !strings.Contains(a.body, "Skriv vad du vill ska ändras") {
		t.Errorf("nothing to change: %d", a.code)
	}
	form.Set("change", "Jag vill ha hela hyran, 9 500 kr.")
	send(alva).has(t, "step 2", "Steg 2 av 3", "Därför ska det ändras")
	form.Set("step", "why")
	if a := send(alva); a.code != 422 || !strings.Contains(a.body, "Skriv varför") {
		t.Errorf("no why: %d", a.code)
	}
	form.Set("why", "Jag hittar ingen billigare bostad.")
	send(alva).has(t, "step 3", "Steg 3 av 3", "Jag vill ha hela hyran", "Jag hittar ingen billigare")
	form.Set("step", "back-change")
	send(alva).has(t, "back", "Steg 1 av 3", "Jag vill ha hela hyran", "Jag hittar ingen billigare")
	form.Set("step", "send")
	if a := send(s.as(t, "bo")); a.code != 404 {
		t.Errorf("Bo appeals Alva's decision: %d", a.code)
	}
	send(alva).has(t, "the sent appeal", "Du har överklagat beslutet", "Beslutet överklagades", "Det här skrev du", "Du har redan överklagat")
	if a := send(alva); a.code != 200 || strings.Count(a.body, "Beslutet överklagades") != 1 {
		t.Errorf("sent twice: %d", a.code)
	}

	desk := "/handlaggare/" + id + "/overklagande"
	doris.get("/handlaggare").has(t, "the queue", "Överklaganden som väntar", `href="`+desk+`"`)
	board := doris.get(desk)
	board.has(t, "the board's page", "Jag hittar ingen billigare bostad.", "7\u00a0220", "Skicka till förvaltningsrätten")
	v := version.FindStringSubmatch(board.body)
	ruling := url.Values{"version": {v[1]}, "outcome": {"granted"}, "amount": {""}, "motivation": {"Du har sökt billigare bostad utan att hitta någon."}}
	if a := doris.post(desk+"/omprova", ruling); a.code != 422 {
		t.Errorf("a decision without an amount: %d", a.code)
	}
	ruling.Set("amount", "7 219")
	if a := doris.post(desk+"/omprova", ruling); a.code != 422 || !strings.Contains(a.body, "kan inte vara lägre") {
		t.Errorf("a worse decision because of an appeal: %d", a.code)
	}
	first := appealOf(board, 0)
	if a := doris.post(desk+"/klart", url.Values{"appeal": {first}, "note": {"Klart."}}); a.code != 409 {
		t.Errorf("closed without a decision: %d", a.code)
	}
	ruling.Set("amount", "9 719")
	if a := doris.post(desk+"/omprova", ruling); a.code != 422 || !strings.Contains(a.body, "mindre än den sökande har sökt") {
		t.Errorf("less was called all because of an appeal: %d", a.code)
	}
	ruling.Set("amount", "1 189 000")
	if a := doris.post(desk+"/omprova", ruling); a.code != 422 || !strings.Contains(a.body, "mer än den sökande har sökt") {
		t.Errorf("more than was asked because of an appeal: %d", a.code)
	}
	ruling.Set("amount", "9 720")
	doris.post(desk+"/omprova", ruling).has(t, "the effect", "Från 7\u00a0220\u00a0kr till 9\u00a0720\u00a0kr: +2\u00a0500\u00a0kr", "Beslutet är inte ändrat än")
	ruling.Set("shown", "972000")
	if a := doris.post(desk+"/omprova", ruling); a.code != 200 {
		t.Errorf("the new decision: %d %s", a.code, a.body)
	}
	if a := doris.post(desk+"/omprova", ruling); a.code != 409 {
		t.Errorf("the new decision again: %d", a.code)
	}
	alva.await(page, "9\u00a0720").has(t, "the new decision", "Nämnden har ändrat sitt beslut. Det nya gäller.", "Det här har ändrats", "nummer 0 den 22 november 2026",
		"En handläggares bedömning", "+2\u00a0500\u00a0kr", "Från 7\u00a0220\u00a0kr till 9\u00a0720\u00a0kr", "Nämnden fattade ett nytt beslut", "I stället för", "Överklagandet ledde till ett nytt beslut")

	form.Set("decision", "9999/1")
	send(alva).has(t, "the second appeal", "Du har överklagat beslutet")
	second := appealOf(doris.get(desk), 1)
	if a := doris.post(desk+"/overlamna", url.Values{"appeal": {second}, "court": {" "}}); a.code != 422 {
		t.Errorf("to no court: %d", a.code)
	}
	doris.post(desk+"/overlamna", url.Values{"appeal": {second}, "court": {"Förvaltningsrätten i Demostad"}, "note": {"Vi ändrar inte."}}).has(t, "the board's page", "Överlämnat till Förvaltningsrätten i Demostad")
	mine := alva.get(page)
	mine.has(t, "the page", "Förvaltningsrätten har ditt överklagande", "Skickat till Förvaltningsrätten i Demostad den 22 november 2026", "Vi ändrar inte.")
	for _, line := range []string{"Överklagandet ledde till ett nytt beslut", "Överklagandet skickades till förvaltningsrätten"} {
		if strings.Count(mine.body, line) != 1 {
			t.Errorf("the timeline says %d times %q", strings.Count(mine.body, line), line)
		}
	}

	rattelse := "/handlaggare/" + id + "/rattelse"
	if a := doris.post(rattelse, url.Values{"version": {version.FindStringSubmatch(doris.get(rattelse).body)[1]}, "outcome": {"refused"}, "ground": {"misled"}, "heard": {"needless"}, "heard-why": {"Du har själv sagt det."}, "motivation": {"Fel."}, "shown": {"0"}}); a.code != 422 || !strings.Contains(a.body, "Förvaltningsrätten har överklagandet") {
		t.Errorf("changed while the court had it: %d", a.code)
	}
	judged := url.Values{"appeal": {second}, "judged": {"2026-11-20"}, "number": {"123-26"}, "result": {"changed"}, "note": {"Beloppet ska vara 9 900 kr."}}
	if a := doris.post(desk+"/dom", url.Values{"appeal": {second}}); a.code != 422 {
		t.Errorf("a judgment that says nothing: %d", a.code)
	}
	doris.post(desk+"/dom", judged).has(t, "the judgment", "mål 123-26", "Rätten har ändrat beslutet", "Fatta beslutet som rätten säger")
	doris.get("/handlaggare").has(t, "the queue", "Dom att verkställa")
	alva.get(page).has(t, "the page", "Förvaltningsrätten avgjorde mål 123-26", "Nämnden gör som rätten säger")
	as := url.Values{"version": {version.FindStringSubmatch(doris.get(rattelse).body)[1]}, "outcome": {"granted"}, "amount": {"9 900"}, "ground": {"judgment"}, "motivation": {"Domen."}, "shown": {"990000"}}
	if a := doris.post(rattelse, as); a.code != 200 {
		t.Errorf("as the court says: %d %s", a.code, a.body)
	}
	alva.await(page, "9\u00a0900").has(t, "the decision", "Domstolen har avgjort målet")

	file := doris.get(desk + ".zip")
	z, err := zip.NewReader(strings.NewReader(file.body), int64(len(file.body)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name] = string(text)
	}
	for name, want := range map[string]string{"overklagande-1.txt": "Beslut: 9999/0", "overklagande-2.txt": "Vi ändrar inte.", "akten.txt": "9\u00a0500\u00a0kr", "beslut-0.html": "7\u00a0220", "beslut-1.html": "<style>", "beslut-2.html": "9\u00a0900", "kvitto-0.json": `"leaf"`} {
		if !strings.Contains(got[name], want) {
			t.Errorf("the court's %s lacks %q", name, want)
		}
	}
	if strings.Contains(file.head.Get("Content-Disposition"), "1992") {
		t.Error("the file's name tells who")
	}
}

var appealField = regexp.MustCompile(`name="appeal" value="([0-9]+)"`)

// appealOf is the event of the appeal whose form stands at a place among those of the
// page; the last one where there are fewer.
func appealOf(a answer, at int) string {
	all := appealField.FindAllStringSubmatch(a.body, -1)
	if len(all) == 0 {
		return ""
	}
	return all[min(at, len(all)-1)][1]
}

// TestLateAppeal: taken, noted as late, tried, dismissed, and the dismissal appealed.
func TestLateAppeal(t *testing.T) {
	now := noon
	s := run(t, t.TempDir(), func(c *server.Config) { c.Clock = func() time.Time { return now } })
	alva, doris := s.as(t, "alva"), s.as(t, "doris")
	page := alva.apply(over, nil).path
	id := doris.decide("refused", "Hyran är över taket.")
	alva.await(page, "Ansökan avslås")
	now = noon.AddDate(0, 0, 22) // three weeks end on a Sunday, and so on this Monday
	alva = s.as(t, "alva")
	alva.get(page+"/overklaga").has(t, "step 1 on the last day", "Sista dagen är den 14 december 2026")
	now = noon.AddDate(0, 0, 23)
	alva, doris = s.as(t, "alva"), s.as(t, "doris")
	alva.get(page+"/overklaga").has(t, "step 1", "Det har gått mer än tre veckor")
	form := url.Values{"step": {"send"}, "decision": {"9999/0"}, "change": {"Allt"}, "why": {"Jag var på sjukhus."}}
	alva.post(page+"/overklaga", form).has(t, "the sent appeal", "Det kom efter tre veckor. Nämnden avgör")
	desk := "/handlaggare/" + id + "/overklagande"
	board := doris.get(desk)
	board.has(t, "the board's page", "Efter tre veckor", "Kom det i rätt tid?")
	late := appealOf(board, 0)
	if a := doris.post(desk+"/overlamna", url.Values{"appeal": {late}, "court": {"Förvaltningsrätten i Demostad"}}); a.code != 422 {
		t.Errorf("to the court untried: %d", a.code)
	}
	if a := doris.post(desk+"/rattid", url.Values{"appeal": {late}, "finding": {"late"}}); a.code != 422 {
		t.Errorf("dismissed without anything said: %d", a.code)
	} else {
		a.has(t, "the form", "Välj dagen", "Skriv hur du vet det", "Skriv varför")
	}
	trial := url.Values{"appeal": {late}, "finding": {"late"}, "received": {"2026-12-10"}, "known": {"Delgivningskvitto"}, "note": {"Du var inte på sjukhus när tiden gick ut."}}
	if a := doris.post(desk+"/rattid", trial); a.code != 422 || !strings.Contains(a.body, "kom i rätt tid, räknat från den dagen") {
		t.Errorf("dismissed though in time: %d", a.code)
	}
	trial.Set("received", "2026-11-22")
	doris.post(desk+"/rattid", trial).has(t, "the board's page", "Avvisat", "Avvisningsbeslutet som brev")
	mine := alva.get(page)
	mine.has(t, "her page", "Nämnden har avvisat ditt överklagande", "Nämnden avvisade överklagandet", "Läs avvisningen")
	letter := regexp.MustCompile(`/arende/[a-z0-9]{26}/avvisning/[0-9]+`).FindString(mine.body)
	alva.get(letter).has(t, "the dismissal", "Ditt överklagande avvisas", "Delgivningskvitto", "Sista dagen att överklaga var den 14 december 2026", "Delegationsordning", "Doris Demosson", "Överklaga avvisningen", "inte på sjukhus")
	doris.get(strings.Replace(letter, "/arende/", "/handlaggare/", 1)).has(t, "the dismissal at the desk", "Ditt överklagande avvisas")
	for _, name := range []string{"bo", "dag"} {
		if a := s.as(t, name).get(letter); a.code != 404 {
			t.Errorf("%s reads her dismissal: %d", name, a.code)
		}
	}
	alva.get(page+"/overklaga").has(t, "step 1", "Du överklagar att nämnden avvisade", `name="against"`)
	form.Set("against", letter[strings.LastIndex(letter, "/")+1:])
	alva.post(page+"/overklaga", form).has(t, "the appeal of it", "Ditt överklagande av avvisningen")
	board = doris.get(desk)
	board.has(t, "the board's page", "Ta tillbaka avvisningen")
	doris.post(desk+"/klart", url.Values{"appeal": {appealOf(board, 1)}, "note": {"Du hade rätt."}}).has(t, "the board's page", "Avvisningen är tillbakatagen", "Överlämna idag")
	alva.get(page).has(t, "her page", "Du har överklagat beslutet. Nämnden ser först")
}

// TestLetter prints a decision with the real Chromium, and reads it as the
// applicant does.
func TestLetter(t *testing.T) {
	data := t.TempDir()
	s := run(t, data, func(c *server.Config) { c.Chromium = os.Getenv("CHROMIUM") })
	alva := s.as(t, "alva")
	page := alva.apply(single, nil).path
	letter := alva.get(page + "/brev")
	letter.has(t, "the letter", "Socialnämnden i Demokommun", "19921122-2386", "Du får", "6\u00a0720\u00a0kr", "Delegationsordning 4.2", "inom tre veckor", "<svg", "Radens kontrollsumma")
	deadline := time.Now().Add(60 * time.Second)
	for !strings.Contains(alva.get(page).body, "Spara brevet som PDF") {
		if time.Now().After(deadline) {
			t.Fatalf("the letter was never printed: %s", s.log.String())
		}
		time.Sleep(200 * time.Millisecond)
	}
	pdf := alva.get(page + "/beslut.pdf")
	for _, want := range []string{"%PDF-", "/MarkInfo", "/StructTreeRoot", "/Lang (sv"} {
		if !strings.Contains(pdf.body, want) {
			t.Errorf("the PDF lacks %s", want)
		}
	}
	if name := pdf.head.Get("Content-Disposition"); name != `attachment; filename="beslut-9999-0.pdf"` || pdf.head.Get("Content-Type") != "application/pdf" {
		t.Errorf("the file is %s, %s", name, pdf.head.Get("Content-Type"))
	}
	if a := s.as(t, "bo").get(page + "/beslut.pdf"); a.code != 404 {
		t.Errorf("Bo reads Alva's letter: %d", a.code)
	}
	metrics := alva.get("/metrics")
	metrics.has(t, "the metrics", "skalig_letters_waiting 0", "skalig_letter_printer_ready 1", "skalig_letter_print_duration_seconds_count 1")
	s.stop()
	journal, err := os.ReadFile(data + "/journal.db")
	if err != nil || bytes.Contains(journal, []byte("/StructTreeRoot")) {
		t.Errorf("%v: the letter is readable in the journal", err)
	}
}

// TestNoPrinter: without Chromium the page says so, and everything else goes on.
func TestNoPrinter(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.Chromium = "/nowhere/chromium" })
	alva := s.as(t, "alva")
	page := alva.apply(single, nil)
	page.has(t, "the decision", "PDF-filen kommer senare. Du kan skriva ut brevet från sidan så länge.")
	if a := alva.get(page.path + "/beslut.pdf"); a.code != 404 {
		t.Errorf("a letter that is not printed: %d", a.code)
	}
	alva.get("/metrics").has(t, "the metrics", "skalig_letters_waiting 1", "skalig_letter_printer_ready 0")
}

// TestLastTime: the next month's decision says what differs from this one's.
func TestLastTime(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	alva.apply(single, nil)
	next := strings.NewReplacer("2026-11", "2026-12", "2026-10", "2026-11", `"amount":6500`, `"amount":6900`, `"monthsInRow":0`, `"monthsInRow":1`).Replace(single)
	a := alva.apply(next, url.Values{"human": {"ja"}})
	s.as(t, "doris").decide("granted", "Hyran är högre.")
	alva.await(a.path, "7\u00a0120").has(t, "December's decision", "Jämfört med november 2026", "Hyra", "+400\u00a0kr", "Från 6\u00a0720\u00a0kr till 7\u00a0120\u00a0kr")
}

// TestCompletionWithADocument: a document goes to the sent case, and with the
// appeal to the court.
func TestCompletionWithADocument(t *testing.T) {
	s := run(t, t.TempDir())
	alva, doris := s.as(t, "alva"), s.as(t, "doris")
	page := alva.apply(over, nil).path
	id := strings.TrimPrefix(page, "/arende/")
	hand := func(b *browser, content string) answer {
		return b.upload(page+"/underlag", "other", "avi.pdf", []byte(content))
	}
	if a := hand(alva, "hej"); a.code != 422 || !strings.Contains(a.body, "varken en bild eller en PDF") {
		t.Errorf("no document: %d", a.code)
	}
	if a := hand(s.as(t, "bo"), "%PDF-1.7 x"); a.code != 404 {
		t.Errorf("Bo hands in to Alva's case: %d", a.code)
	}
	if a := hand(alva, "%PDF-1.7 hyresavi"); a.code != 200 {
		t.Errorf("a document: %d", a.code)
	}
	alva.get(page).has(t, "the page", "Du lämnade in dokument", page+"/underlag")
	if a := alva.get(page + "/underlag/1"); a.code != 200 || a.body != "%PDF-1.7 hyresavi" {
		t.Errorf("the document: %d", a.code)
	}
	if a := s.as(t, "bo").get(page + "/underlag/1"); a.code != 404 {
		t.Errorf("Bo reads Alva's document: %d", a.code)
	}
	doris.decide("partly", "Hyran är över taket.")
	alva.await(page, "en del av det du sökt").has(t, "the decision", "Pengarna betalas ut när två personer", "Vi vet inte vart pengarna ska")
	alva.post(page+"/overklaga", url.Values{"step": {"send"}, "decision": {"9999/0"}, "change": {"Allt"}, "why": {"Se avin."}})
	file := doris.get("/handlaggare/" + id + "/overklagande.zip")
	if !strings.Contains(file.body, "underlag-1.pdf") {
		t.Error("the court does not get the document")
	}
	doris.get("/handlaggare/"+id).has(t, "the desk", "/overklagande", "/meddelande")
}
