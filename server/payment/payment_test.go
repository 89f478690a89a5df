package payment_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/payment"
)

var update = flag.Bool("update", false, "write the golden file anew")

func batch() *payment.Batch {
	return &payment.Batch{ID: "9999-20261122-1", Day: "2026-11-24", Made: "2026-11-22T12:00:00+01:00",
		Payer: payment.Payer{Name: "Demokommun", Organisation: "2120009999", IBAN: "SE4500000000099990000001", BIC: "DEMOSESS"},
		Lines: []payment.Line{
			{ID: "9999-0-1-1", Number: 0, Amount: 672000, Payee: "Alva Exempel", To: account.Number{Kind: account.Bank, Clearing: "5000", Digits: "0000019"}, Text: "Ekonomiskt bistånd 2026-11"},
			{ID: "9999-1-1-1", Number: 1, Amount: 650005, Payee: "Hyresvärden & Co <AB>", To: account.Number{Kind: account.Bankgiro, Digits: "10000008"}, Text: "OCR 12345"},
			{ID: "9999-1-2-1", Number: 1, Amount: 1, Payee: "Bo Exempel", To: account.Number{Kind: account.Plusgiro, Digits: "18"}, Text: "Ekonomiskt bistånd 2026-11"},
		}}
}

// TestOrder: 6 720,00 + 6 500,05 + 0,01 = 13 220,06.
func TestOrder(t *testing.T) {
	file, err := payment.Order(batch())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/order.xml", file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/order.xml")
	if err != nil || !bytes.Equal(file, want) {
		t.Errorf("%v: the file is not testdata/order.xml:\n%s", err, file)
	}
	if n := strings.Count(string(file), "<CtrlSum>13220.06</CtrlSum>"); n != 2 {
		t.Errorf("%d control sums are 13220.06", n)
	}
	if again, err := payment.Order(batch()); err != nil || !bytes.Equal(again, file) {
		t.Errorf("%v: the same batch gives another file", err)
	}
	for name, change := range map[string]func(*payment.Batch){
		"nothing to pay":   func(b *payment.Batch) { b.Lines = nil },
		"no amount":        func(b *payment.Batch) { b.Lines[0].Amount = 0 },
		"a negative one":   func(b *payment.Batch) { b.Lines[0].Amount = -1 },
		"no payee":         func(b *payment.Batch) { b.Lines[0].Payee = " \x00 " },
		"no account":       func(b *payment.Batch) { b.Lines[0].To = account.Number{} },
		"twice":            func(b *payment.Batch) { b.Lines[1].ID = b.Lines[0].ID },
		"no account to":    func(b *payment.Batch) { b.Payer.IBAN = "SE4500000000099990000002" },
		"too long an id":   func(b *payment.Batch) { b.ID = strings.Repeat("9", 36) },
		"too large a sum":  func(b *payment.Batch) { b.Lines[0].Amount = 1e15 },
		"no day":           func(b *payment.Batch) { b.Day = "i morgon" },
		"no text to payee": func(b *payment.Batch) { b.Lines[0].Text = "" },
	} {
		b := batch()
		change(b)
		if _, err := payment.Order(b); err == nil {
			t.Errorf("%s: there is a file", name)
		}
	}
}

// TestCheck: a file in which anything is changed is not of the schema, or its sums
// do not hold.
func TestCheck(t *testing.T) {
	good, err := os.ReadFile("testdata/order.xml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string][2]string{
		"another sum":         {"13220.06", "13220.07"},
		"another count":       {"<NbOfTxs>3", "<NbOfTxs>2"},
		"another amount":      {"6720.00", "6721.00"},
		"one decimal":         {"6720.00", "6720.0"},
		"another currency":    {`Ccy="SEK"`, `Ccy="EUR"`},
		"no currency":         {` Ccy="SEK"`, ``},
		"twice the same line": {"9999-1-1-1</EndToEndId>", "9999-0-1-1</EndToEndId>"},
		"an element away":     {"<PmtMtd>TRF</PmtMtd>", ""},
		"a cheque":            {"TRF", "CHK"},
		"in another order":    {"<ReqdExctnDt>2026-11-24</ReqdExctnDt><Dbtr><Nm>Demokommun</Nm></Dbtr>", "<Dbtr><Nm>Demokommun</Nm></Dbtr><ReqdExctnDt>2026-11-24</ReqdExctnDt>"},
		"an element more":     {"<PmtMtd>", "<BtchBookg>true</BtchBookg><PmtMtd>"},
		"two schemes":         {"<Cd>BBAN</Cd>", "<Cd>BBAN</Cd><Prtry>BGNR</Prtry>"},
		"another namespace":   {"pain.001.001.03", "pain.001.001.09"},
		"another account":     {"SE45", "SE46"},
		"a document type":     {"<Document", "<!DOCTYPE x><Document"},
		"a second document":   {"</Document>", "</Document><Document/>"},
		"text between":        {"<GrpHdr>", "x<GrpHdr>"},
		"cut off":             {"</Document>", ""},
		"an instruction":      {"<GrpHdr>", "<?php x?><GrpHdr>"},
		"no such day":         {"<ReqdExctnDt>2026-11-24", "<ReqdExctnDt>2026-11-31"},
		"a day with a zone":   {"<ReqdExctnDt>2026-11-24", "<ReqdExctnDt>2026-11-24Z"},
		"a day before":        {"<ReqdExctnDt>2026-11-24", "<ReqdExctnDt>2026-11-21"},
		"no such time":        {"T12:00:00+01:00", "T25:00:00+01:00"},
		"an id too long":      {"<InstrId>9999-0-1-1", "<InstrId>9999-0-1-1" + strings.Repeat("9", 26)},
		"an id with a letter": {"<InstrId>9999-0-1-1", "<InstrId>9999-0-1-å"},
		"an id with slashes":  {"<InstrId>9999-0-1-1", "<InstrId>9999//1"},
		"a slash in front":    {"<MsgId>", "<MsgId>/"},
		"a blank name":        {"<Nm>Alva Exempel", "<Nm> "},
		"a name too long":     {"<Nm>Alva Exempel", "<Nm>Alva" + strings.Repeat(" A", 69)},
		"another alphabet":    {"<Nm>Alva Exempel", "<Nm>Альва"},
		"a line break":        {"<Ustrd>Ekonomiskt ", "<Ustrd>Ekonomiskt\n"},
		"a zero in front":     {"6720.00", "06720.00"},
		"another order":       {"<CtrlSum>13220.06</CtrlSum><InitgPty>", "<InitgPty>"},
		"another service":     {"NURG", "URGP"},
		"letters for digits":  {"<Id>50000000019", "<Id>5000000001A"},
		"another clearing":    {"<MmbId>5000", "<MmbId>5001"},
		"a bank for a giro":   {"<MmbId>9900", "<MmbId>5000"},
		"no organisation":     {"2120009999", "21200099"},
	} {
		bad := strings.Replace(string(good), c[0], c[1], 1)
		if bad == string(good) {
			t.Fatalf("%s: %q is not in the file", name, c[0])
		}
		if err := payment.Check([]byte(bad)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := payment.Check(good); err != nil {
		t.Error(err)
	}
	if err := payment.Check(bytes.Repeat([]byte(" "), payment.MaxBytes+1)); err == nil {
		t.Error("a file beyond all bounds was read")
	}
}

const answer = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03">
 <CstmrPmtStsRpt>
  <GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-23T08:00:00Z</CreDtTm><DbtrAgt><FinInstnId><BIC>DEMOSESS</BIC></FinInstnId></DbtrAgt></GrpHdr>
  <OrgnlGrpInfAndSts><OrgnlMsgId>9999-20261122-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
  <OrgnlPmtInfAndSts><OrgnlPmtInfId>9999-20261122-1</OrgnlPmtInfId>
   <TxInfAndSts><OrgnlEndToEndId>9999-0-1-1</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
   <TxInfAndSts><OrgnlEndToEndId>9999-1-1-1</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Kontot är avslutat</AddtlInf></StsRsnInf></TxInfAndSts>
  </OrgnlPmtInfAndSts>
 </CstmrPmtStsRpt>
</Document>`

func TestParseStatus(t *testing.T) {
	r, err := payment.ParseStatus([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	if l, ok := r.Of("9999-0-1-1"); r.Batch != "9999-20261122-1" || !ok || l.Status != payment.Settled {
		t.Errorf("the first line: %+v", l)
	}
	if l, ok := r.Of("9999-1-1-1"); !ok || l.Status != payment.Rejected || l.Why != "AC04 Kontot är avslutat" {
		t.Errorf("the second line: %+v", l)
	}
	if l, ok := r.Of("9999-1-2-1"); ok {
		t.Errorf("a line that is not named has the status %s", l.Status)
	}
	whole := strings.Replace(answer, "PART", "RJCT", 1)
	whole = whole[:strings.Index(whole, "  <OrgnlPmtInfAndSts>")] + " </CstmrPmtStsRpt></Document>"
	if r, err := payment.ParseStatus([]byte(whole)); err != nil || r.All != payment.Rejected {
		t.Errorf("%v: the whole file: %+v", err, r)
	}
	for name, c := range map[string][2]string{
		"an unknown status":  {"ACSC", "HMMM"},
		"about another form": {"<OrgnlMsgNmId>pain.001.001.03", "<OrgnlMsgNmId>pain.008.001.02"},
		"another block":      {"<OrgnlPmtInfId>9999-20261122-1", "<OrgnlPmtInfId>9999-20261122-2"},
		"a line twice":       {"9999-1-1-1", "9999-0-1-1"},
		"no status":          {"<TxSts>ACSC</TxSts>", ""},
		"an unknown element": {"<TxSts>ACSC", "<Guess>paid</Guess><TxSts>ACSC"},
		"another version":    {"pain.002.001.03", "pain.002.001.10"},
	} {
		if _, err := payment.ParseStatus([]byte(strings.Replace(answer, c[0], c[1], 1))); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestPayday(t *testing.T) {
	for day, want := range map[string]string{"2026-11-20": "2026-11-23", "2026-11-21": "2026-11-23", "2026-11-22": "2026-11-23", "2026-11-23": "2026-11-24",
		"2026-12-23": "2026-12-28", "2026-12-30": "2027-01-04", "2026-04-02": "2026-04-07", "2026-06-18": "2026-06-22"} {
		at, err := time.Parse(time.DateOnly, day)
		if got := payment.Payday(at); err != nil || got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}

func FuzzParseStatus(f *testing.F) {
	f.Add([]byte(answer))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := payment.ParseStatus(file)
		if err != nil {
			return
		}
		for _, l := range r.Lines {
			if l.Status == "" || l.ID == "" {
				t.Errorf("a line without id or status: %+v", l)
			}
		}
	})
}

func FuzzCheck(f *testing.F) {
	good, err := os.ReadFile("testdata/order.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(_ *testing.T, file []byte) { _ = payment.Check(file) })
}
