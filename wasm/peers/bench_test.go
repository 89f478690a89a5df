// Package peers_test measures our engine natively and in wazero on the cases
// that the other engines of this folder are measured on.
package peers_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
)

func shared(b *testing.B) (facts []*sol.Facts, guideline *sol.Guideline, inputs [][]byte) {
	b.Helper()
	out, err := exec.Command("node", "list.mjs").Output()
	if err != nil {
		b.Fatal(err)
	}
	var all []json.RawMessage
	if err := json.Unmarshal(out, &all); err != nil {
		b.Fatal(err)
	}
	file, _ := municipal.File(municipal.Demo)
	guideline = sol.ReadGuideline(engine.NewReader(file, ""))
	for _, f := range all {
		facts = append(facts, sol.ReadFacts(engine.NewReader(f, "")))
		inputs = append(inputs, contract.Input(f, file, nil))
	}
	return facts, guideline, inputs
}

func BenchmarkEngine(b *testing.B) {
	facts, guideline, inputs := shared(b)
	each := func(name string, do func(i int)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				do(i % len(facts))
			}
		})
	}
	each("without-trace", func(i int) { sol.Assess(facts[i], guideline, nil) })
	each("with-trace", func(i int) {
		var t engine.Trace
		sol.Assess(facts[i], guideline, &t)
	})
	each("json", func(i int) { contract.Assess(inputs[i]) })
	module, ok := wasm.Engine(wasm.Current().EngineSHA256)
	if !ok {
		b.Fatal("the release lacks its engine")
	}
	m, err := host.Open(b.Context(), module)
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close(b.Context())
	each("wazero", func(i int) {
		if _, err := m.Call(b.Context(), "assess", inputs[i]); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkHouseholds assesses so many households, with trace.
func BenchmarkHouseholds(b *testing.B) {
	facts, guideline, _ := shared(b)
	for _, n := range []int{100, 1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for range b.N {
				for i := range n {
					var t engine.Trace
					sol.Assess(facts[i%len(facts)], guideline, &t)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s")
		})
	}
}
