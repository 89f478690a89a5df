package payment

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// MaxBytes bounds a file in either direction.
const MaxBytes = 8 << 20

// ErrForm says that a file is not of its schema.
var ErrForm = errors.New("the file is not of its schema")

// An element of a schema: how often it may stand in its place, and what it holds,
// other elements in this very order or a text.
type element struct {
	name     string
	min, max int // max 0: any number
	text     *regexp.Regexp
	of       []element
	attrs    string // the one attribute it must have, name=value
	choice   bool   // exactly one of the elements in of
}

func one(name string, of ...element) element  { return element{name: name, min: 1, max: 1, of: of} }
func some(name string, of ...element) element { return element{name: name, min: 1, of: of} }
func maybe(e element) element                 { e.min = 0; return e }
func many(e element) element                  { e.min, e.max = 0, 0; return e }
func either(name string, of ...element) element {
	return element{name: name, min: 1, max: 1, of: of, choice: true}
}

func text(name, form string) element {
	return element{name: name, min: 1, max: 1, text: regexp.MustCompile(`^(?:` + form + `)$`)}
}

// The simple types of the schema.
const (
	max35    = `.{1,35}`
	max70    = `.{1,70}`
	max105   = `.{1,105}`
	max140   = `.{1,140}`
	count    = `[0-9]{1,15}`
	sum      = `[0-9]{1,15}\.[0-9]{2}`
	dateTime = `[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?`
	date     = `[0-9]{4}-[0-9]{2}-[0-9]{2}`
	iban     = `[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}`
	bic      = `[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?`
	code4    = `[A-Z0-9]{1,4}`
)

func amount(name string) element {
	e := text(name, `[0-9]{1,12}\.[0-9]{2}`)
	e.attrs = "Ccy=SEK"
	return e
}

// order is the part of pain.001.001.03 that is written: the elements, their order
// and number, and the form of their texts are the ISO schema's, or narrower.
var order = one("Document", one("CstmrCdtTrfInitn",
	one("GrpHdr", text("MsgId", max35), text("CreDtTm", dateTime), text("NbOfTxs", count), text("CtrlSum", sum),
		one("InitgPty", text("Nm", max140), one("Id", one("OrgId", one("Othr", text("Id", max35), one("SchmeNm", text("Cd", code4))))))),
	some("PmtInf", text("PmtInfId", max35), text("PmtMtd", "TRF"), text("NbOfTxs", count), text("CtrlSum", sum),
		one("PmtTpInf", one("SvcLvl", text("Cd", code4)), one("CtgyPurp", text("Cd", code4))),
		text("ReqdExctnDt", date), one("Dbtr", text("Nm", max140)),
		one("DbtrAcct", one("Id", text("IBAN", iban)), text("Ccy", "SEK")), one("DbtrAgt", one("FinInstnId", text("BIC", bic))),
		some("CdtTrfTxInf", one("PmtId", text("InstrId", max35), text("EndToEndId", max35)), one("Amt", amount("InstdAmt")),
			one("CdtrAgt", one("FinInstnId", one("ClrSysMmbId", one("ClrSysId", text("Cd", "SESBA")), text("MmbId", max35)))),
			one("Cdtr", text("Nm", max140)),
			one("CdtrAcct", one("Id", one("Othr", text("Id", `.{1,34}`), either("SchmeNm", maybe(text("Cd", "BBAN")), maybe(text("Prtry", "BGNR")))))),
			one("RmtInf", text("Ustrd", max140))))))

// reason is why something has its status.
var reason = many(one("StsRsnInf", maybe(either("Rsn", maybe(text("Cd", code4)), maybe(text("Prtry", max35)))), many(text("AddtlInf", max105))))

// answer is the part of pain.002.001.03 that is read. Banks may name themselves
// and count; they may not say anything else of a payment than its status.
var answer = one("Document", one("CstmrPmtStsRpt",
	one("GrpHdr", text("MsgId", max35), text("CreDtTm", dateTime), maybe(party("InitgPty")), maybe(agent("DbtrAgt"))),
	one("OrgnlGrpInfAndSts", text("OrgnlMsgId", max35), text("OrgnlMsgNmId", `pain\.001\.001\.03`), maybe(text("OrgnlCreDtTm", dateTime)),
		maybe(text("OrgnlNbOfTxs", count)), maybe(text("OrgnlCtrlSum", `[0-9]{1,15}(?:\.[0-9]{1,2})?`)), maybe(text("GrpSts", code4)), reason),
	many(one("OrgnlPmtInfAndSts", text("OrgnlPmtInfId", max35), maybe(text("OrgnlNbOfTxs", count)), maybe(text("OrgnlCtrlSum", `[0-9]{1,15}(?:\.[0-9]{1,2})?`)),
		maybe(text("PmtInfSts", code4)), reason,
		many(one("TxInfAndSts", maybe(text("StsId", max35)), maybe(text("OrgnlInstrId", max35)), text("OrgnlEndToEndId", max35), text("TxSts", code4), reason))))))

func party(name string) element {
	return one(name, maybe(text("Nm", max140)), maybe(one("Id", one("OrgId", maybe(text("BICOrBEI", bic)), maybe(one("Othr", text("Id", max35)))))))
}

func agent(name string) element { return one(name, one("FinInstnId", maybe(text("BIC", bic)))) }

// A node is an element of a file that fits its schema.
type node struct {
	name string
	text string
	of   []*node
}

func (n *node) all(name string) (out []*node) {
	for _, c := range n.of {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

// at follows a path; a missing element is an empty one.
func (n *node) at(path ...string) *node {
	for _, name := range path {
		found := n.all(name)
		if len(found) == 0 {
			return &node{}
		}
		n = found[0]
	}
	return n
}

// read reads a file that must fit the schema in the namespace.
func read(file []byte, schema *element, namespace string) (*node, error) {
	if len(file) > MaxBytes {
		return nil, fmt.Errorf("%w: it is larger than %d bytes", ErrForm, MaxBytes)
	}
	d := xml.NewDecoder(bytes.NewReader(file))
	d.Strict = true
	var stack []*node
	root := &node{}
	stack = append(stack, root)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: it is no XML", ErrForm)
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Space != namespace || len(stack) > 32 {
				return nil, fmt.Errorf("%w: the element %s is of another namespace, or too deep", ErrForm, t.Name.Local)
			}
			n := &node{name: t.Name.Local}
			for _, a := range t.Attr {
				if a.Name.Local == "xmlns" || a.Name.Space == "xmlns" || a.Name.Space == "http://www.w3.org/2001/XMLSchema-instance" {
					continue
				}
				n.name += " " + a.Name.Local + "=" + a.Value
			}
			top.of = append(top.of, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(t)
		case xml.Directive:
			return nil, fmt.Errorf("%w: it has a document type", ErrForm)
		}
	}
	if err := fits(root, &element{name: "the file", of: []element{*schema}}); err != nil {
		return nil, err
	}
	return root.of[0], nil
}

// fits holds a node against its element.
func fits(n *node, e *element) error {
	wrong := func(what string) error { return fmt.Errorf("%w: in %s %s", ErrForm, e.name, what) }
	if e.text != nil {
		if len(n.of) > 0 || !e.text.MatchString(n.text) {
			return wrong("the text is not of its form")
		}
		return nil
	}
	if strings.TrimSpace(n.text) != "" {
		return wrong("there is a text between the elements")
	}
	next, chosen := 0, 0
	for i := range e.of {
		want := &e.of[i]
		name := want.name
		if want.attrs != "" {
			name += " " + want.attrs
		}
		seen := 0
		for next < len(n.of) && n.of[next].name == name {
			n.of[next].name = want.name
			if err := fits(n.of[next], want); err != nil {
				return err
			}
			next++
			seen++
		}
		if seen < want.min || want.max > 0 && seen > want.max {
			return wrong(fmt.Sprintf("there are %d of %s", seen, want.name))
		}
		if seen > 0 {
			chosen++
		}
	}
	if next < len(n.of) {
		return wrong("an element is unknown, or in another place: " + strings.Fields(n.of[next].name)[0])
	}
	if e.choice && chosen != 1 {
		return wrong("there is not exactly one choice")
	}
	return nil
}
