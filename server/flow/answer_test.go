package flow_test

import (
	"errors"
	"testing"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// TestRejections: an answer that anybody can write makes nothing due again alone that
// has been paid, nor what who reads it in has ordered, and who reads it in neither
// orders nor releases what is paid instead.
func TestRejections(t *testing.T) { both(t, testRejections) }

func testRejections(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	published(t, st, applicant, id)
	if err := s.SetAccount(t.Context(), applicant, flow.AccountBody{Name: "Alva Exempel", To: own}); err != nil {
		t.Fatal(err)
	}
	file, err := s.Order(t.Context(), petra, payer)
	if err == nil {
		err = s.Free(t.Context(), per, file)
	}
	if err != nil {
		t.Fatal(err)
	}
	const line = "9999-0-1-1"
	says := func(who store.Caller, status, want string) {
		t.Helper()
		if err := s.Answer(t.Context(), who, bank(file, map[string]string{line: status})); err != nil {
			t.Fatal(err)
		}
		is(t, s, st, file, line, want)
	}
	word := func(who store.Caller, stands bool, refused error, want string) {
		t.Helper()
		if err := s.Confirm(t.Context(), who, file, stands); !errors.Is(err, refused) {
			t.Fatalf("%s says %t: %v", who.Ref, stands, err)
		}
		is(t, s, st, file, line, want)
	}
	forged := func(who store.Caller, h store.Head) {
		t.Helper()
		if _, err := st.Update(t.Context(), who, func(*store.View) (store.Draft, error) { return store.Draft{Case: file, Head: h}, nil }); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("the store lets %s write %+v: %v", who.Ref, h, err)
		}
	}
	alone := func(who store.Caller) {
		t.Helper()
		forged(who, store.Paid{Batch: file, By: who.Ref, Statuses: []store.PartStatus{{ID: line, State: store.TransferRejected}}})
	}

	// Who prepared the file does not make it due again; the other's word, or the bank's
	// that it is paid, ends it.
	alone(petra)
	says(petra, "RJCT", store.TransferUnconfirmed)
	says(petra, "RJCT", store.TransferUnconfirmed)
	word(petra, true, flow.ErrNoRejection, store.TransferUnconfirmed)
	forged(petra, store.Rejection{Batch: file, Transfers: []string{line}, Stands: true, By: petra.Ref})
	word(far, true, store.ErrForbidden, store.TransferUnconfirmed)
	word(per, false, nil, store.TransferReleased)
	word(per, true, flow.ErrNoRejection, store.TransferReleased)
	says(petra, "RJCT", store.TransferUnconfirmed)
	says(per, "ACSP", store.TransferUnconfirmed)
	says(per, "ACSC", store.TransferSettled)

	// What has been paid is made due again by two, whoever reads it in.
	says(per, "ACSP", store.TransferSettled)
	alone(per)
	says(per, "RJCT", store.TransferUnconfirmed)
	word(per, true, flow.ErrNoRejection, store.TransferUnconfirmed)
	if _, err := s.Order(t.Context(), third, payer); !errors.Is(err, flow.ErrNothingDue) {
		t.Errorf("paid again while the rejection waits: %v", err)
	}
	word(third, false, nil, store.TransferSettled)
	says(per, "RJCT", store.TransferUnconfirmed)
	word(petra, true, nil, store.TransferRejected)

	// It is due again: to another than who read it in.
	debts, _, err := s.Debts(t.Context(), per)
	if err != nil || len(debts) != 1 || !debts[0].Barred || debts[0].Payable() != 0 {
		t.Errorf("%v: who read it in can order %+v", err, debts)
	}
	if _, err := s.Order(t.Context(), per, payer); !errors.Is(err, flow.ErrNothingDue) {
		t.Errorf("ordered by who read it in: %v", err)
	}
	forged(per, store.Ordered{Batch: "9999-x", Municipality: "9999", By: per.Ref, Parts: []store.Part{{ID: "9999-0-1-2", Case: id}}})
	again, err := s.Order(t.Context(), petra, payer)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Free(t.Context(), per, again); !errors.Is(err, flow.ErrLoader) {
		t.Errorf("released by who read it in: %v", err)
	}
	forged(per, store.Freed{Batch: again, By: per.Ref})
	b, _, err := s.Batch(t.Context(), third, again)
	if err != nil {
		t.Fatal(err)
	}
	earlier, err := st.Earlier(&b)
	if e := earlier[id]; err != nil || len(e) != 1 || e[0].ID != line || e[0].Before != store.TransferSettled || e[0].Loader != per.Ref {
		t.Errorf("%v: before the file there was %+v", err, e)
	}
	if err := s.Free(t.Context(), third, again); err != nil {
		t.Fatal(err)
	}
}

// is holds a transfer to a state.
func is(t *testing.T, s *flow.Service, st *store.Store, file, line, want string) {
	t.Helper()
	b, _, err := s.Batch(t.Context(), third, file)
	if err != nil {
		t.Fatal(err)
	}
	transfers, err := st.BatchTransfers(&b)
	if err != nil || len(transfers) != 1 || transfers[0].ID != line || transfers[0].State != want {
		t.Fatalf("%v: the transfer is %+v, want %s", err, transfers, want)
	}
}
