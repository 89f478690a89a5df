package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/ledger/ledgertest/postgrestest"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
)

// TestSeveralMachines runs every command of the page on several machines, on a node
// that has decided: backup, restore into a new cluster, another key. What was restored
// serves and decides; after that the old database is behind the log, which is said.
func TestSeveralMachines(t *testing.T) {
	text, err := os.ReadFile("../../server/deploy/several-machines.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	cluster := trilliantest.Shared(t)
	log := publiclog.Config{Backend: publiclog.Trillian, Address: cluster.Address()}
	at := func(file string) func(*server.Config) {
		return func(c *server.Config) {
			c.Database, c.PublicLog, c.Origin, c.Chromium = postgres.Config{URL: file}, log, "nodes.test/log", "none"
		}
	}
	place(t, "DATABASE", cluster.Postgres())
	if _, err := publiclog.Create(t.Context(), filepath.Join("DATA", "log"), "nodes.test/log", log); err != nil {
		t.Fatal(err)
	}
	tree, err := trillian.Tree(filepath.Join("DATA", "log"))
	if err != nil {
		t.Fatal(err)
	}
	trilliantest.Retire(t, tree)
	demonstration(t, "DATA", func(url string) { visit(t, url).decided("alva") }, at("DATABASE"))
	if err := server.CopyNode("DATA", "OTHER"); err != nil {
		t.Fatal(err)
	}
	fresh, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Stop()
	place(t, "EMPTY", fresh)

	_, commands, _ := strings.Cut(string(text), "The commands from here on") // before it is a picture
	ran := commandsOf(t, commands)
	if ran["pg_dump"] != 1 || ran["pg_restore"] != 1 || ran["check"] != 3 || ran["keys"] != 2 || ran["doctor"] != 1 {
		t.Errorf("the page has %v", ran)
	}

	demonstration(t, "node", func(url string) { visit(t, url).decided("bo") }, at("EMPTY"))
	look := func(want int, says string, args ...string) {
		t.Helper()
		if code, out, errs := session("", append([]string{"check"}, args...)...); code != want || !strings.Contains(out+errs, says) {
			t.Errorf("%v: %d, want %d: %s%s", args, code, want, out, errs)
		}
	}
	look(0, "replayed  2 decisions", "--data", "node", "--database", "EMPTY")
	look(1, "the database is older than the log", "--data", "node", "--database", "DATABASE")
	if code, _, errs := session("", "backup", "--data", "node", "--to", "copy", "--keys", "keys"); code != 1 || !strings.Contains(errs, "hint: skalig keys copy") {
		t.Errorf("a backup of a node: %d: %s", code, errs)
	}
	if code, _, errs := session("", "erase", "--demo", "--data", "node"); code != 1 || !strings.Contains(errs, "hint: nodes erase by themselves") {
		t.Errorf("erasing on a node: %d: %s", code, errs)
	}
	guideline, _ := municipal.File(municipal.Demo)
	if err := os.WriteFile("same.json", guideline, 0o600); err != nil {
		t.Fatal(err)
	}
	again := []string{"reopen", "--guideline", "same.json", "--data", "node"}
	if code, _, errs := session("", again...); code != 1 || !strings.Contains(errs, "--database FILE") {
		t.Errorf("reopen without the database: %d: %s", code, errs)
	}
	if code, out, errs := session("", append(again, "--database", "EMPTY")...); code != 0 || !strings.HasPrefix(out, "0 of 2 decisions touched") {
		t.Errorf("reopen: %d: %s%s", code, out, errs)
	}
	look(1, "hint: name the file that says where it is: --database FILE", "--data", "node")
	if code, _, errs := session("", "doctor", "--data", "node"); code != 1 || !strings.Contains(errs, "hint: name the file that says where it is: --database FILE") {
		t.Errorf("the doctor without the database: %d: %s", code, errs)
	}
	if code, out, errs := session("", "doctor", "--data", "node", "--database", "DATABASE"); code != 1 || !strings.Contains(out, "an older database was put back") {
		t.Errorf("the doctor with the old database: %d: %s%s", code, out, errs)
	}
}

// place makes an empty database and a file that says where it is.
func place(t *testing.T, file string, cluster *postgrestest.Cluster) {
	t.Helper()
	url, err := cluster.Create()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(url+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}
