package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run builds the site in dir with the command under test and returns the file names in dist.
func run(t *testing.T, command, dir string) ([]string, string) {
	t.Helper()
	out, err := exec.Command(command, "-site", dir).CombinedOutput()
	if err != nil {
		return nil, string(out)
	}
	files, err := os.ReadDir(filepath.Join(dir, "dist"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names, ""
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestBuild(t *testing.T) {
	command := filepath.Join(t.TempDir(), "build")
	if out, err := exec.Command("go", "build", "-o", command, ".").CombinedOutput(); err != nil {
		t.Fatalf("couldn't build the command: %v\n%s", err, out)
	}
	dir := t.TempDir()

	if _, said := run(t, command, dir); !strings.Contains(said, "error: ") || !strings.Contains(said, "hint: run it from the project's root") {
		t.Errorf("in a folder that is no site it says %q", said)
	}

	write(t, dir, "css/site.css", "body { color: red }")
	write(t, dir, "css/icon.svg", "<svg></svg>")
	write(t, dir, "ts/offline.ts", "console.log(2);")
	write(t, dir, "ts/sample.ts", "console.log(3);")
	write(t, dir, "ts/lot.ts", "console.log(4);")
	write(t, dir, "ts/embed.ts", "import data from 'skalig:embedded'; console.log(data.engine);")
	write(t, dir, "ts/receipt.ts", "const n: number = 1; console.log(n);")
	write(t, dir, "ts/calculator.ts", "const n: number = ;")
	if _, said := run(t, command, dir); !strings.Contains(said, "calculator.ts:1:") {
		t.Errorf("a script that can't be read gives %q", said)
	}

	write(t, dir, "ts/calculator.ts", "import { a } from './a'; console.log(a, 'å');"+strings.Repeat("console.log('again');", 100))
	write(t, dir, "ts/a.ts", "export const a: string = 'from a';")
	write(t, dir, "dist/.gitignore", "*")
	write(t, dir, "dist/calculator-OLDOLDOL.js", "old")
	first, said := run(t, command, dir)
	if said != "" {
		t.Fatal(said)
	}
	again, _ := run(t, command, dir)
	if strings.Join(first, " ") != strings.Join(again, " ") {
		t.Errorf("the same sources gave %v and then %v", first, again)
	}
	all := strings.Join(first, " ")
	for _, want := range []string{".gitignore", "manifest.json", "calculator-", ".js.br", ".js.gz"} {
		if !strings.Contains(all, want) {
			t.Errorf("dist lacks %s: %v", want, first)
		}
	}
	if strings.Contains(all, "OLDOLDOL") {
		t.Error("a former bundle was left")
	}

	write(t, dir, "ts/a.ts", "export const a: string = 'another';")
	changed, _ := run(t, command, dir)
	if strings.Join(first, " ") == strings.Join(changed, " ") {
		t.Error("a changed script kept its name")
	}
}
