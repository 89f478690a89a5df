package payment

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/skalig/skalig/server/account"
)

const orderSpace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"

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
		id, scheme, kind, member = l.To.Digits, "Prtry", "BGNR", "9900"
	case account.Plusgiro:
		id, member = "9960"+l.To.Digits, "9960"
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

// Check holds an order to the schema, and its counts and sums to its lines.
func Check(file []byte) error {
	doc, err := read(file, &order, orderSpace)
	if err != nil {
		return err
	}
	top := doc.at("CstmrCdtTrfInitn")
	header := top.at("GrpHdr")
	var lines int
	var total int64
	ids := map[string]bool{}
	for _, p := range top.all("PmtInf") {
		var n int
		var sum int64
		for _, t := range p.all("CdtTrfTxInf") {
			ore, ok := ore(t.at("Amt", "InstdAmt").text)
			id := t.at("PmtId", "EndToEndId").text
			if !ok || ore <= 0 || ids[id] {
				return fmt.Errorf("%w: a line has no amount, or stands there twice", ErrForm)
			}
			ids[id] = true
			n++
			sum += ore
		}
		if p.at("NbOfTxs").text != strconv.Itoa(n) || p.at("CtrlSum").text != kronor(sum) || !account.ValidIBAN(p.at("DbtrAcct", "Id", "IBAN").text) {
			return fmt.Errorf("%w: a block's count, sum or account is not right", ErrForm)
		}
		lines += n
		total += sum
	}
	if header.at("NbOfTxs").text != strconv.Itoa(lines) || header.at("CtrlSum").text != kronor(total) {
		return fmt.Errorf("%w: the file's count or sum is not that of its lines", ErrForm)
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
