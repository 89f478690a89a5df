// Package arch holds the tests of the layout: which folder may import which, and
// what must not occur where. Each rule says why.
package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/skalig/skalig/"
)

// A file is one Go source file of the module.
type file struct {
	path    string // "engine/sol/costs.go"
	folder  string // "engine/sol"
	test    bool
	ast     *ast.File
	imports []string
}

func sources(t *testing.T) []file {
	t.Helper()
	var all []file
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); path != root && (n == "node_modules" || n == "testdata" || strings.HasPrefix(n, ".")) {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != root {
				return filepath.SkipDir // a module of its own
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		src := file{path: filepath.ToSlash(rel), folder: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(path, "_test.go"), ast: f}
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			src.imports = append(src.imports, name)
		}
		all = append(all, src)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d files were found", len(all))
	}
	return all
}

// within says whether a folder is dir or lies below it.
func within(folder, dir string) bool {
	return folder == dir || strings.HasPrefix(folder, dir+"/")
}

// standard says whether an import path is of the standard library.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// only lists all that a folder's own files may import beside the standard
// library.
var only = []struct {
	folder string
	may    []string
	why    string
}{
	{"engine", nil, "mechanism knows no law and has no dependency to trust"},
	{"engine/sol", []string{module + "engine"}, "the law rests on the mechanism alone"},
	{"engine/words", []string{module + "engine", module + "engine/sol"}, "words explain what was computed and add nothing"},
	{"engine/sol/params", nil, "figures are data"},
	{"engine/sol/municipal", []string{module + "engine", module + "engine/sol"}, "guidelines are data that the law reads"},
	{"wasm/contract", []string{module + "engine", module + "engine/sol", module + "engine/words"}, "the contract is the engine's edge"},
	{"ledger", []string{"golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog"}, "a verifier must be small enough to read"},
	{"ledger/migrate", []string{module + "ledger", "golang.org/x/mod/sumdb/tlog"}, "a move knows what logs have in common, no backend"},
	{"server/gate", nil, "what a machine may do is a pure table"},
}

func TestFoldersImportOnly(t *testing.T) {
	for _, rule := range only {
		seen := false
		for _, f := range sources(t) {
			if f.folder != rule.folder || f.test {
				continue
			}
			seen = true
			for _, i := range f.imports {
				if !standard(i) && !slices.Contains(rule.may, i) {
					t.Errorf("%s imports %s: %s", f.path, i, rule.why)
				}
			}
		}
		if !seen {
			t.Errorf("the folder %s has no files: the rule %q guards nothing", rule.folder, rule.why)
		}
	}
}

// forbidden lists import directions that would turn the one way of a datum.
var forbidden = []struct{ from, to, why string }{
	{"engine", "ledger", "a computation knows no log"},
	{"engine", "server", "the law knows no service"},
	{"engine", "wasm", "the law knows no artefact"},
	{"ledger", "engine", "the log holds commitments, whatever was decided"},
	{"ledger", "server", "the log is verified without the service"},
	{"ledger", "site", "the log knows no pages"},
	{"ledger", "wasm", "the log knows no artefact"},
	{"ledger/tessera", "ledger/trillian", "one backend works without the other"},
	{"ledger/trillian", "ledger/tessera", "one backend works without the other"},
	{"wasm", "server", "artefacts run without the service"},
	{"site", "server", "pages are rendered from what they are handed"},
	{"site", "ledger", "pages are rendered from what they are handed"},
	{"engine", "cmd", "commands are the end of the line"},
	{"ledger", "cmd", "commands are the end of the line"},
	{"server", "cmd", "commands are the end of the line"},
	{"wasm", "cmd", "commands are the end of the line"},
	{"site", "cmd", "commands are the end of the line"},
}

// exempt are single edges that a rule's reason does not meet.
var exempt = map[string]string{
	"wasm/verify": "ledger", // the verifier's artefact is the ledger's core
}

func TestImportDirections(t *testing.T) {
	for _, f := range sources(t) {
		for _, i := range f.imports {
			target, ours := strings.CutPrefix(i, module)
			if !ours || f.test {
				continue
			}
			for _, rule := range forbidden {
				if within(f.folder, rule.from) && within(target, rule.to) && exempt[f.folder] != target {
					t.Errorf("%s imports %s: %s", f.path, i, rule.why)
				}
			}
		}
	}
}

// pure are the folders without clock, chance, network, file or concurrency.
var pure = []string{"engine", "engine/sol", "engine/words", "wasm/contract", "server/gate", "ledger"}

var impure = []string{"time", "math/rand", "math/rand/v2", "crypto/rand", "os", "io/ioutil", "net", "net/http", "sync", "reflect", "encoding/json", "fmt", "log", "log/slog", "math", "unsafe"}

// TestPureFolders keeps what decides and what verifies free of effects: the
// same input gives the same bytes, everywhere and always.
func TestPureFolders(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || !slices.Contains(pure, f.folder) {
			continue
		}
		for _, i := range f.imports {
			if slices.Contains(impure, i) {
				t.Errorf("%s imports %s", f.path, i)
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", f.path)
			case *ast.ChanType:
				t.Errorf("%s has a channel", f.path)
			}
			return true
		})
	}
}

// TestMoneyIsNeverAFloat looks for floats where money is computed, recorded or
// shown.
func TestMoneyIsNeverAFloat(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || !within(f.folder, "engine") && !within(f.folder, "ledger") && f.folder != "wasm/contract" && f.folder != "server/gate" && f.folder != "server/record" && f.folder != "server/flow" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if n.Name == "float64" || n.Name == "float32" {
					t.Errorf("%s uses %s", f.path, n.Name)
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT && !strings.ContainsAny(n.Value, "eE") {
					t.Errorf("%s has the number %s", f.path, n.Value)
				}
			}
			return true
		})
	}
}

// TestNoTestIsSkipped: a test that cannot run says so by failing.
func TestNoTestIsSkipped(t *testing.T) {
	for _, f := range sources(t) {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
					if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "t" || x.Name == "b" || x.Name == "f") {
						t.Errorf("%s skips a test", f.path)
					}
				}
			}
			return true
		})
	}
}

// TestTopLevel keeps the top of the repository to what the design names.
func TestTopLevel(t *testing.T) {
	want := []string{".ci", ".git", ".gitignore", "LICENSE", "Makefile", "README.md", "cmd", "engine", "go.mod", "go.sum", "ledger", "server", "site", "wasm"}
	may := []string{"bin", "data", ".cache"} // built or run, not kept
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
		if !slices.Contains(want, e.Name()) && !slices.Contains(may, e.Name()) {
			t.Errorf("%s has no place at the top", e.Name())
		}
	}
	for _, w := range want {
		if !slices.Contains(have, w) {
			t.Errorf("%s is missing", w)
		}
	}
}
