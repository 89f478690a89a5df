package security_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// secrets are forms that only a secret has.
var secrets = regexp.MustCompile(strings.Join([]string{
	`-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}`,
	`PRIVATE\+KEY\+[^+\s"]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{40}`,
	`AGE-SECRET-KEY-1[0-9A-Z]{50}`,
	`\b(AKIA|ASIA)[0-9A-Z]{16}\b`,
	`\bgh[pousr]_[A-Za-z0-9]{36}`,
	`\bgithub_pat_[A-Za-z0-9_]{40}`,
	`\bxox[abprs]-[A-Za-z0-9-]{20}`,
	`\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}`,
	`(?i)\b(password|passwd|client_?secret|api_?key|access_?token)"?\s*[:=]+\s*["'][A-Za-z0-9+_=-]{16,}["']`,
}, "|"))

// tracked are the files of the repository.
func tracked(t *testing.T) []string {
	t.Helper()
	git := exec.CommandContext(t.Context(), "git", "ls-files", "-z")
	git.Dir = root
	out, err := git.Output()
	if err != nil {
		t.Fatalf("couldn't list the files: %v", err)
	}
	return strings.Split(strings.Trim(string(out), "\x00"), "\x00")
}

// TestNoSecrets looks through every file, and first at what it must find.
func TestNoSecrets(t *testing.T) {
	long := strings.Repeat("Ab3", 20)
	for _, planted := range []string{
		"-----BEGIN EC " + "PRIVATE KEY-----\n" + long, "PRIVATE" + "+KEY+log.example+01234567+" + long, "AGE-SECRET" + "-KEY-1" + strings.Repeat("Q", 58),
		"AKIA" + "ABCDEFGHIJKLMNOP", "ghp_" + long[:36], `"clientSecret": "` + long + `"`, "eyJ" + long + ".eyJ" + long + "." + long,
	} {
		if !secrets.MatchString(planted) {
			t.Errorf("%.20s… would not be found", planted)
		}
	}
	for _, file := range tracked(t) {
		text, err := os.ReadFile(filepath.Join(root, file))
		if os.IsNotExist(err) {
			continue // removed, not yet committed
		}
		if err != nil {
			t.Error(err)
		}
		if at := secrets.FindIndex(text); at != nil {
			t.Errorf("%s:%d holds what looks like a secret", file, 1+bytes.Count(text[:at[0]], []byte("\n")))
		}
		if n := filepath.Base(file); slices.Contains([]string{".env", "id_rsa", "id_ed25519", "kek"}, n) || strings.HasSuffix(n, ".pem") || strings.HasSuffix(n, ".p12") {
			t.Errorf("%s is in the repository", file)
		}
	}
}

// may are the licences that what is built in, or builds or tests it, may have; what
// only tests use, and nobody is given, may have mayTests.
var (
	may      = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0", "0BSD", "CC0-1.0", "Unlicense"}
	mayTests = append(slices.Clone(may), "LGPL-3.0-or-later")
)

// licence tells a licence by its words, and "" where it is none of those that may be.
func licence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case has("GNU GENERAL PUBLIC LICENSE") || has("GNU LESSER GENERAL PUBLIC") || has("GNU AFFERO GENERAL PUBLIC"):
		if !has("Mozilla Public License") { // which names them as secondary
			return ""
		}
		return "MPL-2.0"
	case has("Mozilla Public License") && has("2.0"):
		return "MPL-2.0"
	case has("Apache License") && has("Version 2.0"):
		return "Apache-2.0"
	case has("Permission is hereby granted, free of charge"):
		return "MIT"
	case has("This is free and unencumbered software released into the public domain"):
		return "Unlicense"
	case has("Permission to use, copy, modify, and"):
		return "ISC"
	case has("Redistribution and use in source and binary forms") && has("either the name"):
		return "BSD-3-Clause"
	case has("Redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	}
	return ""
}

// TestLicences reads the licence of each module that the build or a test uses, and
// what each npm package says of its own.
func TestLicences(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-test", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("couldn't list the modules: %v", err)
	}
	modules := slices.Compact(slices.Sorted(strings.Lines(string(out))))
	if len(modules) < 40 {
		t.Fatalf("only %d modules were found", len(modules))
	}
	for _, m := range modules {
		path, dir, _ := strings.Cut(strings.TrimSpace(m), "\t")
		if path == "" {
			continue
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		found := ""
		for _, f := range files {
			if n := strings.ToUpper(f.Name()); !f.IsDir() && (strings.HasPrefix(n, "LICEN") || strings.HasPrefix(n, "COPYING")) && found == "" {
				text, err := os.ReadFile(filepath.Join(dir, f.Name()))
				if err != nil {
					t.Error(err)
				}
				found = licence(string(text))
			}
		}
		if !slices.Contains(may, found) {
			t.Errorf("%s has no licence on the list: %q", path, found)
		}
	}
	for _, text := range []string{"GNU AFFERO GENERAL PUBLIC LICENSE Version 3", "All rights reserved."} {
		if licence(text) != "" {
			t.Errorf("%q passes", text)
		}
	}
	for file, lock := range locks(t) {
		for path, p := range lock.Packages {
			for _, l := range strings.FieldsFunc(p.License, func(r rune) bool { return strings.ContainsRune("() ", r) }) {
				if path != "" && l != "AND" && l != "OR" && !slices.Contains(mayTests, l) {
					t.Errorf("%s: %s has the licence %s", file, path, p.License)
				}
			}
			if path != "" && p.License == "" {
				t.Errorf("%s: %s says nothing of its licence", file, path)
			}
		}
	}
}

// A lock is npm's list of what is installed.
type lock struct {
	Packages map[string]struct {
		Version, Resolved, Integrity, License string
		Link                                  bool
	} `json:"packages"`
}

func locks(t *testing.T) map[string]lock {
	t.Helper()
	all := map[string]lock{}
	for _, file := range tracked(t) {
		if filepath.Base(file) != "package-lock.json" {
			continue
		}
		var l lock
		if err := json.Unmarshal([]byte(read(t, filepath.Join(root, file))), &l, json.MatchCaseInsensitiveNames(true)); err != nil || len(l.Packages) < 2 {
			t.Errorf("%s: %d packages: %v", file, len(l.Packages), err)
		}
		all[file] = l
	}
	if len(all) == 0 {
		t.Error("no lock was found")
	}
	return all
}

// TestLocks: each npm package is fixed by its hash, and none of them runs a script
// when it is installed. Modules are fixed by go.sum, which go mod verify reads.
func TestLocks(t *testing.T) {
	for file, l := range locks(t) {
		for path, p := range l.Packages {
			if path != "" && (!strings.HasPrefix(p.Integrity, "sha512-") || p.Version == "" || p.Link || p.Resolved != "" && !strings.HasPrefix(p.Resolved, "https://")) {
				t.Errorf("%s: %s is not fixed", file, path)
			}
		}
	}
	installs := 0
	for _, file := range tracked(t) {
		if file != "Makefile" && !strings.HasPrefix(file, ".ci/") {
			continue
		}
		for line := range strings.Lines(read(t, filepath.Join(root, file))) {
			if !strings.Contains(line, "npm ci ") && !strings.Contains(line, "npm install ") {
				continue
			}
			installs++
			locked := strings.Contains(line, "npm ci") || strings.Contains(line, "npm install --no-save") // both take what the lock has, by its hash
			if !locked || !strings.Contains(line, "--ignore-scripts") {
				t.Errorf("%s: %s", file, strings.TrimSpace(line))
			}
		}
	}
	if installs == 0 {
		t.Error("nothing is installed with npm ci")
	}
}
