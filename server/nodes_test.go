package server_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
)

// shared makes what two nodes share, and their folders.
func shared(t *testing.T) (first, second string, on func(*server.Config)) {
	t.Helper()
	cluster, root := trilliantest.Shared(t), t.TempDir()
	address, err := cluster.Postgres().Create()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "database.url")
	if err := os.WriteFile(file, []byte(address+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := publiclog.Config{Backend: publiclog.Trillian, Address: cluster.Address()}
	first, second = filepath.Join(root, "a"), filepath.Join(root, "b")
	if _, err := publiclog.Create(t.Context(), filepath.Join(first, "log"), "nodes.test/log", log); err != nil {
		t.Fatal(err)
	}
	tree, err := trillian.Tree(filepath.Join(first, "log"))
	if err != nil {
		t.Fatal(err)
	}
	trilliantest.Retire(t, tree)
	return first, second, func(c *server.Config) {
		c.Database, c.PublicLog, c.Origin = postgres.Config{URL: file}, log, "nodes.test/log"
	}
}

// Two nodes are one service: who signs in on the one is signed in on the other, sees
// there at once what was done here, and signs out of both.
func TestTwoNodes(t *testing.T) {
	first, second, on := shared(t)
	a := run(t, first, on)
	if err := server.CopyNode(first, second); err != nil {
		t.Fatal(err)
	}
	b := run(t, second, on)

	alva := a.as(t, "alva")
	page := alva.apply(single, nil)
	if !strings.HasPrefix(page.path, "/arende/") || page.code != http.StatusOK {
		t.Fatalf("%s %d", page.path, page.code)
	}
	there := &browser{t, alva.Client, b.url} // a cookie knows no port
	receipt := there.get(page.path + "/kvitto.json")
	if rep := ledger.Verify([]byte(receipt.body), []string{strings.TrimSpace(fetch(t, b.url+"/log/key"))}); receipt.code != http.StatusOK || !rep.OK {
		t.Errorf("the receipt on the other node: %d %v", receipt.code, rep.Reason)
	}
	if own := there.get("/mina"); own.code != http.StatusOK || !strings.Contains(own.body, page.path) {
		t.Errorf("the case is not listed on the other node: %d", own.code)
	}

	// A case made on the second is there on the first.
	bo := b.as(t, "bo")
	made := bo.apply(single, nil)
	here := &browser{t, bo.Client, a.url}
	if seen := here.get(made.path); seen.code != http.StatusOK {
		t.Errorf("the other node's case: %d", seen.code)
	}
	if got, want := fetch(t, a.url+"/log/key"), fetch(t, b.url+"/log/key"); got != want {
		t.Errorf("the nodes have logs with the keys %s and %s", got, want)
	}

	for where, node := range map[string]*site{"one node": a, "the other": b} {
		if leaked := personal(node.log.String()); leaked != "" {
			t.Errorf("the log of %s holds …%q…", where, leaked)
		}
	}

	// Signed out on the one is signed out on the other.
	if out := there.post("/sessioner", url.Values{"id": {""}}); out.code != http.StatusOK {
		t.Fatalf("signing out everywhere: %d %s", out.code, out.path)
	}
	if after := alva.get(page.path); strings.HasPrefix(after.path, "/arende/") {
		t.Error("a session that was ended on the other node goes on here")
	}

	// A node without the others' keys does not start, and says what to do.
	stranger := filepath.Join(t.TempDir(), "c")
	if err := server.CopyNode(first, stranger); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stranger, "keys", "session"), []byte(strings.Repeat("x", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	c := server.Config{Addr: "127.0.0.1:0", Data: stranger, Demo: true, Version: "test"}
	on(&c)
	if err := server.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "keys/session") {
		t.Errorf("a node with a key of its own started: %v", err)
	}
	alone := server.Config{Addr: "127.0.0.1:0", Data: t.TempDir(), Demo: true, Version: "test"}
	on(&alone)
	alone.PublicLog = publiclog.Config{}
	if err := server.Run(t.Context(), alone); err == nil || !strings.Contains(err.Error(), publiclog.ErrShared.Error()) {
		t.Errorf("nodes with a log in files started: %v", err)
	}
}
