package flow_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/skalig/skalig/ledger/sample"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// frozen is a log that shows an old checkpoint, while it holds one.
type frozen struct {
	flow.Log
	old atomic.Pointer[[]byte]
}

func (l *frozen) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	if old := l.old.Load(); old != nil {
		return *old, nil
	}
	return l.Log.ReadCheckpoint(ctx)
}

// TestSampleNeedsItsSecret: nothing is drawn before the request is under a published
// checkpoint, nor by another secret than the one that it sealed, nor twice, nor by
// another than an auditor of the municipality.
func TestSampleNeedsItsSecret(t *testing.T) { both(t, testSampleNeedsItsSecret) }

func testSampleNeedsItsSecret(t *testing.T) {
	f := newFixture(t)
	log := &frozen{}
	f.change = func(c *flow.Config) { log.Log, c.Ledger = c.Ledger, log }
	s, st, _ := f.start(t)
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	published(t, st, applicant, id)
	auditor := store.Caller{Ref: "rut", Role: store.Auditor, Municipality: "9999"}
	other := store.Caller{Ref: "rolf", Role: store.Auditor, Municipality: "1280"}
	secret := [32]byte{9}

	before, err := log.ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log.old.Store(&before)
	if _, err := s.AskSample(t.Context(), caseworker, "Revisorerna", 1, sample.Seal(secret)); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("a caseworker asks: %v", err)
	}
	for _, n := range []int{0, -1, flow.MaxSample + 1} {
		if _, err := s.AskSample(t.Context(), auditor, "Revisorerna", n, sample.Seal(secret)); !errors.Is(err, flow.ErrSample) {
			t.Errorf("%d decisions: %v", n, err)
		}
	}
	asked, err := s.AskSample(t.Context(), auditor, "Revisorerna", 5, sample.Seal(secret))
	if err == nil {
		err = st.AwaitReceipt(t.Context(), asked)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name   string
		caller store.Caller
		asked  uint64
		secret [32]byte
		want   error
	}{
		{"before the request is under a checkpoint", auditor, asked, secret, flow.ErrEarly},
		{"another secret", auditor, asked, [32]byte{8}, flow.ErrSecret},
		{"no secret", auditor, asked, [32]byte{}, flow.ErrSecret},
		{"another municipality's auditor", other, asked, secret, flow.ErrSample},
		{"a leaf that asks for nothing", auditor, 0, secret, store.ErrNotFound},
	} {
		if err := s.RevealSample(t.Context(), x.caller, x.asked, x.secret); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", x.name, err, x.want)
		}
	}
	log.old.Store(nil)
	if err := s.RevealSample(t.Context(), caseworker, asked, secret); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("a caseworker draws: %v", err)
	}
	if err := s.AnswerSample(t.Context(), caseworker, asked, []uint64{1}, nil); !errors.Is(err, flow.ErrSample) {
		t.Errorf("an answer before anything is drawn: %v", err)
	}
	if err := s.RevealSample(t.Context(), auditor, asked, secret); err != nil {
		t.Fatal(err)
	}
	if err := s.RevealSample(t.Context(), auditor, asked, secret); !errors.Is(err, flow.ErrSample) {
		t.Errorf("drawn again: %v", err)
	}
	if x, err := st.Sample(asked); err != nil || !x.Revealed || len(x.Indexes) != 1 || x.Indexes[0] != 1 {
		t.Errorf("drawn is %+v, %v", x, err)
	}
}
