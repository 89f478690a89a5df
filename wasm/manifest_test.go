package wasm_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/skalig/skalig/wasm"
)

var one = `{
	"schema": "skalig/releases/1",
	"releases": [
		{
			"version": "0.1.0",
			"engine": "` + strings.Repeat("0a", 32) + `",
			"verify": "` + strings.Repeat("0b", 32) + `",
			"source": "` + strings.Repeat("0c", 32) + `",
			"toolchain": "tinygo 0.41.1, llvm 19.1.7, go 1.26.8"
		}
	]
}
`

func TestParseManifest(t *testing.T) {
	got, err := wasm.ParseManifest([]byte(one))
	want := []wasm.Release{{
		Version:      "0.1.0",
		EngineSHA256: [32]byte(bytes.Repeat([]byte{0x0a}, 32)),
		VerifySHA256: [32]byte(bytes.Repeat([]byte{0x0b}, 32)),
		Source:       [32]byte(bytes.Repeat([]byte{0x0c}, 32)),
		Toolchain:    "tinygo 0.41.1, llvm 19.1.7, go 1.26.8",
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if data := wasm.FormatManifest(got); string(data) != one {
		t.Errorf("written again: %s", data)
	}
}

func TestManifestRefused(t *testing.T) {
	second := one[strings.Index(one, "{\n\t\t\t"):strings.LastIndex(one, "\n\t]")]
	for _, c := range []struct{ name, old, new string }{
		{"another schema", "releases/1", "releases/2"},
		{"an unknown field", `"version"`, `"day": "2026-11-22", "version"`},
		{"a repeated field", `"version"`, `"version": "0.0.1", "version"`},
		{"a field in upper case", `"version"`, `"Version"`},
		{"other white space", "\t\t\t", "   "},
		{"no last newline", "}\n", "}"},
		{"something after", "]\n}\n", "]\n}\n{}"},
		{"a digest in upper case", "0a0a", "0A0a"},
		{"a short digest", "0a0a", "0a"},
		{"no digest", "0a0a", "xxxx"},
		{"a version with v", `"0.1.0"`, `"v0.1.0"`},
		{"a version with two parts", `"0.1.0"`, `"0.1"`},
		{"a version with a leading zero", `"0.1.0"`, `"0.01.0"`},
		{"a version twice", "\n\t]", ",\n\t\t" + second + "\n\t]"},
		{"above the limit", "tinygo", strings.Repeat("t", 1<<20)},
	} {
		changed := strings.Replace(one, c.old, c.new, 1)
		if changed == one {
			t.Fatalf("%s changes nothing", c.name)
		}
		if got, err := wasm.ParseManifest([]byte(changed)); !errors.Is(err, wasm.ErrManifest) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(one))
	f.Add(wasm.FormatManifest(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		releases, err := wasm.ParseManifest(data)
		if err == nil && !bytes.Equal(wasm.FormatManifest(releases), data) {
			t.Errorf("%q is written %q", data, wasm.FormatManifest(releases))
		}
	})
}
