package replay_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay"
	"github.com/skalig/skalig/server/replay/replaytest"
	"github.com/skalig/skalig/wasm/contract"
)

var vkey = replaytest.Key

func auditor(t testing.TB, artefact bool) (*replay.Auditor, *replay.Engines) {
	engines := replay.NewEngines(artefact)
	t.Cleanup(func() {
		if err := engines.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return replay.NewAuditor(ledger.Policy{Logs: []string{vkey}}, engines), engines
}

func TestReceiptsReplay(t *testing.T) {
	files := replaytest.Receipts(t, 40, nil)
	for _, artefact := range []bool{false, true} {
		a, engines := auditor(t, artefact)
		for i, file := range files {
			if o := a.Receipt(t.Context(), file); !o.Sound() || !o.Replayed || o.Index != uint64(i) || o.Leaf.Number != uint64(i) {
				t.Fatalf("receipt %d: %+v", i, o)
			}
		}
		if engines.NativeDiffers() {
			t.Error("the native build differs from the artefact")
		}
	}
}

// TestEveryDifference makes genuine receipts of decisions that do not replay.
func TestEveryDifference(t *testing.T) {
	for want, change := range map[replay.Difference]func(d *record.Decision){
		replay.EngineUnknown: func(d *record.Decision) { d.Engine[0] ^= 1 },
		replay.RulesDiffer:   func(d *record.Decision) { d.Rules[0] ^= 1 },
		replay.ResultDiffers: func(d *record.Decision) { d.Result[0] ^= 1 },
		replay.GrantDiffers:  func(d *record.Decision) { d.Granted++ },
		replay.FactsDiffer:   func(d *record.Decision) { d.Facts = bytes.Replace(d.Facts, []byte("6500"), []byte("6500.0"), 1) },
		replay.EngineFailed:  func(d *record.Decision) { d.Facts = bytes.Replace(d.Facts, []byte("6500"), []byte(`"six"`), 1) },
	} {
		files := replaytest.Receipts(t, 1, func(_ int, d *record.Decision) { change(d) })
		for _, artefact := range []bool{false, true} {
			a, engines := auditor(t, artefact)
			if o := a.Receipt(t.Context(), files[0]); o.Difference != want || o.Reason != "" || o.Replayed || engines.NativeDiffers() {
				t.Errorf("%s: %+v", want, o)
			}
		}
	}
}

// TestHeadDiffers: what a record says of its decision is held against its facts, and a
// machine decides nothing that was for a person.
func TestHeadDiffers(t *testing.T) {
	person := func(d *record.Decision) { d.Mode, d.Decider, d.Granted = record.Human, "Ada Andersson", 1 }
	for name, change := range map[string]func(d *record.Decision){
		"another month":                 func(d *record.Decision) { d.Month = "2026-12" },
		"another municipality":          func(d *record.Decision) { d.Municipality = "1287" },
		"a person, another month":       func(d *record.Decision) { person(d); d.Month = "2026-12" },
		"a person, of elsewhere":        func(d *record.Decision) { person(d); d.Municipality = "1287" },
		"a machine, a person's reasons": func(d *record.Decision) { d.Reasons = []string{"rent-above-cap"} },
	} {
		files := replaytest.Receipts(t, 1, func(_ int, d *record.Decision) { change(d) })
		for _, artefact := range []bool{false, true} {
			a, engines := auditor(t, artefact)
			if o := a.Receipt(t.Context(), files[0]); o.Difference != replay.HeadDiffers || o.Reason != "" || o.Replayed || engines.NativeDiffers() {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
}

// TestChangedReceipts changes a byte in every place: the auditor refuses what
// ledger.Verify refuses, for the same reason, whatever it has verified before.
func TestChangedReceipts(t *testing.T) {
	files := replaytest.Receipts(t, 3, nil)
	a, _ := auditor(t, false)
	for _, file := range files {
		if o := a.Receipt(t.Context(), file); !o.Sound() {
			t.Fatalf("%+v", o)
		}
	}
	for at := range files[1] {
		file := bytes.Clone(files[1])
		file[at] ^= 1
		rep := ledger.Verify(file, []string{vkey})
		if o := a.Receipt(t.Context(), file); rep.OK || o.Reason != rep.Reason || o.Replayed {
			t.Fatalf("byte %d: %+v, want %s", at, o, rep.Reason)
		}
	}
	other := replay.NewAuditor(ledger.Policy{Logs: []string{strings.Replace(vkey, "log.", "lag.", 1)}}, replay.NewEngines(false))
	if o := other.Receipt(t.Context(), files[0]); o.Reason != ledger.KeyMalformed {
		t.Errorf("another log's key: %+v", o)
	}
}

// TestUnusualReceipts are genuine but spelled with what few receipts hold.
func TestUnusualReceipts(t *testing.T) {
	a, _ := auditor(t, false)
	for name, change := range map[string]func(d *record.Decision){
		"escapes":  func(d *record.Decision) { d.Motivation = "\"Hyran\"\\\n\t\b\f\r\x01\x1f\x7f – åäö €" },
		"a person": func(d *record.Decision) { d.Mode, d.Outcome, d.Granted = record.Human, record.Refused, 0 },
		"a part": func(d *record.Decision) {
			d.Mode, d.Outcome, d.Granted, d.Reasons = record.Human, record.Partly, 1, []string{"not-in-full", "a-2"}
		},
		"replaces": func(d *record.Decision) {
			if d.Mode = record.Human; d.Number > 0 {
				d.Replaces = "9999/0"
			}
		},
		"one reason":  func(d *record.Decision) { d.Mode, d.Reasons = record.Human, []string{"rent-above-cap"} },
		"no delegate": func(d *record.Decision) { d.Delegation = "" },
	} {
		for _, n := range []int{1, 2, 3} {
			for _, file := range replaytest.Receipts(t, n, func(_ int, d *record.Decision) { change(d) }) {
				if o := a.Receipt(t.Context(), file); !o.Sound() || !o.Replayed {
					t.Errorf("%s: %+v", name, o)
				}
			}
		}
	}
}

// FuzzReceipt holds the auditor, which is quick, against the one verifier that
// decides.
func FuzzReceipt(f *testing.F) {
	for _, file := range replaytest.Receipts(f, 3, nil) {
		f.Add(file)
	}
	a, _ := auditor(f, false)
	f.Fuzz(func(t *testing.T, file []byte) {
		rep := ledger.Verify(file, []string{vkey})
		if o := a.Receipt(t.Context(), file); o.Reason != rep.Reason {
			t.Errorf("%q: %q, the verifier says %q", file, o.Reason, rep.Reason)
		}
	})
}

// BenchmarkReceipt verifies and replays, on every core, with what it is made of
// beside it.
func BenchmarkReceipt(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // as the command does
	files := replaytest.Receipts(b, 1000, nil)
	b.Logf("a receipt has %d bytes", len(files[0]))
	parallel := func(name string, do func(i int) bool) {
		b.Run(name, func(b *testing.B) {
			before := processor(b)
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					if !do(i % len(files)) {
						b.Error("refused")
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
			b.ReportMetric(float64((processor(b)-before).Nanoseconds())/float64(b.N)/1e3, "cpu-µs/op")
		})
	}
	a, _ := auditor(b, false)
	parallel("proof+native", func(i int) bool { return a.Receipt(b.Context(), files[i]).Replayed })
	w, _ := auditor(b, true)
	parallel("proof+artefact", func(i int) bool { return w.Receipt(b.Context(), files[i]).Replayed })
	parallel("Verify", func(i int) bool { return ledger.Verify(files[i], []string{vkey}).OK })
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		b.Fatal(err)
	}
	signed := files[0][:200]
	signature := ed25519.Sign(private, signed)
	parallel("limit", func(i int) bool { // every byte hashed once and one signature checked
		sum := sha256.Sum256(files[i])
		return sum != [32]byte{} && ed25519.Verify(public, signed, signature)
	})

	parallel("part/ParseReceipt", func(i int) bool { _, err := ledger.ParseReceipt(files[i]); return err == nil })
	parsed := make([]*record.Decision, len(files))
	texts := make([][]byte, len(files))
	for i, file := range files {
		r, err := ledger.ParseReceipt(file)
		if err == nil {
			texts[i] = r.Record
			parsed[i], err = record.ParseDecision(r.Record)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	parallel("part/ParseDecision", func(i int) bool { _, err := record.ParseDecision(texts[i]); return err == nil })
	engines := replay.NewEngines(false)
	defer engines.Close(b.Context())
	parallel("part/replay", func(i int) bool { return engines.Decision(b.Context(), parsed[i]) == nil })
	parallel("part/assess", func(i int) bool {
		return len(contract.Assess(contract.Input(parsed[i].Facts, parsed[i].Guideline, nil))) > 0
	})
}

// processor is the time that this process has had of all cores, which says more
// than the clock on a machine that others use too.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
