package payment

import (
	"fmt"
	"strings"

	"github.com/skalig/skalig/server/outline"
)

// statuses are the bank's codes (ISO 20022 external code set). A code that is not
// here is an error: nobody guesses whether money was paid.
var statuses = map[string]Status{
	"RCVD": Waiting, "PDNG": Waiting, "ACTC": Waiting, "ACCP": Accepted, "ACSP": Accepted, "ACWC": Accepted, "ACSC": Settled, "ACCC": Settled, "RJCT": Rejected,
}

// ParseStatus reads a bank's answer.
func ParseStatus(file []byte) (*Report, error) {
	doc, err := schema["answer"].Read(file)
	if err != nil {
		return nil, err
	}
	top := doc.At("CstmrPmtStsRpt")
	group := top.At("OrgnlGrpInfAndSts")
	r := &Report{Batch: group.At("OrgnlMsgId").Text, Why: why(group)}
	if r.All, err = status(group.At("GrpSts").Text); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, p := range top.All("OrgnlPmtInfAndSts") {
		if p.At("OrgnlPmtInfId").Text != r.Batch {
			return nil, fmt.Errorf("%w: it is about a block that is not the file's", ErrForm)
		}
		block, err := status(p.At("PmtInfSts").Text)
		if err != nil {
			return nil, err
		}
		if block != "" {
			r.All = block
			if w := why(p); w != "" {
				r.Why = w
			}
		}
		for _, t := range p.All("TxInfAndSts") {
			l := LineReport{ID: t.At("OrgnlEndToEndId").Text, Why: why(t)}
			if l.Status, err = status(t.At("TxSts").Text); err != nil {
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
func why(n *outline.Node) string {
	var parts []string
	for _, r := range n.All("StsRsnInf") {
		for _, t := range []string{r.At("Rsn", "Cd").Text, r.At("Rsn", "Prtry").Text} {
			if t != "" {
				parts = append(parts, t)
			}
		}
		for _, t := range r.All("AddtlInf") {
			parts = append(parts, t.Text)
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
