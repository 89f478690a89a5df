package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestPaymentFileIsRead: who opens a payment file has read every case in it, once for
// each opening, and is not shown who is protected; the list of files is no such read.
func TestPaymentFileIsRead(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	id := strings.TrimPrefix(alva.apply(single, nil).path, "/arende/")
	alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Alva Exempel"}})
	petra, per := s.as(t, "petra"), s.as(t, "per")
	file := batchLink.FindStringSubmatch(petra.post("/utbetalning/fil", nil).body)[1]
	per.get(file).has(t, "the file", "Alva Exempel", "0000019")
	s.as(t, "doris").post("/handlaggare/"+id+"/skydd", url.Values{"act": {"stop"}, "reason-skydd": {"Skatteverket"}})
	if a := per.get(file); a.code != 200 || !strings.Contains(a.body, "Skyddade uppgifter") || strings.Contains(a.body, "Alva") || strings.Contains(a.body, "0000019") {
		t.Errorf("the protected payee: %d %s", a.code, a.body)
	}
	per.post(file+"/slapp", nil)
	per.get("/utbetalning")
	const opened = "Öppnade betalfilen med din utbetalning"
	if a := alva.get("/mina/lasningar"); strings.Count(a.body, opened) != 2 || !strings.Contains(a.body, "Per Demosson") {
		t.Errorf("opened twice, told %d times: %s", strings.Count(a.body, opened), a.body)
	}
	if a := per.get(file + "/fil.xml"); a.code != 200 || !strings.Contains(a.body, "Alva Exempel") {
		t.Errorf("the file for the bank: %d %s", a.code, a.body)
	}
	if a := alva.get("/mina/lasningar"); strings.Count(a.body, opened) != 3 {
		t.Errorf("opened three times, told %d times", strings.Count(a.body, opened))
	}
}

// TestBankAnswerSize: an answer of some megabytes is read, and one of more than a bank's
// file may have is not.
func TestBankAnswerSize(t *testing.T) {
	per := run(t, t.TempDir()).as(t, "per")
	answer := func(size int) string {
		return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-11-23T08:00:00Z</CreDtTm></GrpHdr>` +
			`<OrgnlGrpInfAndSts><OrgnlMsgId>9999-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>` + strings.Repeat("\n", size)
	}
	for size, code := range map[int]int{0: 404, 7 << 20: 404, 8 << 20: 409, 9 << 20: 413} { // 404: it was read, and there is no such file
		if a := per.answerFile(answer(size)); a.code != code {
			t.Errorf("%d bytes more: %d, want %d", size, a.code, code)
		}
	}
}
