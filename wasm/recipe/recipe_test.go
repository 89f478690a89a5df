package recipe_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/wasm/recipe"
)

// The lines name what the artefacts are compiled from, and nothing beside it.
func TestLines(t *testing.T) {
	lines, err := recipe.Lines("../..")
	if err != nil {
		t.Fatal(err)
	}
	begins := func(prefix string) bool {
		return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, prefix) })
	}
	for _, prefix := range []string{
		"file engine/ore.go ", "file engine/sol/sol.go ", "file ledger/verify.go ",
		"file wasm/abi/abi.go ", "file wasm/contract/contract.go ", "file wasm/engine/main.go ", "file wasm/verify/main.go ",
		"file wasm/toolchain/target.json ", "file wasm/toolchain/go.mod ",
		"flags engine -gc=leaking -opt=2 -no-debug -panic=trap\n", "module golang.org/x/mod v",
	} {
		if !begins(prefix) {
			t.Errorf("no line begins with %q", prefix)
		}
	}
	for _, l := range lines {
		if strings.Contains(l, "_test.go") || strings.HasPrefix(l, "file wasm/wasm.go") || strings.HasPrefix(l, "file server/") {
			t.Errorf("a line for what is no source: %s", l)
		}
	}
	if !slices.IsSorted(lines) {
		t.Error("the lines aren't sorted")
	}
}

// The digest is that of the files: it stays in another folder, and goes with
// each of them.
func TestDigestInAnotherFolder(t *testing.T) {
	here, err := recipe.Digest("../..")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	tar := exec.Command("sh", "-c", `tar -C ../.. -cf - go.mod go.sum engine ledger wasm | tar -C "$1" -xf -`, "sh", root)
	if out, err := tar.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if there, err := recipe.Digest(root); err != nil || there != here {
		t.Errorf("in another folder it is %x, not %x: %v", there, here, err)
	}
	for _, path := range []string{"engine/ore.go", "ledger/leaf.go", recipe.Target, recipe.Toolchain} {
		file := filepath.Join(root, filepath.FromSlash(path))
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(data, '\n'), 0o666); err != nil {
			t.Fatal(err)
		}
		if changed, err := recipe.Digest(root); err != nil || changed == here {
			t.Errorf("it is the same after a change of %s: %v", path, err)
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
