package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/store"
)

func TestNodes(t *testing.T) { t.Run(inDatabase, testNodes) }

// testNodes has two nodes on one journal: each sees what the other does, and what is
// erased on the one can't be read on the other.
func testNodes(t *testing.T) {
	dir := folder(t)
	first := open(t, dir)
	history(t, first)
	second := open(t, beside(t, dir))
	ctx := t.Context()

	// A case is there on the other node as soon as it is durable.
	for i := range 20 {
		id := fmt.Sprintf("case-n%d", i)
		must(t, first, alva, draft(submitted(alva, id)))
		f, err := second.Read(ctx, alva, id)
		if err != nil || string(f.Submitted) != personal {
			t.Fatalf("%s on the other node: %v", id, err)
		}
	}
	if a, b := picture(t, first), picture(t, second); a != b {
		t.Errorf("one node sees\n%s\nthe other\n%s", a, b)
	}
	if err := errors.Join(first.Current(ctx), second.Current(ctx)); err != nil || first.Rows() != second.Rows() {
		t.Errorf("%v: %d and %d rows", err, first.Rows(), second.Rows())
	}

	// What one person may see of who has read comes from both.
	list, _, err := second.Readings(ctx, alva)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := first.Readings(ctx, alva)
	if err != nil || len(again) <= len(list) {
		t.Errorf("%v: %d readings on the one node and then %d on the other", err, len(list), len(again))
	}

	// A switch and a role hold everywhere.
	must(t, second, store.Caller{Ref: "ref-otto", Role: store.Operator}, draft(store.Draft{Head: store.Automation{Municipality: store.Everywhere, Stopped: true, By: "ref-otto"}}))
	if err := first.Current(ctx); err != nil {
		t.Fatal(err)
	}
	if on, err := first.Automation(store.Everywhere); err != nil || on {
		t.Errorf("%v: a stop on the other node has not come here", err)
	}

	// An erased case's key is not at hand on any node.
	if _, err := second.Read(ctx, alva, "case-a"); err != nil {
		t.Fatal(err)
	}
	erase(t, first, "case-a")
	if _, err := second.Read(ctx, alva, "case-a"); !errors.Is(err, store.ErrErased) {
		t.Errorf("an erased case was read on the other node: %v", err)
	}
}

// erase erases a case as the service does.
func erase(t *testing.T, s *store.Store, id string) {
	t.Helper()
	must(t, s, store.Program, draft(store.Draft{Head: store.CaseErased{Erases: id, Reason: "retention"}}))
	if err := s.Erase(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

func TestNodePolls(t *testing.T) { t.Run(inDatabase, testNodePolls) }

// testNodePolls has a node write without a notification. The other's first look that
// begins afterwards has the row, and nobody asks it to look.
func testNodePolls(t *testing.T) {
	dir := folder(t)
	open(t, dir)
	found, _ := databases.Load(dir)
	exec(t, dir, "", `CREATE SCHEMA quiet`)
	exec(t, dir, "", `CREATE FUNCTION quiet.pg_notify(text, text) RETURNS void LANGUAGE sql AS ''`)
	deaf := beside(t, dir)
	databases.Store(deaf, found.(string)+"&search_path=quiet,public,pg_catalog")
	var quiet bool
	if err := raw(t, deaf, "").QueryRow(`SELECT to_regprocedure('pg_notify(text, text)')::oid = 'quiet.pg_notify(text, text)'::regprocedure::oid`).Scan(&quiet); err != nil || !quiet {
		t.Fatalf("the node would tell the others: %v", err)
	}
	silent, hears := open(t, deaf), open(t, beside(t, dir))
	for i := range 3 {
		must(t, silent, alva, draft(submitted(alva, fmt.Sprintf("case-p%d", i))))
		written, rows := time.Now(), silent.Rows()
		for deadline := written.Add(time.Minute); ; time.Sleep(time.Millisecond) {
			began := time.Now().Add(-hears.Stale()) // of the last look, or a moment before
			if got := hears.Rows(); got >= rows {
				break
			} else if began.After(written) {
				t.Fatalf("a look that began after row %d was written ended at row %d", rows, got)
			}
			if time.Now().After(deadline) {
				t.Fatal("the node does not look by itself")
			}
		}
	}
}

func TestNodesAtOnce(t *testing.T) { t.Run(inDatabase, testNodesAtOnce) }

// testNodesAtOnce has two nodes write at once: every update is there once, in one
// chain, and of two that want the same one gets it.
func testNodesAtOnce(t *testing.T) {
	dir := folder(t)
	nodes := []*store.Store{open(t, dir)}
	nodes = append(nodes, open(t, beside(t, dir)))
	const n = 60
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := map[string]int{}
	for _, s := range nodes {
		for i := range n {
			wg.Go(func() {
				id := fmt.Sprintf("case-%d", i)
				_, err := s.Update(t.Context(), alva, func(v *store.View) (store.Draft, error) {
					if _, err := v.Case(id); err == nil {
						return store.Draft{}, errStop
					}
					return submitted(alva, id), nil
				})
				if err != nil && !errors.Is(err, errStop) {
					t.Errorf("%s: %v", id, err)
				}
				if err == nil {
					mu.Lock()
					won[id]++
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if len(won) != n {
		t.Errorf("%d cases of %d were made", len(won), n)
	}
	for id, times := range won {
		if times != 1 {
			t.Errorf("%s was made %d times", id, times)
		}
	}
	third := open(t, beside(t, dir))
	if own, err := third.Own(t.Context(), alva); err != nil || len(own) != n {
		t.Errorf("%v: a node that starts sees %d cases", err, len(own))
	}
}

func TestNodeRefused(t *testing.T) { t.Run(inDatabase, testNodeRefused) }

// testNodeRefused starts nodes that must not take part.
func testNodeRefused(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	refused := func(other, want string) {
		t.Helper()
		again, err := store.Open(t.Context(), at(t, store.Options{Dir: other}))
		if err == nil {
			_ = again.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	without := beside(t, dir)
	if err := os.RemoveAll(filepath.Join(without, "keys")); err != nil {
		t.Fatal(err)
	}
	refused(without, "are to be copied")
	another := beside(t, dir)
	if err := os.WriteFile(filepath.Join(another, "keys", "kek"), make([]byte, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(another, "not the same as on the other nodes")
	moved := beside(t, dir)
	if err := os.WriteFile(filepath.Join(moved, "database"), []byte("another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(moved, "another database")
	old := t.TempDir()
	if err := open(t, old).Close(); err != nil {
		t.Fatal(err)
	}
	url, _ := databases.Load(dir)
	databases.Store(old, url)
	refused(old, "journal of its own")
	if err := s.Same(t.Context(), "x", "1"); err != nil {
		t.Error(err)
	}
	if err := open(t, beside(t, dir)).Same(t.Context(), "x", "2"); !errors.Is(err, store.ErrOther) {
		t.Errorf("another key was taken: %v", err)
	}
}

// cut opens a store behind a proxy that can be cut.
func cut(t *testing.T, dir string) (*store.Store, *toxiproxy.Proxy) {
	t.Helper()
	found, _ := databases.Load(dir)
	u, err := url.Parse(found.(string))
	if err != nil {
		t.Fatal(err)
	}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "postgres", "127.0.0.1:0", u.Host)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	u.Host = proxy.Listen
	databases.Store(dir, u.String())
	return open(t, dir), proxy
}

func TestNodeCutOff(t *testing.T) { t.Run(inDatabase, testNodeCutOff) }

// testNodeCutOff cuts a node off from the journal in each way, and heals it. Cut off,
// it neither writes nor shows a file; afterwards it goes on, and has missed nothing.
func testNodeCutOff(t *testing.T) {
	dir := folder(t)
	first := open(t, dir)
	must(t, first, alva, draft(submitted(alva, "case-a")))
	second, proxy := cut(t, beside(t, dir))
	for i, toxic := range []string{"timeout", "reset_peer", "down"} {
		if _, err := second.Read(t.Context(), alva, "case-a"); err != nil {
			t.Fatalf("before %s: %v", toxic, err)
		}
		heal := poison(t, proxy, toxic)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		if _, err := second.Read(ctx, alva, "case-a"); err == nil {
			t.Errorf("%s: a file was shown by a node that is cut off", toxic)
		}
		if err := second.Current(ctx); err == nil {
			t.Errorf("%s: a node that is cut off says that it is current", toxic)
		}
		cancel()
		id := fmt.Sprintf("case-%d", i)
		must(t, first, alva, draft(submitted(alva, id))) // the other node is not held up for longer than its patience
		if second.Stale() < time.Second {
			t.Errorf("%s: the node believes that it is %s behind", toxic, second.Stale())
		}
		heal()
		healed(t, second)
		if _, err := second.Read(t.Context(), alva, id); err != nil {
			t.Errorf("%s: after healing: %v", toxic, err)
		}
	}
}

// healed waits until a node reaches the journal again.
func healed(t *testing.T, s *store.Store) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		err := s.Current(ctx)
		cancel()
		if err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the node does not reach the journal again")
}

// poison cuts a proxy's connections and gives what heals them.
func poison(t *testing.T, proxy *toxiproxy.Proxy, toxic string) (heal func()) {
	t.Helper()
	if toxic == "down" {
		proxy.Stop()
		return func() {
			if err := proxy.Start(); err != nil {
				t.Error(err)
			}
		}
	}
	for _, stream := range []string{"upstream", "downstream"} {
		text := fmt.Sprintf(`{"name":%q,"type":%q,"stream":%q,"attributes":{"timeout":0}}`, stream, toxic, stream)
		if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	return func() { proxy.Toxics.ResetToxics(context.WithoutCancel(t.Context())) }
}

func TestUntrustworthyDatabase(t *testing.T) {
	for _, c := range []struct{ name, url, want string }{
		{"not durable", "synchronous_commit=off", "synchronous_commit is off"},
	} {
		t.Run(inDatabase+"/"+c.name, func(t *testing.T) {
			found, _ := databases.Load(folder(t))
			_, err := postgres.OpenURL(t.Context(), found.(string)+"&"+c.url)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
