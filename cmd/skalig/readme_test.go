package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestReadmeCommands parses every command that the README shows.
func TestReadmeCommands(t *testing.T) {
	shown := regexp.MustCompile(`(?m)^bin/skalig (.*?)(?:   .*)?$`).FindAllStringSubmatch(readme(t), -1)
	if len(shown) < 10 {
		t.Fatalf("only %d commands were found", len(shown))
	}
	for _, m := range shown {
		parser, err := kong.New(&commands{}, vars())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(strings.Fields(m[1])); err != nil {
			t.Errorf("skalig %s: %v", m[1], err)
		}
	}
}

// TestReadmeNames finds the pictures, folders and make targets that the README
// names.
func TestReadmeNames(t *testing.T) {
	text := readme(t)
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("`make ([a-z]+)`").FindAllStringSubmatch(text, -1) {
		if !strings.Contains(string(makefile), "\n"+m[1]+":") {
			t.Errorf("there is no target %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\]\((site/[^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
			t.Error(err)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\|").FindAllStringSubmatch(text, -1) {
		if info, err := os.Stat(filepath.Join("../..", m[1])); err != nil || !info.IsDir() {
			t.Errorf("there is no folder %s", m[1])
		}
	}
}
