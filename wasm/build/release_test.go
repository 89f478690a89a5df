package main

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/wasm"
)

// A folder of releases goes through its life: the first one, a replacement, a
// second release, a source whose bytes are the same.
func TestReleases(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "wasm", "release")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), wasm.FormatManifest(nil), 0o666); err != nil {
		t.Fatal(err)
	}
	cut := func(version string, replace bool, engine string, source byte) error {
		k, err := openReleases(root)
		if err != nil {
			t.Fatal(err)
		}
		return k.cut(version, replace, map[string][]byte{"engine": []byte(engine), "verify": []byte("v")}, [32]byte{source}, "tools")
	}
	// holds names the releases and the contents of the folder.
	holds := func(versions string, contents ...string) {
		t.Helper()
		k, err := openReleases(root)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range k.all {
			got = append(got, r.Version)
		}
		if strings.Join(got, " ") != versions {
			t.Errorf("releases %v, want %s", got, versions)
		}
		want := []string{"manifest.json"}
		for _, c := range contents {
			want = append(want, file(sha256.Sum256([]byte(c))))
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		got = nil
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("the folder holds %v, want %v", got, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	must(cut("0.1.0", false, "one", 1))
	holds("0.1.0", "one", "v")

	must(cut("0.1.0", true, "two", 2))
	holds("0.1.0", "two", "v")

	if err := cut("0.1.0", false, "three", 3); err == nil {
		t.Error("a version was released twice")
	}
	if err := cut("v0.2", false, "three", 3); !errors.Is(err, wasm.ErrManifest) {
		t.Errorf("a version that is none: %v", err)
	}
	must(cut("0.2.0", false, "three", 3))
	holds("0.1.0 0.2.0", "two", "three", "v")

	must(cut("0.3.0", false, "three", 4))
	holds("0.1.0 0.2.0", "two", "three", "v")
	k, err := openReleases(root)
	must(err)
	if err := k.isOf([32]byte{4}); err != nil {
		t.Errorf("the source whose bytes are the same: %v", err)
	}

	if err := cut("0.1.0", true, "four", 5); err == nil {
		t.Error("the newest release was replaced by an older version")
	}
	must(cut("0.2.1", true, "two", 6))
	holds("0.1.0 0.2.1", "two", "v")
}

func TestCompare(t *testing.T) {
	k := &releases{all: []wasm.Release{{
		Version: "0.1.0", Source: [32]byte{1}, Toolchain: "tools",
		EngineSHA256: sha256.Sum256([]byte("e")), VerifySHA256: sha256.Sum256([]byte("v")),
	}}}
	if err := k.compare(map[string][]byte{"engine": []byte("e"), "verify": []byte("v")}, "tools"); err != nil {
		t.Errorf("the same bytes: %v", err)
	}
	err := k.compare(map[string][]byte{"engine": []byte("e"), "verify": []byte("other")}, "other tools")
	if h, ok := errors.AsType[*hinted](err); !ok || !strings.Contains(h.hint, "tools") || !strings.Contains(err.Error(), "verify.wasm") {
		t.Errorf("other bytes: %v", err)
	}
	if err := k.isOf([32]byte{2}); err == nil {
		t.Error("another source passes for the release's")
	}
	if err := (&releases{}).isOf([32]byte{}); err == nil {
		t.Error("no release passes for one")
	}
}

// Where LLVM is missing and can't be installed, the packages are named.
func TestMissingLLVM(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := openLLVM(t.Context())
	h, ok := errors.AsType[*hinted](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	for _, name := range packages {
		if !strings.Contains(h.hint, name) {
			t.Errorf("the hint doesn't name %s: %s", name, h.hint)
		}
	}
}
