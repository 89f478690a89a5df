package conformance_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/skalig/skalig/engine/sol/conformance"
	"github.com/skalig/skalig/wasm/contract"
)

var update = flag.Bool("update", false, "write the manifest anew")

func cases(t *testing.T) []conformance.Case {
	t.Helper()
	all, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestManifest holds the answers to the published digests.
func TestManifest(t *testing.T) {
	m, err := conformance.Sum(contract.Assess)
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("manifest.json", got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want, err := os.ReadFile("manifest.json"); err != nil || !bytes.Equal(got, want) {
		published, _ := conformance.Published()
		for _, c := range m.Cases {
			if !slices.Contains(published.Cases, c) {
				t.Errorf("the case %s is new or has another answer", c.Name)
			}
		}
		for _, s := range m.Schemas {
			if !slices.Contains(published.Schemas, s) {
				t.Errorf("the schema %s is new or has changed", s.Name)
			}
		}
		t.Errorf("the suite is not the published one (%v): if that is meant, go test ./engine/sol/conformance -update", err)
	}
}

// TestRefused holds that the engine refuses each bad input for the reason that
// stands beside it, and that names are not used twice.
func TestRefused(t *testing.T) {
	seen, refused := map[string]bool{}, 0
	for _, c := range cases(t) {
		if seen[c.Name] || c.Working == "" || bytes.ContainsAny(c.Input, "\n\r") {
			t.Errorf("the case %s is repeated, has no working or has more than one line", c.Name)
		}
		seen[c.Name] = true
		var answer struct {
			Errors []struct{ Code, Path, Detail string }
		}
		if err := json.Unmarshal(contract.Assess(c.Input), &answer, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		got := ""
		if len(answer.Errors) > 0 {
			got = answer.Errors[0].Path + " " + answer.Errors[0].Code
		}
		if got != c.Refused {
			t.Errorf("%s: got %q, want %q", c.Name, got, c.Refused)
		}
		if c.Refused != "" {
			refused++
		}
	}
	if refused < 50 || len(seen) < refused+50 {
		t.Errorf("only %d cases, %d of them refused", len(seen), refused)
	}
}

func TestFiles(t *testing.T) {
	files, err := conformance.Files(contract.Assess)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string][]byte{}
	for _, f := range files {
		have[f.Path] = f.Bytes
	}
	for _, path := range []string{"manifest.json", "schema/facts.json", "cases/2026-single/input.json", "cases/2026-single/working.txt", "cases/refused-empty/input.json"} {
		if len(have[path]) == 0 || !bytes.HasSuffix(have[path], []byte("\n")) {
			t.Errorf("%s: %q", path, have[path])
		}
	}
	if got := have["cases/2026-single/answer.json"]; !bytes.Contains(got, []byte(`"outcome":"support","support":5220,`)) {
		t.Errorf("%s", got)
	}
	if _, err := conformance.Files(func([]byte) []byte { return []byte(`{}`) }); err == nil {
		t.Error("a suite with other answers was published")
	}
}

func TestDifference(t *testing.T) {
	const want = `{"facts":{"a":[1,"x"]},"result":{"support":5220,"trace":null}}`
	for got, says := range map[string]string{
		want:          "",
		want + "\r\n": "",
		"":            "no answer",
		"  ":          "no answer",
		`{"facts":{"a":[1,"x"]},"result":{"support":5221,"trace":null}}`:   "result.support: want 5220, got 5221",
		`{"facts":{"a":[1,"x"]},"result":{"support":5220.0,"trace":null}}`: "result.support: want 5220, got 5220.0",
		`{"facts":{"a":[1,"y"]},"result":{}}`:                              `facts.a[1]: want "x", got "y"`,
		`{"facts":{"a":[1]},"result":{}}`:                                  `facts.a[1]: want "x", got its end`,
		`{"facts":{"a":[1,"x",2]},"result":{}}`:                            `facts.a: want its end, got 2`,
		`{"facts":{"a":[1,"x"]},"result":{"trace":null,"support":5220}}`:   "result.support: want the member support, got the member trace",
		`{"facts":{"a":[1,"x"]},"result":{"support":null,"trace":null}}`:   "result.support: want 5220, got null",
		`{"facts":{"a":{}}}`: "facts.a: want a list, got an object",
		`{"errors":[]}`:      "facts: want the member facts, got the member errors",
		want + want:          "something follows the answer",
		`{"facts":{"a":[1,"\u0078"]},"result":{"support":5220,"trace":null}}`:   "the values are alike, but from byte 18 on they are not written in canonical form",
		`{ "facts": {"a":[1,"x"]}, "result": {"support": 5220, "trace": null}}`: "the values are alike, but from byte 1 on they are not written in canonical form",
	} {
		if d := conformance.Difference([]byte(want), []byte(got)); d != says {
			t.Errorf("%s\n got %q\nwant %q", got, d, says)
		}
	}
	if d := conformance.Difference([]byte(want), []byte(`{"facts":oops`)); d == "" || !bytes.HasPrefix([]byte(d), []byte("facts: the answer is not JSON")) {
		t.Errorf("%q", d)
	}
}

// FuzzDifference: an answer differs from another exactly when their bytes do,
// white space at the end aside.
func FuzzDifference(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}]}`), []byte(`{"a":[1,{"b":true}]}`))
	f.Add([]byte(`{"a":"x"}`), []byte(`{"a":"\u0078"}`))
	f.Add([]byte(`{`), []byte(`[]`))
	f.Fuzz(func(t *testing.T, want, got []byte) {
		want = bytes.TrimRight(want, " \t\r\n")
		alike := bytes.Equal(want, bytes.TrimRight(got, " \t\r\n"))
		if d := conformance.Difference(want, got); alike != (d == "") {
			t.Errorf("%q and %q: %q", want, got, d)
		}
	})
}
