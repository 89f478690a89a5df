package payment

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/outline"
)

const orderSpace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"

// The clearing numbers that stand for a giro.
const (
	bankgiroClearing = "9900"
	plusgiroClearing = "9960"
)

// ErrBatch says that a batch is not one to pay: empty, or with a line that has no
// amount, payee or account, or stands there twice.
var ErrBatch = errors.New("the batch cannot be paid")

// Order is the file that pays a batch. It has been held to the schema, and its
// sums to the lines.
func Order(b *Batch) ([]byte, error) {
	seen := map[string]bool{}
	for _, l := range b.Lines {
		if l.Amount <= 0 || l.ID == "" || clean(l.Payee, 140) == "" || l.To.Digits == "" || seen[l.ID] {
			return nil, fmt.Errorf("%w: line %s", ErrBatch, l.ID)
		}
		seen[l.ID] = true
	}
	if len(b.Lines) == 0 || b.ID == "" || !account.ValidIBAN(b.Payer.IBAN) || !account.ValidBIC(b.Payer.BIC) {
		return nil, fmt.Errorf("%w: it is empty, or nobody pays", ErrBatch)
	}
	w := &writer{}
	w.b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	w.open("Document", `xmlns="`+orderSpace+`"`)
	w.open("CstmrCdtTrfInitn", "")
	w.open("GrpHdr", "")
	w.text("MsgId", b.ID)
	w.text("CreDtTm", b.Made)
	w.text("NbOfTxs", strconv.Itoa(len(b.Lines)))
	w.text("CtrlSum", kronor(b.Total()))
	w.open("InitgPty", "")
	w.text("Nm", clean(b.Payer.Name, 140))
	w.open("Id", "")
	w.open("OrgId", "")
	w.open("Othr", "")
	w.text("Id", b.Payer.Organisation)
	w.open("SchmeNm", "")
	w.text("Cd", "CUST")
	w.close(6)
	w.open("PmtInf", "")
	w.text("PmtInfId", b.ID)
	w.text("PmtMtd", "TRF")
	w.text("NbOfTxs", strconv.Itoa(len(b.Lines)))
	w.text("CtrlSum", kronor(b.Total()))
	w.open("PmtTpInf", "")
	w.open("SvcLvl", "")
	w.text("Cd", "NURG")
	w.close(1)
	w.open("CtgyPurp", "")
	w.text("Cd", "SSBE") // social security benefit
	w.close(2)
	w.text("ReqdExctnDt", b.Day)
	w.open("Dbtr", "")
	w.text("Nm", clean(b.Payer.Name, 140))
	w.close(1)
	w.open("DbtrAcct", "")
	w.open("Id", "")
	w.text("IBAN", b.Payer.IBAN)
	w.close(1)
	w.text("Ccy", "SEK")
	w.close(1)
	w.open("DbtrAgt", "")
	w.open("FinInstnId", "")
	w.text("BIC", b.Payer.BIC)
	w.close(2)
	for i := range b.Lines {
		w.line(&b.Lines[i])
	}
	w.close(len(w.stack))
	file := w.b.Bytes()
	return file, Check(file)
}

func (w *writer) line(l *Line) {
	id, scheme, member := l.To.Clearing+l.To.Digits, "Cd", l.To.Clearing
	kind := "BBAN"
	switch l.To.Kind {
	case account.Bankgiro:
		id, scheme, kind, member = l.To.Digits, "Prtry", "BGNR", bankgiroClearing
	case account.Plusgiro:
		id, member = plusgiroClearing+l.To.Digits, plusgiroClearing
	}
	w.open("CdtTrfTxInf", "")
	w.open("PmtId", "")
	w.text("InstrId", l.ID)
	w.text("EndToEndId", l.ID)
	w.close(1)
	w.open("Amt", "")
	w.open("InstdAmt", `Ccy="SEK"`)
	w.b.WriteString(kronor(l.Amount))
	w.close(2)
	w.open("CdtrAgt", "")
	w.open("FinInstnId", "")
	w.open("ClrSysMmbId", "")
	w.open("ClrSysId", "")
	w.text("Cd", "SESBA")
	w.close(1)
	w.text("MmbId", member)
	w.close(3)
	w.open("Cdtr", "")
	w.text("Nm", clean(l.Payee, 140))
	w.close(1)
	w.open("CdtrAcct", "")
	w.open("Id", "")
	w.open("Othr", "")
	w.text("Id", id)
	w.open("SchmeNm", "")
	w.text(scheme, kind)
	w.close(4)
	w.open("RmtInf", "")
	w.text("Ustrd", clean(l.Text, 140))
	w.close(2)
}

// Check holds an order to the schema, and its counts, sums, ids and days to its
// lines.
func Check(file []byte) error {
	doc, err := schema["order"].Read(file)
	if err != nil {
		return err
	}
	top := doc.At("CstmrCdtTrfInitn")
	header := top.At("GrpHdr")
	var lines int
	var total int64
	ids := map[string]bool{}
	for _, p := range top.All("PmtInf") {
		n, sum, err := block(p, ids)
		if err != nil {
			return err
		}
		if day := p.At("ReqdExctnDt").Text; len(day) != len(time.DateOnly) || day < header.At("CreDtTm").Text[:len(time.DateOnly)] {
			return fmt.Errorf("%w: the day of payment is before the day of the file", ErrForm)
		}
		lines += n
		total += sum
	}
	if header.At("NbOfTxs").Text != strconv.Itoa(lines) || header.At("CtrlSum").Text != kronor(total) {
		return fmt.Errorf("%w: the file's count or sum is not that of its lines", ErrForm)
	}
	return nil
}

// block counts and sums a payment block. ids are those that came before it.
func block(p *outline.Node, ids map[string]bool) (n int, sum int64, err error) {
	id := p.At("PmtInfId").Text
	if ids["block "+id] {
		return 0, 0, fmt.Errorf("%w: two blocks have one id", ErrForm)
	}
	ids["block "+id] = true
	for _, t := range p.All("CdtTrfTxInf") {
		ore, ok := ore(t.At("Amt", "InstdAmt").Text)
		id := t.At("PmtId", "EndToEndId").Text
		if !ok || ore <= 0 || ids[id] {
			return 0, 0, fmt.Errorf("%w: a line has no amount, or stands there twice", ErrForm)
		}
		if err := payee(t); err != nil {
			return 0, 0, err
		}
		ids[id] = true
		n++
		sum += ore
	}
	if p.At("NbOfTxs").Text != strconv.Itoa(n) || p.At("CtrlSum").Text != kronor(sum) || !account.ValidIBAN(p.At("DbtrAcct", "Id", "IBAN").Text) {
		return 0, 0, fmt.Errorf("%w: a block's count, sum or account is not right", ErrForm)
	}
	return n, sum, nil
}

// payee holds that a line's clearing number is that of its account: a bank account
// begins with it, and bankgiro has one of its own.
func payee(t *outline.Node) error {
	clearing, to := t.At("CdtrAgt", "FinInstnId", "ClrSysMmbId", "MmbId").Text, t.At("CdtrAcct", "Id", "Othr")
	giro := to.At("SchmeNm", "Prtry").Text != ""
	if giro != (clearing == bankgiroClearing) || !giro && !strings.HasPrefix(to.At("Id").Text, clearing) {
		return fmt.Errorf("%w: the clearing number is not the account's", ErrForm)
	}
	return nil
}

// kronor writes öre with two decimals; ore reads them.
func kronor(ore int64) string { return fmt.Sprintf("%d.%02d", ore/100, ore%100) }

func ore(s string) (int64, bool) {
	whole, part, ok := strings.Cut(s, ".")
	if !ok || len(part) != 2 || len(whole) > 15 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+part, 10, 63)
	return int64(n), err == nil
}

// clean keeps what banks pass on in a text: letters, digits, spaces and plain
// punctuation, at most so many of them.
func clean(s string, most int) string {
	out := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r <= unicode.MaxLatin1 && (unicode.IsLetter(r) || unicode.IsDigit(r)), strings.ContainsRune("/-?:().,'+ ", r):
			return r
		case unicode.IsLetter(r):
			return '?'
		}
		return -1
	}, s)
	out = strings.Join(strings.Fields(out), " ")
	if runes := []rune(out); len(runes) > most {
		out = strings.TrimSpace(string(runes[:most]))
	}
	return out
}

type writer struct {
	b     bytes.Buffer
	stack []string
}

func (w *writer) open(name, attr string) {
	w.b.WriteString("<" + name)
	if attr != "" {
		w.b.WriteString(" " + attr)
	}
	w.b.WriteString(">")
	w.stack = append(w.stack, name)
}

// close closes the n innermost elements.
func (w *writer) close(n int) {
	for range n {
		w.b.WriteString("</" + w.stack[len(w.stack)-1] + ">")
		w.stack = w.stack[:len(w.stack)-1]
	}
}

func (w *writer) text(name, value string) {
	w.open(name, "")
	_ = xml.EscapeText(&w.b, []byte(value)) // a buffer takes everything
	w.close(1)
}
