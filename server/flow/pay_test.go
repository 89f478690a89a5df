package flow_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

var (
	petra = store.Caller{Ref: "staff-p", Role: store.Approver, Municipality: "9999"}
	per   = store.Caller{Ref: "staff-q", Role: store.Approver, Municipality: "9999"}
	third = store.Caller{Ref: "staff-t", Role: store.Approver, Municipality: "9999"}
	far   = store.Caller{Ref: "staff-r", Role: store.Approver, Municipality: "1287"}
	payer = payment.Payer{Name: "Demokommun", Organisation: "2120009999", IBAN: "SE4500000000099990000001", BIC: "DEMOSESS"}
	own   = account.Number{Kind: account.Bank, Clearing: "5000", Digits: "0000019"}
	rent  = flow.Landlord{Name: "Hyresvärden AB", To: account.Number{Kind: account.Bankgiro, Digits: "10000008"}, Reference: "12345", Amount: 650000}
)

// bank is a bank's answer about a file: for each line its status.
func bank(batch string, lines map[string]string) []byte {
	var b strings.Builder
	for id, status := range lines {
		fmt.Fprintf(&b, `<TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>%s</TxSts></TxInfAndSts>`, id, status)
	}
	return fmt.Appendf(nil, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-11-23T08:00:00Z</CreDtTm></GrpHdr>`+
		`<OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId></OrgnlGrpInfAndSts>`+
		`<OrgnlPmtInfAndSts><OrgnlPmtInfId>%s</OrgnlPmtInfId>%s</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`, batch, batch, b.String())
}

// TestPayments follows one grant of 6 720 from decision to paid: two approvers, the
// landlord's part, a refusal by the bank, a stop, and a correction up and down.
func TestPayments(t *testing.T) { both(t, testPayments) }

func testPayments(t *testing.T) {
	f := newFixture(t)
	var years atomic.Int32
	f.change = func(c *flow.Config) { c.Clock = func() time.Time { return noon.AddDate(int(years.Load()), 0, 0) } }
	s, st, _ := f.start(t)
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	published(t, st, applicant, id)
	debts := func(want ...int64) []flow.Debt {
		t.Helper()
		all, _, err := s.Debts(t.Context(), petra)
		var got []int64
		for _, d := range all {
			got = append(got, d.Amount)
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v: due are %v, want %v", err, got, want)
		}
		return all
	}
	debts(672000)
	if all, _, err := s.Debts(t.Context(), far); err != nil || len(all) != 0 {
		t.Errorf("%v: another municipality is to pay %d", err, len(all))
	}
	for name, who := range map[string]store.Caller{"applicant": applicant, "caseworker": caseworker, "nobody": {}} {
		if _, _, err := s.Debts(t.Context(), who); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s sees the payments: %v", name, err)
		}
	}
	if _, err := s.Order(t.Context(), petra, payer); !errors.Is(err, flow.ErrNothingDue) {
		t.Errorf("paid without an account: %v", err)
	}
	if err := s.SetAccount(t.Context(), applicant, flow.AccountBody{Name: "Alva Exempel", To: own, Landlord: &rent}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AccountOf(t.Context(), stranger, applicant.Ref); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("another person's account: %v", err)
	}

	// A stop, and its end.
	if err := s.Halt(t.Context(), petra, id, true, "Petra", " "); err == nil {
		t.Error("stopped without a reason")
	}
	if err := s.Halt(t.Context(), far, id, true, "R", "prov"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("another municipality stopped a payment: %v", err)
	}
	for _, stopped := range []bool{true, false} {
		if err := s.Halt(t.Context(), petra, id, stopped, "Petra", "Kontot kontrolleras"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Order(t.Context(), petra, payer); errors.Is(err, flow.ErrNothingDue) != stopped {
			t.Fatalf("stopped %v: %v", stopped, err)
		}
	}
	debts()
	_, batches, err := s.Debts(t.Context(), petra)
	if err != nil || len(batches) != 1 {
		t.Fatalf("%v: %d batches", err, len(batches))
	}
	first := batches[0].ID
	content := func(batch string) map[string]int64 {
		_, b, err := s.Batch(t.Context(), per, batch)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]int64{}
		for _, l := range b.Lines {
			out[l.ID] = l.Amount
		}
		return out
	}
	if got := fmt.Sprint(content(first)); got != "map[9999-0-1-1:22000 9999-0-2-1:650000]" {
		t.Errorf("the lines are %s", got)
	}

	// Four eyes, in the own municipality.
	if err := s.Free(t.Context(), petra, first); !errors.Is(err, flow.ErrSamePerson) {
		t.Errorf("released by who prepared it: %v", err)
	}
	if err := s.Free(t.Context(), far, first); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("released elsewhere: %v", err)
	}
	if err := s.Answer(t.Context(), petra, bank(first, map[string]string{"9999-0-1-1": "ACSC"})); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("an answer about a file that nobody released: %v", err)
	}
	if err := s.Free(t.Context(), per, first); err != nil {
		t.Fatal(err)
	}
	if err := s.Free(t.Context(), per, first); err == nil {
		t.Error("released twice")
	}
	if err := s.Cancel(t.Context(), petra, first); err == nil {
		t.Error("a released file was given up")
	}

	// The bank pays the landlord and refuses the rest, which is due again.
	if err := s.Answer(t.Context(), per, bank(first, map[string]string{"9999-7-1-1": "ACSC"})); !errors.Is(err, payment.ErrForm) {
		t.Errorf("an answer about another's line: %v", err)
	}
	if err := s.Answer(t.Context(), per, bank(first, map[string]string{"9999-0-2-1": "ACSC", "9999-0-1-1": "RJCT"})); err != nil {
		t.Fatal(err)
	}
	debts(22000)
	if _, err := s.Order(t.Context(), per, payer); !errors.Is(err, flow.ErrNothingDue) {
		t.Errorf("who read in the rejection ordered what is paid instead: %v", err)
	}
	second, err := s.Order(t.Context(), petra, payer)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Free(t.Context(), per, second); !errors.Is(err, flow.ErrLoader) {
		t.Errorf("who read in the rejection released what is paid instead: %v", err)
	}
	if got := fmt.Sprint(content(second)); got != "map[9999-0-1-2:22000]" {
		t.Errorf("the second attempt: %s", got)
	}

	// The decision is raised to 7 000 before the file is released: it is not, and
	// what is due is the difference to what has been paid.
	reconsider := func(granted int64) {
		t.Helper()
		ruling := flow.Ruling{Version: current(t, st, id), Outcome: record.Granted, Granted: granted, Addition: granted, Ground: "slip", Motivation: "Rättelse.", Name: "Doris Demosson",
			Hearing: &flow.Hearing{Needless: "Ett skrivfel."}}
		if err := s.Reconsider(t.Context(), caseworker, id, ruling); err != nil {
			t.Fatal(err)
		}
		n, err := st.Length()
		if err != nil {
			t.Fatal(err)
		}
		if err := st.AwaitReceipt(t.Context(), n-1); err != nil {
			t.Fatal(err)
		}
	}
	reconsider(700000)
	if err := s.Free(t.Context(), third, second); !errors.Is(err, flow.ErrReplaced) {
		t.Errorf("a replaced decision was paid: %v", err)
	}
	if err := s.Cancel(t.Context(), petra, second); err != nil {
		t.Fatal(err)
	}
	debts(50000) // 7 000 − 6 500 to the landlord
	pay := func(want string) {
		t.Helper()
		batch, err := s.Order(t.Context(), petra, payer)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(content(batch)); got != want {
			t.Errorf("the lines are %s, want %s", got, want)
		}
		decider := store.Caller{Ref: caseworker.Ref, Role: store.Approver, Municipality: "9999"}
		if err := s.Free(t.Context(), decider, batch); !errors.Is(err, flow.ErrDecider) {
			t.Errorf("released by who decided: %v", err)
		}
		_, err = st.Update(t.Context(), decider, func(*store.View) (store.Draft, error) {
			return store.Draft{Case: batch, Head: store.Freed{Batch: batch, By: decider.Ref}}, nil
		})
		if !errors.Is(err, store.ErrForbidden) {
			t.Errorf("the store lets who decided release: %v", err)
		}
		if err := s.Free(t.Context(), third, batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetAccount(t.Context(), applicant, flow.AccountBody{Name: "Alva Exempel", To: own}); err != nil {
		t.Fatal(err)
	}
	pay("map[9999-1-1-1:50000]")
	debts()

	// Lowered: nothing more is due. Raised again: the difference alone.
	claims := func(want string) []flow.Claim {
		t.Helper()
		all, err := s.Claims(t.Context(), caseworker)
		var got []string
		for _, c := range all {
			got = append(got, fmt.Sprintf("%d of %d", c.Amount(), c.Paid))
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Fatalf("%v: the claims are %q, want %q", err, got, want)
		}
		return all
	}
	claims("")
	worse := flow.Ruling{Version: current(t, st, id), Outcome: record.Granted, Granted: 699999, Ground: "wrong", Motivation: "Rättelse.", Name: "Doris Demosson"}
	if err := s.Reconsider(t.Context(), caseworker, id, worse); !errors.Is(err, flow.ErrWorse) {
		t.Errorf("made worse on a ground that is for the better: %v", err)
	}
	reconsider(690000)
	debts()
	open := claims("10000 of 700000")[0]
	note := flow.ClaimBody{Name: "Doris Demosson", Note: "Beslut § 12."}
	for name, try := range map[string]func() error{
		"by an approver":   func() error { return s.SettleClaim(t.Context(), petra, id, open.Version, store.ClaimMade, note) },
		"by the applicant": func() error { return s.SettleClaim(t.Context(), applicant, id, open.Version, store.ClaimDropped, note) },
		"in another way":   func() error { return s.SettleClaim(t.Context(), caseworker, id, open.Version, "netted", note) },
		"without a note": func() error {
			return s.SettleClaim(t.Context(), caseworker, id, open.Version, store.ClaimMade, flow.ClaimBody{Name: "D"})
		},
		"of an old version": func() error { return s.SettleClaim(t.Context(), caseworker, id, open.Version-1, store.ClaimMade, note) },
	} {
		if try() == nil {
			t.Errorf("a claim was settled %s", name)
		}
	}
	settle := func(how string) {
		t.Helper()
		if err := s.SettleClaim(t.Context(), caseworker, id, current(t, st, id), how, note); err != nil {
			t.Fatal(err)
		}
	}
	// A file waits as long as money is claimed back in it, however old it is.
	retained := func(open, due int) {
		t.Helper()
		years.Store(6)
		defer years.Store(0)
		r, err := s.Retain(t.Context(), true)
		if err != nil || r.Open != open || len(r.Due) != due {
			t.Errorf("%v: after six years %d cases wait and %d are due, want %d and %d", err, r.Open, len(r.Due), open, due)
		}
	}
	retained(1, 0)
	settle(store.ClaimHanded)
	retained(1, 0)
	claims("10000 of 700000")
	if err := s.SettleClaim(t.Context(), caseworker, id, current(t, st, id), store.ClaimRepaid, note); !errors.Is(err, flow.ErrVersion) {
		t.Errorf("paid back before it is claimed: %v", err)
	}
	settle(store.ClaimMade)
	claims("")
	if c, err := s.ClaimOf(t.Context(), applicant, id); err != nil || c == nil || c.Open() || !c.Waits() {
		t.Errorf("%v: the applicant's claim is %+v", err, c)
	}
	retained(1, 0)
	settle(store.ClaimRepaid)
	retained(0, 1)
	if err := s.SettleClaim(t.Context(), caseworker, id, current(t, st, id), store.ClaimDropped, note); !errors.Is(err, flow.ErrVersion) {
		t.Errorf("given up after it was paid back: %v", err)
	}
	if c, err := s.ClaimOf(t.Context(), applicant, id); err != nil || c == nil || c.Waits() {
		t.Errorf("%v: the applicant's claim is %+v", err, c)
	}
	reconsider(710001)
	debts(10001)
	pay("map[9999-3-1-1:10001]")
	paid, err := s.Payments(t.Context(), applicant, id)
	var sum int64
	for _, p := range paid {
		if p.State != store.TransferRejected {
			sum += p.Amount
		}
	}
	if err != nil || sum != 710001 || len(paid) != 4 {
		t.Errorf("%v: %d öre in %d transfers", err, sum, len(paid))
	}
	if _, err := s.Payments(t.Context(), stranger, id); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("another person's payments: %v", err)
	}

	// The file is erased after five years, what was paid when the books' seven have gone.
	_, files, err := st.Payments(t.Context(), petra)
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: there are %d files", err, len(files))
	}
	for _, c := range []struct {
		years         int32
		erased, files int
	}{{6, 1, 0}, {7, 0, 0}, {8, 0, len(files)}, {9, 0, 0}} {
		years.Store(c.years)
		if r, err := s.Retain(t.Context(), false); err != nil || r.Erased != c.erased || r.Files != c.files {
			t.Errorf("%v: after %d years %d cases and %d payment files are erased, want %d and %d", err, c.years, r.Erased, r.Files, c.erased, c.files)
		}
	}
	for _, b := range files {
		if _, _, _, err := st.Batch(t.Context(), store.Program, b.ID); !errors.Is(err, store.ErrErased) {
			t.Errorf("an erased payment file: %v", err)
		}
	}
	if _, left, err := st.Payments(t.Context(), petra); err != nil || len(left) != 0 {
		t.Errorf("%v: %d payment files are still listed", err, len(left))
	}
	if n, err := st.FinishErasures(t.Context()); err != nil || n != 0 {
		t.Errorf("%v: %d keys are left", err, n)
	}
}
