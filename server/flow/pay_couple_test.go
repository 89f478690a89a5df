package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// TestPayCouple: 7 100 + 1 410 + 6 500,01 − 5 000 = 10 010,01 for two. It is the
// applicant's until either of them wants a half; an odd öre is the applicant's; a
// half without an account waits, and nothing else does.
func TestPayCouple(t *testing.T) { both(t, testPayCouple) }

func testPayCouple(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	id := applied(t, s, "6500.01")
	published(t, st, applicant, id)
	hers := flow.AccountBody{Name: "Alva Exempel", To: own}
	his := flow.AccountBody{Name: "Bo Exempel", To: account.Number{Kind: account.Plusgiro, Digits: "18"}}
	set := func(who store.Caller, a flow.AccountBody) {
		t.Helper()
		if err := s.SetAccount(t.Context(), who, a); err != nil {
			t.Fatal(err)
		}
	}
	shares := func(want string) {
		t.Helper()
		debts, _, err := s.Debts(t.Context(), petra)
		var got []string
		for _, d := range debts {
			for _, share := range d.Shares {
				got = append(got, fmt.Sprintf("%s %d %t", share.Payee, share.Amount, share.To != nil))
			}
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Fatalf("%v: the shares are %q, want %q", err, got, want)
		}
	}
	missing := func(hers, his bool) {
		t.Helper()
		c, err := st.Read(t.Context(), applicant, id)
		if err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]bool{c.Person: hers, c.Partner: his} {
			if p, err := s.Payout(t.Context(), who, &c.Case); err != nil || p.Missing() != want {
				t.Fatalf("%v: %s is asked for an account: %t, want %t", err, who, p.Missing(), want)
			}
		}
	}
	order := func(want string) string {
		t.Helper()
		batch, err := s.Order(t.Context(), petra, payer)
		if err != nil {
			t.Fatal(err)
		}
		_, b, err := s.Batch(t.Context(), per, batch)
		var got []string
		for _, l := range b.Lines {
			got = append(got, fmt.Sprintf("%s %s %d", l.ID, l.Payee, l.Amount))
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Fatalf("%v: the lines are %q, want %q", err, got, want)
		}
		return batch
	}

	shares("Alva Exempel 1001001 false")
	missing(true, false)
	set(applicant, hers)
	shares("Alva Exempel 1001001 true")
	missing(false, false)
	hers.Half = true
	set(applicant, hers)
	shares("Alva Exempel 500501 true, Bo Exempel 500500 false")
	order("9999-0-1-1 Alva Exempel 500501")
	shares("Bo Exempel 500500 false")
	missing(false, true)
	set(stranger, his) // whose account is known now
	missing(false, false)
	first := order("9999-0-3-1 Bo Exempel 500500")
	if err := s.Free(t.Context(), per, first); err != nil {
		t.Fatal(err)
	}
	if err := s.Answer(t.Context(), per, bank(first, map[string]string{"9999-0-3-1": "RJCT"})); err != nil {
		t.Fatal(err)
	}
	shares("Bo Exempel 500500 true")
	order("9999-0-3-2 Bo Exempel 500500")
	shares("")

	// Raised by 1 000: half each, and with the rent to a landlord nothing is paid twice.
	ruling := flow.Ruling{Version: current(t, st, id), Outcome: record.Granted, Granted: 1101001, Addition: 100000, Ground: "wrong", Motivation: "Rättelse.", Name: "Doris Demosson"}
	if err := s.Reconsider(t.Context(), caseworker, id, ruling); err != nil {
		t.Fatal(err)
	}
	n, err := st.Length()
	if err == nil {
		err = st.AwaitReceipt(t.Context(), n-1)
	}
	if err != nil {
		t.Fatal(err)
	}
	shares("Alva Exempel 50000 true, Bo Exempel 50000 true")
	hers.Half, his.Half = false, true // it is enough that one of them wants it
	set(applicant, hers)
	set(stranger, his)
	shares("Alva Exempel 50000 true, Bo Exempel 50000 true")
	hers.Landlord = &rent
	set(applicant, hers)
	shares("Hyresvärden AB 100000 true")
}
