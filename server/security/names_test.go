// Package security holds what is written about security (threats.md, asvs.md,
// inputs.md, inventory.md, keys.md) and about faults (server/faults/faults.md) to the
// tests that they name, and the repository to what a repository must not hold.
package security_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// tests are the tests and fuzz targets of the module: "server/auth.TestSession".
func tests(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if n := d.Name(); d.IsDir() && path != root && (n == "node_modules" || n == "testdata" || strings.HasPrefix(n, ".")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && (strings.HasPrefix(fn.Name.Name, "Test") || strings.HasPrefix(fn.Name.Name, "Fuzz")) {
				all[filepath.ToSlash(folder)+"."+fn.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil || len(all) < 100 {
		t.Fatalf("%d tests were found: %v", len(all), err)
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rows are the rows of a document's tables, without their heads.
func rows(text string) (all [][]string) {
	table := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "|---"):
			table = true
		case !strings.HasPrefix(line, "|"):
			table = false
		case table:
			var cells []string
			for _, c := range strings.Split(strings.Trim(line, "|"), "|") {
				cells = append(cells, strings.TrimSpace(c))
			}
			all = append(all, cells)
		}
	}
	return all
}

// A test is named by its folder and name, and one that runs in a browser by its file and
// title.
var name = regexp.MustCompile("`([a-z0-9/]+\\.(?:Test|Fuzz)[A-Za-z0-9]*|site/test/[a-z]+\\.test\\.mjs: [^`]+)`")

func names(text string) (all []string) {
	for _, m := range name.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

// titles adds the tests that run in a browser.
func titles(t *testing.T, all map[string]bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "site/test/*.test.mjs"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no browser test was found: %v", err)
	}
	for _, file := range files {
		for _, m := range regexp.MustCompile(`(?m)^test\("([^"]+)"`).FindAllStringSubmatch(read(t, file), -1) {
			all["site/test/"+filepath.Base(file)+": "+m[1]] = true
		}
	}
}

// TestNamesExist finds every test that a document names, and a test in every row
// that claims an answer.
func TestNamesExist(t *testing.T) {
	have := tests(t)
	titles(t, have)
	for _, file := range []string{"threats.md", "asvs.md", "inputs.md", "keys.md"} {
		text := read(t, file)
		found := names(text)
		if len(found) == 0 {
			t.Errorf("%s names no test", file)
		}
		for _, n := range found {
			if !have[n] {
				t.Errorf("%s names %s, which does not exist", file, n)
			}
		}
	}
	answered, open, ok := strings.Cut(read(t, "threats.md"), "## Not answered")
	if !ok || len(rows(open)) == 0 {
		t.Error("threats.md does not say what is not answered")
	}
	for _, row := range rows(answered) {
		if len(row) != 4 || row[2] == "" || len(names(row[3])) == 0 {
			t.Errorf("threats.md answers without a test: %v", row)
		}
	}
}

// TestFaultsAreTested: each fault has a count, tests that exist and what must hold; what
// is not done says why.
func TestFaultsAreTested(t *testing.T) {
	have := tests(t)
	done, open, ok := strings.Cut(read(t, "../faults/faults.md"), "## Not done")
	if !ok || len(rows(open)) == 0 {
		t.Error("faults.md does not say what is not done")
	}
	all := rows(done)
	for _, row := range all {
		if len(row) != 5 || row[1] == "" || row[2] == "" || row[4] == "" || len(names(row[3])) == 0 {
			t.Errorf("faults.md has no test, count or claim: %v", row)
			continue
		}
		for _, n := range names(row[3]) {
			if !have[n] {
				t.Errorf("faults.md names %s, which does not exist", n)
			}
		}
	}
	if len(all) < 30 {
		t.Errorf("faults.md has %d rows", len(all))
	}
}

// TestASVS: every requirement is there once and in order; each is met, and a test shows
// it, or not applicable or open, and a reason says why.
func TestASVS(t *testing.T) {
	text := read(t, "asvs.md")
	all := rows(text)
	want := strings.Fields(read(t, "testdata/asvs-5.0.0-level-2"))
	if len(want) != 253 || len(all) != len(want) {
		t.Fatalf("asvs.md has %d rows of %d requirements", len(all), len(want))
	}
	states := map[string]int{}
	for i, row := range all {
		if len(row) != 4 || row[0] != want[i] || row[1] == "" || len(row[3]) < 4 {
			t.Errorf("asvs.md, where %s should be: %v", want[i], row)
			continue
		}
		states[row[2]]++
		if row[2] == "met" && len(names(row[3])) == 0 {
			t.Errorf("asvs.md: %s is met, and no test shows it", row[0])
		}
	}
	counts := fmt.Sprintf("%d are met, %d not applicable, %d open", states["met"], states["not applicable"], states["open"])
	if len(states) != 3 || !strings.Contains(text, counts) {
		t.Errorf("the states of asvs.md: %v; it should say %q", states, counts)
	}
	t.Log(counts)
}

// TestInputs: each target is in inputs.md and has a corpus in the repository.
func TestInputs(t *testing.T) {
	listed := map[string]bool{}
	inputs, _, _ := strings.Cut(read(t, "inputs.md"), "\n## ")
	for _, row := range rows(inputs) {
		found := names(row[1])
		if len(found) == 0 {
			t.Errorf("nothing fuzzes %s", row[0])
		}
		for _, n := range found {
			listed[n] = true
		}
	}
	for n := range tests(t) {
		folder, target, _ := strings.Cut(n, ".")
		if !strings.HasPrefix(target, "Fuzz") {
			continue
		}
		if !listed[n] {
			t.Errorf("inputs.md lacks %s", n)
		}
		if files, err := os.ReadDir(filepath.Join(root, folder, "testdata", "fuzz", target)); err != nil || len(files) == 0 {
			t.Errorf("%s has no corpus: %v", n, err)
		}
	}
}

// TestChecksAreCalled: the gate runs the checks, and the checks what they are for.
func TestChecksAreCalled(t *testing.T) {
	for file, want := range map[string][]string{
		".ci/run":      {".ci/security", ".ci/fuzz"},
		".ci/security": {"go mod verify", "staticcheck", "gosec", "go test -race", "cmp ", "cyclonedx-gomod", "./server/security"},
	} {
		text := read(t, filepath.Join(root, file))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not run %s", file, w)
			}
		}
	}
}

// TestDocuments: what is reported has a time within which it is mended.
func TestDocuments(t *testing.T) {
	text := read(t, "SECURITY.md")
	mended := 0
	for _, row := range rows(text) {
		if len(row) == 2 && regexp.MustCompile(`\d+ (hours|days)`).MatchString(row[1]) {
			mended++
		}
	}
	if mended < 3 || !strings.Contains(text, "supported") {
		t.Errorf("SECURITY.md has %d times", mended)
	}
}
