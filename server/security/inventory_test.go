package security_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// section is the part of inventory.md under a heading.
func section(t *testing.T, heading string) [][]string {
	t.Helper()
	_, rest, ok := strings.Cut(read(t, "inventory.md"), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("inventory.md has no part %q", heading)
	}
	part, _, _ := strings.Cut(rest, "\n## ")
	return rows(part)
}

// source calls see with every Go file that is built into something we give out.
func source(t *testing.T, see func(path string, f *ast.File)) {
	t.Helper()
	set, seen := token.NewFileSet(), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		n := d.Name()
		if d.IsDir() && path != root && (n == "node_modules" || n == "testdata" || strings.HasPrefix(n, ".") || strings.HasSuffix(n, "test") || n == "independent" || n == "ssbteksim") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(n, ".go") || strings.HasSuffix(n, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		at, err := filepath.Rel(root, path)
		seen++
		see(filepath.ToSlash(at), f)
		return err
	})
	if err != nil || seen < 200 {
		t.Fatalf("%d files were read: %v", seen, err)
	}
}

// weak are packages that nothing here may use.
var weak = []string{"crypto/md5", "crypto/sha1", "crypto/des", "crypto/rc4", "crypto/dsa", "crypto/elliptic", "math/rand", "golang.org/x/crypto/md4", "golang.org/x/crypto/blowfish"}

// TestCryptography: each package of cryptography is used where the inventory says, and
// nowhere else; nothing weak, and no random number that can be guessed, is used at all.
func TestCryptography(t *testing.T) {
	listed := map[string]bool{} // package, space, folder
	for _, row := range section(t, "Cryptography") {
		if len(row) != 3 {
			t.Fatalf("inventory.md: %v", row)
		}
		packages, folders, ok := strings.Cut(row[2], " in ")
		if !ok {
			t.Errorf("inventory.md does not say where: %v", row)
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(packages, -1) {
			for _, folder := range strings.Fields(folders) {
				listed[m[1]+" "+folder] = true
			}
		}
	}
	used := map[string]bool{}
	source(t, func(path string, f *ast.File) {
		folder := filepath.ToSlash(filepath.Dir(path))
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Error(err)
			}
			if slices.Contains(weak, strings.TrimSuffix(name, "/v2")) {
				t.Errorf("%s uses %s", path, name)
			}
			if strings.HasPrefix(name, "crypto/") || strings.HasPrefix(name, "golang.org/x/crypto/") {
				used[name+" "+folder] = true
			}
		}
	})
	for u := range used {
		if !listed[u] {
			t.Errorf("inventory.md lacks %s", u)
		}
	}
	for l := range listed {
		// A row may name two packages for one purpose, and a folder that uses one of them.
		_, folder, _ := strings.Cut(l, " ")
		if !used[l] && !slices.ContainsFunc([]string{"crypto/aes", "crypto/cipher", "crypto/tls", "crypto/x509"}, func(p string) bool { return used[p+" "+folder] }) {
			t.Errorf("inventory.md lists %s, which is not used", l)
		}
	}
}

// begins are the calls and types that reach outside the process.
var begins = map[string][]string{
	"http": {"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Post", "PostForm", "Head"},
	"net":  {"Dial", "DialTimeout", "Dialer"}, "tls": {"Dial", "Dialer"}, "grpc": {"NewClient", "Dial", "DialContext"},
	"exec": {"Command", "CommandContext"}, "sql": {"Open", "OpenDB"},
}

// TestOutside: the files that reach outside the process are those of the inventory.
func TestOutside(t *testing.T) {
	listed := map[string]bool{}
	for _, row := range section(t, "Outside") {
		for _, file := range strings.Fields(row[len(row)-1]) {
			listed[file] = true
		}
	}
	used := map[string]bool{}
	source(t, func(path string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field, *ast.StarExpr:
				return false // a type that is only named begins nothing
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && slices.Contains(begins[x.Name], n.Sel.Name) {
					used[path] = true
				}
			}
			return true
		})
	})
	for file := range used {
		if !listed[file] {
			t.Errorf("inventory.md does not say where %s connects, or what it runs", file)
		}
	}
	for file := range listed {
		if !used[file] {
			t.Errorf("inventory.md lists %s, which reaches nothing outside", file)
		}
	}
	if len(used) < 10 {
		t.Errorf("only %d files reach outside", len(used))
	}
}

// TestInventory: the other lists are there, and no cell of them is empty.
func TestInventory(t *testing.T) {
	for heading, least := range map[string]int{"Data, and how it is kept": 8, "What is logged": 5, "What costs": 6, "Ways in": 4, "What people hand in": 2} {
		all := section(t, heading)
		if len(all) < least {
			t.Errorf("%s has %d rows", heading, len(all))
		}
		for _, row := range all {
			if slices.Contains(row, "") || len(row) != len(all[0]) {
				t.Errorf("%s: %v", heading, row)
			}
		}
	}
}
