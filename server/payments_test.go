package server_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/payment"
)

var batchLink = regexp.MustCompile(`href="(/utbetalning/9999-[0-9-]+)"`)

// answerFile sends a bank's file as the form does.
func (b *browser) answerFile(file string) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("svar", "svar.xml")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, b.url+"/utbetalning/svar", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", b.url)
	return b.do(req)
}

// TestPaymentPages: an account, a file that one approver makes and another
// releases, and the bank's answer.
func TestPaymentPages(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	alva.apply(single, nil)
	set := func(kind, clearing, number, landlord, giro, rent string) answer {
		return alva.post("/mina/konto", url.Values{"kind": {kind}, "clearing": {clearing}, "number": {number}, "holder": {"Alva Exempel"},
			"landlord": {landlord}, "landlord-number": {giro}, "rent": {rent}})
	}
	for want, a := range map[string]answer{
		"Kontrollera clearingnumret":        set("bank", "5000", "0000018", "", "", ""),
		"Kontrollera numret":                set("plusgiro", "", "19", "", "", ""),
		"Kontrollera hyresvärdens bankgiro": set("bank", "5000", "0000019", "Värden", "1000-0009", "6 500"),
		"Skriv hur mycket":                  set("bank", "5000", "0000019", "Värden", "1000-0008", ""),
		"Skriv hyresvärdens namn":           set("bank", "5000", "0000019", "", "1000-0008", "6 500"),
	} {
		if a.code != 422 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d", want, a.code)
		}
	}
	petra, per := s.as(t, "petra"), s.as(t, "per")
	if a := petra.get("/utbetalning"); a.code != 200 || !strings.Contains(a.body, "konto saknas") || strings.Contains(a.body, "Skapa betalfil") {
		t.Errorf("without an account: %d", a.code)
	}
	if a := set("bank", "5000", "000 00 19", "Värden", "1000-0008", "6 500"); a.code != 200 || !strings.Contains(a.body, "Vi betalar till det här kontot") {
		t.Fatalf("the account: %d %s", a.code, a.body)
	}
	page := petra.post("/utbetalning/fil", nil)
	m := batchLink.FindStringSubmatch(page.body)
	if m == nil {
		t.Fatalf("no file was made: %d %s", page.code, page.body)
	}
	if a := petra.get(m[1] + "/fil.xml"); a.code != 404 {
		t.Errorf("the file before its release: %d", a.code)
	}
	if a := petra.post(m[1]+"/slapp", nil); a.code != 409 || !strings.Contains(a.body, "En annan attestant") {
		t.Errorf("released by who made it: %d", a.code)
	}
	if a := s.as(t, "erik").post(m[1]+"/slapp", nil); a.code != 404 {
		t.Errorf("released by another municipality: %d", a.code)
	}
	if a := per.post(m[1]+"/slapp", nil); a.code != 200 {
		t.Errorf("released: %d", a.code)
	}
	file := per.get(m[1] + "/fil.xml")
	if err := payment.Check([]byte(file.body)); err != nil || !strings.Contains(file.body, "<CtrlSum>6720.00</CtrlSum>") || file.head.Get("Content-Type") != "application/xml" {
		t.Errorf("%v: the file: %s", err, file.body)
	}
	if a := per.get(m[1]); a.code != 200 || !strings.Contains(a.body, "1000-0008") || !strings.Contains(a.body, "6\u00a0500\u00a0kr") {
		t.Errorf("what is in the file: %d", a.code)
	}
	id := strings.TrimPrefix(m[1], "/utbetalning/")
	reply := `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-11-23T08:00:00Z</CreDtTm></GrpHdr>` +
		`<OrgnlGrpInfAndSts><OrgnlMsgId>` + id + `</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`
	for name, c := range map[string]struct {
		file string
		code int
	}{"nothing": {"", 409}, "a picture": {"\x89PNG", 409}, "another file's": {strings.Replace(reply, id, "9999-1", 1), 404}} {
		if a := per.answerFile(c.file); a.code != c.code {
			t.Errorf("%s: %d, want %d", name, a.code, c.code)
		}
	}
	if a := per.post("/utbetalning/svar", url.Values{"svar": {reply}}); a.code != 422 {
		t.Errorf("not as a file: %d", a.code)
	}
	if a := per.answerFile(reply); a.code != 200 || !strings.Contains(a.body, "2 avvisade") || strings.Contains(a.body, "Skapa betalfil") || !strings.Contains(a.body, "du läste in avvisningen") {
		t.Errorf("refused by the bank: %d %s", a.code, a.body)
	}
	petra.get("/utbetalning").has(t, "for another approver", "Skapa betalfil på 6\u00a0720\u00a0kr")
}

// TestRejectionPages: a typed rejection of what was paid makes nothing due alone, and
// what is paid instead shows what was there before to another than who typed it.
func TestRejectionPages(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	page := alva.apply(single, nil).path
	alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Alva Exempel"}})
	petra, per, pia := s.as(t, "petra"), s.as(t, "per"), s.as(t, "pia")
	first := batchLink.FindStringSubmatch(petra.post("/utbetalning/fil", nil).body)[1]
	per.post(first+"/slapp", nil)
	says := func(who *browser, status string) answer {
		t.Helper()
		a := who.answerFile(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-11-23T08:00:00Z</CreDtTm></GrpHdr>` +
			`<OrgnlGrpInfAndSts><OrgnlMsgId>` + strings.TrimPrefix(first, "/utbetalning/") + `</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId><GrpSts>` + status + `</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`)
		if a.code != 200 {
			t.Fatalf("%s: %d %s", status, a.code, a.body)
		}
		return a
	}
	says(per, "ACSC").has(t, "paid", "1 betald<")
	says(petra, "RJCT").has(t, "a rejection", "1 avvisad, väntar på en andra attestant", "Inget att betala ut just nu")
	alva.get(page).has(t, "the applicant's page", "vi kontrollerar det")
	if a := petra.get(first); !strings.Contains(a.body, "väntar på en andra attestant") || strings.Contains(a.body, "/avvisning") {
		t.Errorf("who read it in may confirm it: %d %s", a.code, a.body)
	}
	if a := petra.post(first+"/avvisning", url.Values{"act": {"stands"}}); a.code != 409 || !strings.Contains(a.body, "väntar på dig") {
		t.Errorf("who read it in confirmed it: %d", a.code)
	}
	per.get(first).has(t, "the file", "betald, sedan avvisad enligt svar inläst av Petra Demosson", "En avvisning väntar på dig")
	if a := per.post(first+"/avvisning", url.Values{"act": {"perhaps"}}); a.code != 400 {
		t.Errorf("neither yes nor no: %d", a.code)
	}
	per.post(first+"/avvisning", url.Values{"act": {"wrong"}}).has(t, "it does not stand", "1 betald<")
	says(petra, "RJCT")
	per.post(first+"/avvisning", url.Values{"act": {"stands"}}).has(t, "it stands", "1 avvisad", "Skapa betalfil på 6\u00a0720\u00a0kr")

	second := batchLink.FindStringSubmatch(per.post("/utbetalning/fil", nil).body)[1]
	if second == first {
		t.Fatal("there is no second file")
	}
	pia.get("/utbetalning").has(t, "the files", "ett beslut har avvisats av banken förut")
	pia.get(second).has(t, "the second file", "betald förut, avvisad enligt svar inläst av Petra Demosson")
	if a := petra.post(second+"/slapp", nil); a.code != 409 || !strings.Contains(a.body, "Du har läst in att banken avvisade") {
		t.Errorf("released by who read it in: %d", a.code)
	}
	if a := pia.post(second+"/slapp", nil); a.code != 200 {
		t.Errorf("released: %d %s", a.code, a.body)
	}
}
