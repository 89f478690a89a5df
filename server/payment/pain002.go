package payment

import (
	"fmt"
	"strings"
)

const answerSpace = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"

// statuses are the bank's codes (ISO 20022 external code set). A code that is not
// here is an error: nobody guesses whether money was paid.
var statuses = map[string]Status{
	"RCVD": Waiting, "PDNG": Waiting, "ACTC": Waiting, "ACCP": Accepted, "ACSP": Accepted, "ACWC": Accepted, "ACSC": Settled, "ACCC": Settled, "RJCT": Rejected,
}

// ParseStatus reads a bank's answer.
func ParseStatus(file []byte) (*Report, error) {
	doc, err := read(file, &answer, answerSpace)
	if err != nil {
		return nil, err
	}
	top := doc.at("CstmrPmtStsRpt")
	group := top.at("OrgnlGrpInfAndSts")
	r := &Report{Batch: group.at("OrgnlMsgId").text, Why: why(group)}
	if r.All, err = status(group.at("GrpSts").text); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, p := range top.all("OrgnlPmtInfAndSts") {
		if p.at("OrgnlPmtInfId").text != r.Batch {
			return nil, fmt.Errorf("%w: it is about a block that is not the file's", ErrForm)
		}
		block, err := status(p.at("PmtInfSts").text)
		if err != nil {
			return nil, err
		}
		if block != "" {
			r.All = block
			if w := why(p); w != "" {
				r.Why = w
			}
		}
		for _, t := range p.all("TxInfAndSts") {
			l := LineReport{ID: t.at("OrgnlEndToEndId").text, Why: why(t)}
			if l.Status, err = status(t.at("TxSts").text); err != nil {
				return nil, err
			}
			if l.Status == "" || seen[l.ID] {
				return nil, fmt.Errorf("%w: a line has no status, or stands there twice", ErrForm)
			}
			seen[l.ID] = true
			r.Lines = append(r.Lines, l)
		}
	}
	return r, nil
}

// status reads a code. PART says that lines differ, and so nothing of any of them.
func status(code string) (Status, error) {
	if code == "" || code == "PART" {
		return "", nil
	}
	s, ok := statuses[code]
	if !ok {
		return "", fmt.Errorf("%w: the status %s is unknown", ErrForm, code)
	}
	return s, nil
}

// why joins the bank's codes and words.
func why(n *node) string {
	var parts []string
	for _, r := range n.all("StsRsnInf") {
		for _, t := range []string{r.at("Rsn", "Cd").text, r.at("Rsn", "Prtry").text} {
			if t != "" {
				parts = append(parts, t)
			}
		}
		for _, t := range r.all("AddtlInf") {
			parts = append(parts, t.text)
		}
	}
	return strings.Join(parts, " ")
}

// Of gives the status of a line, and false where the report says nothing of it.
func (r *Report) Of(id string) (LineReport, bool) {
	for _, l := range r.Lines {
		if l.ID == id {
			return l, true
		}
	}
	return LineReport{ID: id, Status: r.All, Why: r.Why}, r.All != ""
}
