package security_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A program is what calls what in the module, by name: "folder.function", and
// "folder.Type.method". It sees a call where a function's name stands, called or handed
// on. A method is found by its name alone, and only where one type of the packages at hand
// has a method of that name: what it does not see needs a line in inputs.md.
type program struct {
	module  string
	calls   map[string][]string // by who calls
	methods map[string][]string // "folder.method" to those of its types
	parsers []string
}

// parserName is how a function is called that takes apart what it is given.
var parserName = regexp.MustCompile(`^([Pp]arse|[Rr]ead|[Dd]ecode|[Uu]nmarshal|[Ss]plit|[Ss]niff|[Ss]can)([A-Z].*)?$`)

// given are the types in which input comes.
var given = []string{"[]byte", "string", "io.Reader", "bufio.Reader", "http.Request", "url.Values", "multipart.Form", "xml.Decoder", "jsontext.Decoder", "engine.Reader"}

func typed(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typed(e.X)
	case *ast.ArrayType:
		return "[]" + typed(e.Elt)
	case *ast.SelectorExpr:
		return typed(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// parses holds for a function that takes input apart: by its name and what it is given.
// The name of a file or folder, or of a case, is only looked up.
func parses(f *ast.FuncDecl) bool {
	if !parserName.MatchString(f.Name.Name) {
		return false
	}
	for _, p := range f.Type.Params.List {
		for _, n := range p.Names {
			if slices.Contains([]string{"dir", "path", "file", "folder", "id", "engine"}, n.Name) && typed(p.Type) == "string" {
				return false
			}
		}
		if slices.Contains(given, typed(p.Type)) {
			return true
		}
	}
	return false
}

// add takes in a file of a folder.
func (p *program) add(folder string, f *ast.File) {
	imports := map[string]string{}
	for _, i := range f.Imports {
		at := strings.Trim(i.Path.Value, `"`)
		name := path.Base(at)
		if i.Name != nil {
			name = i.Name.Name
		}
		if in, ok := strings.CutPrefix(at, p.module+"/"); ok {
			imports[name] = in
		}
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			p.hold(imports, folder, d)
			continue
		}
		name := folder + "." + fn.Name.Name
		if fn.Recv != nil {
			name = folder + "." + typed(fn.Recv.List[0].Type) + "." + fn.Name.Name
			short := folder + "." + fn.Name.Name
			p.methods[short] = append(p.methods[short], name)
		}
		if parses(fn) {
			p.parsers = append(p.parsers, name)
		}
		p.refer(name, imports, folder, fn)
	}
}

// hold notes what variables hold: who names one may call it.
func (p *program) hold(imports map[string]string, folder string, d ast.Decl) {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return
	}
	for _, s := range g.Specs {
		for _, n := range s.(*ast.ValueSpec).Names {
			p.refer(folder+"."+n.Name, imports, folder, s)
		}
	}
}

// refer notes the names that stand in a declaration.
func (p *program) refer(who string, imports map[string]string, folder string, d ast.Node) {
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && imports[x.Name] != "" {
				p.calls[who] = append(p.calls[who], imports[x.Name]+"."+n.Sel.Name)
				return false
			}
			for _, at := range append([]string{folder}, slices.Collect(maps.Values(imports))...) {
				p.calls[who] = append(p.calls[who], "method "+at+"."+n.Sel.Name)
			}
		case *ast.Ident:
			p.calls[who] = append(p.calls[who], folder+"."+n.Name)
		}
		return true
	})
}

// reached is all that some functions come to call.
func (p *program) reached(from []string) map[string]bool {
	seen := map[string]bool{}
	for len(from) > 0 {
		who := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[who] {
			continue
		}
		seen[who] = true
		for _, called := range p.calls[who] {
			short, method := strings.CutPrefix(called, "method ")
			if !method {
				from = append(from, called)
			} else if all := p.methods[short]; len(all) == 1 {
				from = append(from, all[0])
			}
		}
	}
	return seen
}

// built reads the module, tests and all, and gives its fuzz targets.
func built(t *testing.T) (p *program, targets []string) {
	t.Helper()
	p = &program{module: "github.com/skalig/skalig", calls: map[string][]string{}, methods: map[string][]string{}}
	source(t, func(at string, f *ast.File) { p.add(path.Dir(at), f) })
	p.parsers = slices.DeleteFunc(p.parsers, func(name string) bool { return strings.HasPrefix(name, "cmd/bench") })
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && at != root && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(at, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(set, at, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(at))
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Fuzz") {
				targets = append(targets, filepath.ToSlash(folder)+"."+fn.Name.Name)
			}
		}
		were := p.parsers
		p.add(filepath.ToSlash(folder), f)
		p.parsers = were // those of tests are given nothing by strangers
		return err
	})
	if err != nil || len(targets) < 30 || len(p.parsers) < 50 {
		t.Fatalf("%d targets and %d parsers were found: %v", len(targets), len(p.parsers), err)
	}
	return p, targets
}

// TestParsersAreFuzzed: every function that takes input apart is called by a fuzz target,
// or inputs.md says by way of what it is fuzzed, or why it need not be.
func TestParsersAreFuzzed(t *testing.T) {
	p, targets := built(t)
	whole := []string{"server.FuzzRequest", "server.FuzzUpload", "server.FuzzDesk"} // all of the service: they get deep into nothing but its pages
	fuzzed := p.reached(slices.DeleteFunc(targets, func(n string) bool { return slices.Contains(whole, n) }))
	for name := range p.reached(whole) {
		fuzzed[name] = fuzzed[name] || strings.HasPrefix(name, "server.")
	}
	_, part, ok := strings.Cut(read(t, "inputs.md"), "\n## No target calls it by name\n")
	if !ok {
		t.Fatal("inputs.md does not say which parsers no target calls")
	}
	have, listed := tests(t), map[string]bool{}
	for _, row := range rows(part) {
		if len(row) != 2 || row[1] == "" {
			t.Errorf("inputs.md gives no reason: %v", row)
			continue
		}
		name := strings.Trim(row[0], "`")
		listed[name] = true
		if !slices.Contains(p.parsers, name) {
			t.Errorf("inputs.md excuses %s, which is no parser of the module", name)
		}
		if fuzzed[name] {
			t.Errorf("inputs.md excuses %s, which a target calls", name)
		}
		for _, n := range names(row[1]) {
			if !have[n] {
				t.Errorf("inputs.md names %s, which does not exist", n)
			}
		}
	}
	slices.Sort(p.parsers)
	for _, name := range p.parsers {
		if !fuzzed[name] && !listed[name] {
			t.Errorf("no fuzz target calls %s, and inputs.md does not say why", name)
		}
	}
}
