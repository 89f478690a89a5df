package inspection_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
)

// TestPaymentsTie: what is ordered ties out to what was granted, through a refusal
// by the bank; a file of an öre less is a fault.
func TestPaymentsTie(t *testing.T) {
	petra := store.Caller{Ref: "petra", Role: store.Approver, Municipality: "9999"}
	per := store.Caller{Ref: "per", Role: store.Approver, Municipality: "9999"}
	payer := payment.Payer{Name: "Demokommun", Organisation: "2120009999", IBAN: "SE4500000000099990000001", BIC: "DEMOSESS"}
	to := account.Number{Kind: account.Bank, Clearing: "5000", Digits: "0000019"}
	for name, c := range map[string]struct {
		amount int64 // 0: what is due
		left   bool
		want   int
	}{"to the öre": {0, false, 0}, "an öre less": {1171999, false, 1}, "an öre less, which waits": {1171999, true, 0}, "nothing waits": {1172000, true, 1}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := start(t, dir)
			id := s.apply(t, 1, single)
			if err := s.flow.SetAccount(t.Context(), store.Caller{Ref: "person-1", Role: store.Applicant}, flow.AccountBody{Name: "Alva Exempel", To: to}); err != nil {
				t.Fatal(err)
			}
			batch, err := s.flow.Order(t.Context(), petra, payer)
			if err == nil {
				err = s.flow.Free(t.Context(), per, batch)
			}
			if err == nil {
				err = s.flow.Answer(t.Context(), per, []byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-11-23T08:00:00Z</CreDtTm></GrpHdr>`+
					`<OrgnlGrpInfAndSts><OrgnlMsgId>`+batch+`</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`))
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.amount > 0 { // 11 720 was granted
				b := payment.Batch{ID: "9999-x", Day: "2026-11-24", Made: "2026-11-22T12:00:00+01:00", Payer: payer,
					Lines: []payment.Line{{ID: "9999-0-1-2", Case: id, Amount: c.amount, Payee: "Alva Exempel", To: to, Text: "Bistånd"}}}
				text, err := json.Marshal(b)
				if err == nil {
					_, err = s.st.Update(t.Context(), petra, func(*store.View) (store.Draft, error) {
						return store.Draft{Case: b.ID, Body: text, Head: store.Ordered{Batch: b.ID, Municipality: "9999", By: petra.Ref,
							Parts: []store.Part{{ID: "9999-0-1-2", Case: id, Left: c.left}}}}, nil
					})
				}
				if err != nil {
					t.Fatal(err)
				}
			} else if _, err := s.flow.Order(t.Context(), petra, payer); err != nil {
				t.Fatal(err)
			}
			s.stop(t)
			r, err := inspection.Check(t.Context(), dir, inspection.Options{})
			if err != nil || r.Wrong != c.want || r.Files != 2 || r.Transfers != 2 {
				t.Fatalf("%v: %d faults in %d files: %v", err, r.Wrong, r.Files, r.Faults)
			}
			if c.want > 0 && (r.Faults[0].Assertion != inspection.Payment || !strings.Contains(r.Faults[0].Text, "decision 9999/0")) {
				t.Errorf("the fault: %v", r.Faults)
			}
		})
	}
}
