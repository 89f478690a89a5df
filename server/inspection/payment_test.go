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
	"github.com/skalig/skalig/server/store/storetest"
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

// TestRejectionsAreTwos: rows by which one approver alone made an amount due again, or
// paid what they had read in a rejection of, are faults.
func TestRejectionsAreTwos(t *testing.T) {
	approver := func(ref string) store.Caller {
		return store.Caller{Ref: ref, Role: store.Approver, Municipality: "9999"}
	}
	petra, per, pia := approver("petra"), approver("per"), approver("pia")
	payer := payment.Payer{Name: "Demokommun", Organisation: "2120009999", IBAN: "SE4500000000099990000001", BIC: "DEMOSESS"}
	to := account.Number{Kind: account.Bank, Clearing: "5000", Digits: "0000019"}
	dirs := map[bool]string{true: t.TempDir(), false: t.TempDir()}
	for again, dir := range dirs {
		s := start(t, dir)
		s.apply(t, 1, single)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.flow.SetAccount(t.Context(), store.Caller{Ref: "person-1", Role: store.Applicant}, flow.AccountBody{Name: "Alva Exempel", To: to}))
		order := func(free store.Caller) string {
			t.Helper()
			file, err := s.flow.Order(t.Context(), petra, payer)
			must(err)
			must(s.flow.Free(t.Context(), free, file))
			return file
		}
		file := order(per)
		for _, status := range []string{"ACSC", "RJCT"} {
			must(s.flow.Answer(t.Context(), per, []byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-11-23T08:00:00Z</CreDtTm></GrpHdr>`+
				`<OrgnlGrpInfAndSts><OrgnlMsgId>`+file+`</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId><GrpSts>`+status+`</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>`)))
		}
		if again {
			must(s.flow.Confirm(t.Context(), pia, file, true))
			order(pia)
		}
		s.stop(t)
	}
	const head = `UPDATE journal SET head = replace(head, ?, ?) WHERE seq = (SELECT `
	for name, c := range map[string]struct {
		again      bool // up to what is paid instead
		which, was string
		is, want   string
	}{
		"as it was":                   {true, "max(seq) FROM journal", "", "", ""},
		"while it waits":              {false, "max(seq) FROM journal", "", "", ""},
		"alone, after it was paid":    {false, "max(seq) FROM journal WHERE kind = 'payment-status'", `"unconfirmed"`, `"rejected"`, "had been paid, and one approver alone made it due again"},
		"by who prepared it":          {false, "max(seq) FROM journal WHERE kind = 'payment-status'", `"state":"unconfirmed"}],"by":"per"`, `"state":"rejected"}],"by":"petra"`, "by who prepared its file, alone"},
		"confirmed by who read it in": {true, "max(seq) FROM journal WHERE kind = 'payment-rejection'", `"by":"pia"`, `"by":"per"`, "nobody else has read in that it was rejected"},
		"ordered by who read it in":   {true, "max(seq) FROM journal WHERE kind = 'payment-ordered'", `"by":"petra"`, `"by":"per"`, "ordered by who read in"},
		"released by who read it in":  {true, "max(seq) FROM journal WHERE kind = 'payment-released'", `"by":"pia"`, `"by":"per"`, "released by who read in"},
		"released by who ordered it":  {true, "max(seq) FROM journal WHERE kind = 'payment-released'", `"by":"pia"`, `"by":"petra"`, "released by who prepared the file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copied(t, dirs[c.again])
			storetest.Rechain(t, dir, head+c.which+")", c.was, c.is)
			r := check(t, dir)
			if c.want == "" {
				if r.Wrong != 0 {
					t.Errorf("%d faults: %v", r.Wrong, r.Faults)
				}
			} else if r.Wrong == 0 || r.Faults[0].Assertion != inspection.Payment || !strings.Contains(faults(r), c.want) {
				t.Errorf("%d faults: %v, want %s", r.Wrong, r.Faults, c.want)
			}
		})
	}
}
