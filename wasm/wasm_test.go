package wasm_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/abi"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
	"github.com/skalig/skalig/wasm/module"
	"github.com/skalig/skalig/wasm/receipt"
	"github.com/skalig/skalig/wasm/recipe"
)

// The newest release is one of the source as it stands.
func TestSourceIsReleased(t *testing.T) {
	source, err := recipe.Digest("..")
	if err != nil {
		t.Fatal(err)
	}
	if r := wasm.Current(); r.Source != source {
		t.Errorf("error: the source of the artefacts has changed since release %s\n"+
			"hint:  go run ./wasm/build -release VERSION, or -release %s -replace while %s has never been in production",
			r.Version, r.Version, r.Version)
	}
}

// Every release's artefacts are kept under their digests, and nothing else is.
func TestKept(t *testing.T) {
	want := []string{"manifest.json"}
	for _, r := range wasm.Releases() {
		for _, a := range []struct {
			sha [32]byte
			get func([32]byte) ([]byte, bool)
		}{{r.EngineSHA256, wasm.Engine}, {r.VerifySHA256, wasm.Verify}} {
			data, ok := a.get(a.sha)
			if !ok || sha256.Sum256(data) != a.sha {
				t.Errorf("release %s lacks %x", r.Version, a.sha)
			}
			want = append(want, hex.EncodeToString(a.sha[:])+".wasm")
		}
		if _, ok := wasm.Engine(r.VerifySHA256); ok {
			t.Errorf("the verifier of %s passes for an engine", r.Version)
		}
	}
	if _, ok := wasm.Engine([32]byte{}); ok {
		t.Error("there is an engine of no digest")
	}
	entries, err := os.ReadDir("release")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(got, want) {
		t.Errorf("wasm/release holds %v, want %v", got, want)
	}
}

// The engine and the verifier of every release take nothing from the outside
// and give the calls of their day; those of the newest are the recipe's.
func TestOutline(t *testing.T) {
	for _, r := range wasm.Releases() {
		engine, _ := wasm.Engine(r.EngineSHA256)
		verify, _ := wasm.Verify(r.VerifySHA256)
		for i, data := range [][]byte{engine, verify} {
			a := recipe.Artefacts()[i]
			o, err := module.Read(data)
			if err != nil || o.Imports != 0 {
				t.Errorf("%s.wasm of %s: %d imports, %v", a.Name, r.Version, o.Imports, err)
			}
			var got []string
			for _, e := range o.Exports {
				if isMemory := e.Kind == 2; isMemory != (e.Name == "memory") || !isMemory && e.Kind != 0 {
					t.Errorf("%s.wasm of %s exports %s as kind %d", a.Name, r.Version, e.Name, e.Kind)
				}
				got = append(got, e.Name)
			}
			slices.Sort(got)
			if r == wasm.Current() && !slices.Equal(got, a.Exports()) {
				t.Errorf("%s.wasm exports %s, want %s", a.Name, strings.Join(got, " "), strings.Join(a.Exports(), " "))
			}
		}
	}
}

// What the parts say for themselves, since the artefact's side must not import
// the others, is one thing.
func TestLimitsAgree(t *testing.T) {
	for name, limit := range map[string]int{
		"contract.MaxInput": contract.MaxInput, "receipt.MaxInput": receipt.MaxInput, "host.MaxInput": host.MaxInput,
	} {
		if limit != abi.Limit {
			t.Errorf("%s is %d, abi.Limit %d", name, limit, abi.Limit)
		}
	}
	calls := slices.Sorted(slices.Values(contract.Names))
	if engine := recipe.Artefacts()[0]; !slices.Equal(calls, engine.Calls) {
		t.Errorf("the contract has calls %v, the recipe %v", calls, engine.Calls)
	}
}
