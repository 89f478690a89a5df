package server_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/demo"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

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
	c := server.Config{Addr: "127.0.0.1:0", Data: stranger, Demo: demo.New(), Version: "test"}
	on(&c)
	if err := server.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "keys/session") {
		t.Errorf("a node with a key of its own started: %v", err)
	}
	alone := server.Config{Addr: "127.0.0.1:0", Data: t.TempDir(), Demo: demo.New(), Version: "test"}
	on(&alone)
	alone.PublicLog = publiclog.Config{}
	if err := server.Run(t.Context(), alone); err == nil || !strings.Contains(err.Error(), publiclog.ErrShared.Error()) {
		t.Errorf("nodes with a log in files started: %v", err)
	}
}

// A node that has not reached the journal for five seconds says that it is not ready, no
// sooner, and is ready again when it reaches it. It is asked how long that is between
// the questions, so that no clock but its own counts.
func TestJournalOutOfReach(t *testing.T) {
	first, _, on := shared(t)
	var proxy *toxiproxy.Proxy
	n := run(t, first, func(c *server.Config) {
		on(c)
		proxy = between(t, &c.Database)
	})
	if code := readyz(t, n.url); code != http.StatusOK {
		t.Fatalf("at first: %d", code)
	}
	proxy.Stop()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		before := stale(t, n.url)
		code := readyz(t, n.url)
		after := stale(t, n.url)
		if code == http.StatusOK && before >= 5 || code != http.StatusOK && after < 5 {
			t.Fatalf("%d when the journal was out of reach for between %v and %v s", code, before, after)
		}
		if code == http.StatusServiceUnavailable {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the node says for a minute that it is ready")
		}
	}
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); readyz(t, n.url) != http.StatusOK; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the node is not ready again")
		}
	}
}

// between puts a line that can be cut before a database.
func between(t *testing.T, c *postgres.Config) *toxiproxy.Proxy {
	t.Helper()
	text, err := os.ReadFile(c.URL)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "database", "127.0.0.1:0", u.Host)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	u.Host = proxy.Listen
	c.URL = filepath.Join(t.TempDir(), "database.url")
	if err := os.WriteFile(c.URL, []byte(u.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return proxy
}

func readyz(t *testing.T, url string) int {
	t.Helper()
	res, err := http.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

// stale is how many seconds ago a node last reached the journal, as it says itself.
func stale(t *testing.T, url string) float64 {
	t.Helper()
	_, rest, _ := strings.Cut(fetch(t, url+"/metrics"), "\nskalig_readmodel_stale_seconds ")
	text, _, _ := strings.Cut(rest, "\n")
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return seconds
}
