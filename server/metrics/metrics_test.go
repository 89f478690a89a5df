package metrics_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/skalig/skalig/ledger/witness"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/metrics"
	"github.com/skalig/skalig/server/register"
)

func still() metrics.State {
	return metrics.State{Ready: true, Tree: 1, Backup: time.UnixMilli(1_795_000_000_000), Published: time.UnixMilli(1_795_000_000_500), Automation: map[string]bool{"9999": true},
		Witnesses: []witness.Status{{Name: "w1", Up: true, Seen: time.UnixMilli(1_795_000_000_000), Cosigned: 3}, {Name: "w2", Conflict: true}},
		Objects:   map[string]int{"cases": 3}, Readable: true, Engine: "e", InForce: "2026-01-01",
		Certificates: []metrics.Certificate{{Use: metrics.Served, Ends: time.UnixMilli(1_795_000_000_000)}, {Use: metrics.Asking, Municipality: "9999", Ends: time.UnixMilli(1_795_000_000_000)}}}
}

func made() *metrics.Metrics {
	return metrics.New(metrics.Options{Version: "v", Engine: "e", Routes: []string{"GET /"}, Municipalities: []string{"9999"}, Look: still})
}

func TestLint(t *testing.T) {
	m := made()
	problems, err := testutil.GatherAndLint(m.Gatherer())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// TestEverythingBeginsAtZero: what has not happened yet can be seen not to have.
func TestEverythingBeginsAtZero(t *testing.T) {
	m := made()
	m.Begun()("GET /", 500, time.Millisecond)
	n, err := testutil.GatherAndCount(m.Gatherer())
	if err != nil || n < 60 {
		t.Fatalf("%v: %d samples at the start", err, n)
	}
	m.Decided("9999", "automatic", "granted", time.Millisecond)
	m.Decided("9999", "human", "refused", time.Hour)
	m.Computed(flow.Native, time.Microsecond)
	m.Computed(flow.Released, time.Millisecond)
	m.Appended(3, time.Millisecond)
	m.Covered(time.Millisecond)
	for _, result := range []string{flow.Match, flow.Mismatch, flow.Unreadable} {
		m.Replayed(result)
	}
	m.ReplayedAll(time.UnixMilli(1_795_000_000_500))
	for _, state := range flow.TransferStates {
		m.Transferred("9999", state, 2, 672_050)
	}
	m.Referred([]string{"human-asked", "acute-need", "undecidable"})
	m.Published("automatic", time.Second)
	m.Published("", time.Second)
	m.Repeated()
	m.EngineDiffers()
	m.Retained(3, 2, 1)
	m.SignedIn("ok")
	m.Limited()
	m.CrossSite()
	m.Panicked()
	m.Denied()
	m.Committed(3, time.Millisecond)
	m.LetterPrinted(time.Second)
	m.LetterFailed()
	m.Registers([]register.Answer{{Agency: register.CSN}, {Agency: register.Akassorna, Silence: register.Down}}, time.Second)
	after, err := testutil.GatherAndCount(m.Gatherer())
	if err != nil || after != n {
		t.Errorf("%v: %d samples at the start, %d after everything has happened once", err, n, after)
	}
}
