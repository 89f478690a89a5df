package wasm_test

import (
	"encoding/hex"
	"encoding/json"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/soltest"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
	"github.com/skalig/skalig/wasm/receipt"
)

// benchmarked are the calls that are measured, each natively, in wazero with a
// fresh instance a call, and in Node with one instance for many.
func benchmarked(b *testing.B) []call {
	cases, err := soltest.Cases()
	if err != nil {
		b.Fatal(err)
	}
	var in string
	for _, c := range cases {
		// The largest household among the cases worked by hand.
		if got := string(c.Input()); len(c.Facts) > len(in) && c.Guideline != nil {
			in = got
		}
	}
	return []call{
		{"engine", "amount", "1 200,50 kr"},
		{"engine", "assess", in},
		{"engine", "explain", explain(in, read(b, "../site/words/sv.json"))},
		{"verify", "verify", verify(read(b, "../ledger/testdata/example.receipt.json"), strings.TrimSpace(read(b, "../ledger/testdata/example.vkey")))},
	}
}

func artefact(b *testing.B, of string) (path string, data []byte) {
	sha, get := wasm.Current().EngineSHA256, wasm.Engine
	if of == "verify" {
		sha, get = wasm.Current().VerifySHA256, wasm.Verify
	}
	data, ok := get(sha)
	if !ok {
		b.Fatal("the release lacks its", of)
	}
	return "release/" + hex.EncodeToString(sha[:]) + ".wasm", data
}

func BenchmarkOpen(b *testing.B) {
	for _, of := range []string{"engine", "verify"} {
		_, data := artefact(b, of)
		b.Run(of, func(b *testing.B) {
			for b.Loop() {
				m, err := host.Open(b.Context(), data)
				if err != nil {
					b.Fatal(err)
				}
				m.Close(b.Context())
			}
		})
	}
}

func BenchmarkNative(b *testing.B) {
	for _, c := range benchmarked(b) {
		in := []byte(c.in)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if c.from == "verify" {
					receipt.Verify(in)
				} else {
					contract.Call(c.name, in)
				}
			}
		})
	}
}

// BenchmarkWazero measures whole calls, of which amount is nearly all the
// instance.
func BenchmarkWazero(b *testing.B) {
	for _, c := range benchmarked(b) {
		_, data := artefact(b, c.from)
		m, err := host.Open(b.Context(), data)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Call(b.Context(), c.name, []byte(c.in)); err != nil {
					b.Fatal(err)
				}
			}
		})
		m.Close(b.Context())
	}
}

// BenchmarkNode shows what Node has measured; ns/op is that of its process.
func BenchmarkNode(b *testing.B) {
	for _, c := range benchmarked(b) {
		path, _ := artefact(b, c.from)
		b.Run(c.name, func(b *testing.B) {
			cmd := exec.Command("node", "node/bench.mjs", path, c.name, strconv.Itoa(b.N))
			cmd.Stdin = strings.NewReader(c.in)
			out, err := cmd.Output()
			if err != nil {
				b.Fatal(err)
			}
			var got struct{ Instantiate, P50, P99, Memory float64 }
			if err := json.Unmarshal(out, &got); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(got.Instantiate, "ns-instantiate")
			b.ReportMetric(got.P50, "ns-p50")
			b.ReportMetric(got.P99, "ns-p99")
			b.ReportMetric(got.Memory, "B-memory")
		})
	}
}
