package doctor_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest/postgrestest"
	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/doctor"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/store"
)

func TestMain(m *testing.M) { os.Exit(trilliantest.Run(m)) }

// A shared is what a node has beside its folder: a database of a real PostgreSQL, and
// the file that says where that is.
type shared struct {
	cluster    *postgrestest.Cluster
	name, file string
}

func (s *shared) do(t *testing.T, statement string) string {
	t.Helper()
	out, err := s.cluster.Query(s.name, statement)
	must(t, err)
	return out
}

// at is a database of the cluster.
func at(t *testing.T, cluster *postgrestest.Cluster, address string) *shared {
	t.Helper()
	u, err := url.Parse(address)
	must(t, err)
	s := &shared{cluster, strings.TrimPrefix(u.Path, "/"), filepath.Join(t.TempDir(), "database.url")}
	must(t, os.WriteFile(s.file, []byte(address+"\n"), 0o600))
	return s
}

// node is a folder whose journal is in a database, and what has it serve.
func node(t *testing.T) (data string, s *shared, on func(*server.Config)) {
	t.Helper()
	cluster := trilliantest.Shared(t)
	address, err := cluster.Postgres().Create()
	must(t, err)
	s = at(t, cluster.Postgres(), address)
	data = filepath.Join(t.TempDir(), "data")
	log := publiclog.Config{Backend: publiclog.Trillian, Address: cluster.Address()}
	_, err = publiclog.Create(t.Context(), filepath.Join(data, "log"), "nodes.test/log", log)
	must(t, err)
	tree, err := trillian.Tree(filepath.Join(data, "log"))
	must(t, err)
	trilliantest.Retire(t, tree)
	return data, s, func(c *server.Config) {
		c.Database, c.PublicLog, c.Origin = postgres.Config{URL: s.file}, log, "nodes.test/log"
	}
}

// wellNode are options under which a node has nothing to complain of.
func wellNode(t *testing.T, data string, s *shared) doctor.Options {
	t.Helper()
	o := well(t, data)
	o.Database = s.file
	return o
}

// TestNode looks at a node beside it, at what it left, and at a folder for another node,
// and changes nothing.
func TestNode(t *testing.T) {
	data, s, on := node(t)
	sound := func(data string) []doctor.Finding {
		t.Helper()
		found := examine(t, wellNode(t, data, s))
		for _, f := range found {
			if f.Level != doctor.OK && f.Part != "leader" {
				t.Errorf("%+v", f)
			}
		}
		return found
	}
	served(t, data, func(url string) {
		published(t, url)
		found := sound(data)
		expect(t, found, "database", doctor.OK, "PostgreSQL 1")
		expect(t, found, "tables", doctor.OK, "that the folder belongs to")
		expect(t, found, "journal", doctor.OK, "1 leaves")
		expect(t, found, "log", doctor.OK, "checkpoint of nodes.test/log")
		expect(t, found, "leader", doctor.OK, "127.0.0.1 leads")
	}, on)
	before := contents(t, data)
	expect(t, sound(data), "leader", doctor.Warning, "no node is running")
	if after := contents(t, data); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("looking changed the folder")
	}

	other := filepath.Join(t.TempDir(), "other")
	must(t, server.CopyNode(data, other))
	must(t, os.CopyFS(filepath.Join(other, "releases"), os.DirFS(filepath.Join(data, "releases"))))
	o := well(t, data)
	o.Data, o.Config.Database.URL = other, s.file
	found := examine(t, o)
	expect(t, found, "tables", doctor.OK, "met no database yet")
	if worst := doctor.Worst(found); worst == doctor.Error {
		t.Errorf("a folder for another node: %+v", found)
	}

	o = well(t, data)
	if _, err := doctor.Examine(t.Context(), o); !errors.Is(err, store.ErrInDatabase) {
		t.Errorf("without its database: %v", err)
	}
	o.Data, o.Database = t.TempDir(), s.file
	if _, err := doctor.Examine(t.Context(), o); err == nil {
		t.Error("an empty folder is a node's")
	}
}

// published waits until the node shows the leaf of its release.
func published(t *testing.T, url string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(url + "/log/checkpoint")
		must(t, err)
		signed, err := io.ReadAll(res.Body)
		must(t, errors.Join(err, res.Body.Close()))
		if strings.Contains(string(signed), "\n1\n") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing was published: %s", signed)
		}
	}
}

// A nodeHarm is done to a copy of a node's folder and of its database.
type nodeHarm = func(t *testing.T, o *doctor.Options, s *shared)

// TestNodeFindings makes each finding appear that only a node has.
func TestNodeFindings(t *testing.T) {
	data, whole, on := node(t)
	served(t, data, func(url string) { published(t, url) }, on)
	for _, c := range []struct {
		part  string
		level doctor.Level
		text  string
		harm  nodeHarm
	}{
		{"database", doctor.Error, "couldn't reach", unreachable},
		{"journal", doctor.Warning, "was not looked at", unreachable},
		{"keys", doctor.Warning, "was not looked at", unreachable},
		{"database", doctor.Error, "no connection string", func(t *testing.T, o *doctor.Options, _ *shared) {
			must(t, os.WriteFile(o.Database, []byte("postgres://skalig:hemligt@[/x"), 0o600))
		}},
		{"database", doctor.Error, "synchronous_commit is off", func(t *testing.T, _ *doctor.Options, s *shared) {
			s.do(t, "ALTER DATABASE "+s.name+" SET synchronous_commit = off")
		}},
		{"database", doctor.Warning, "sessions are left", crowd},
		{"tables", doctor.Error, "lacks the table documents, the table same_everywhere", statement(`DROP TABLE documents, same_everywhere`)},
		{"tables", doctor.Error, "lacks the column forms.owner", statement(`ALTER TABLE forms DROP COLUMN owner`)},
		{"tables", doctor.Error, "lacks the column journal.at as bigint", statement(`ALTER TABLE journal ALTER COLUMN at TYPE TEXT`)},
		{"tables", doctor.Error, "lacks the table signins", statement(`DROP TABLE signins`)},
		{"tables", doctor.Error, "belongs to another database", statement(`UPDATE same_everywhere SET fingerprint = 'other' WHERE name = 'journal'`)},
		{"tables", doctor.Error, "a journal of its own", folder(write("journal.db", ""))},
		{"permissions", doctor.Error, "database.url may be read by others", func(t *testing.T, o *doctor.Options, _ *shared) { must(t, os.Chmod(o.Database, 0o640)) }},
		{"keys", doctor.Error, "not the same as on the other nodes", folder(write("keys/kek", strings.Repeat("k", 32)))},
		{"keys", doctor.Error, "keys/session is another", folder(write("keys/session", strings.Repeat("k", 32)))},
		{"journal", doctor.Error, "head does not name", statement(`UPDATE journal_head SET seq = seq - 1`)},
		{"journal", doctor.Error, "not what follows", statement(`UPDATE journal SET at = at + 1 WHERE seq = (SELECT max(seq) FROM journal)`)},
		{"log", doctor.Error, "an older journal was put back", statement(`DELETE FROM journal WHERE seq >= (SELECT min(seq) FROM journal WHERE kind = 'released');
			UPDATE journal_head SET seq = coalesce((SELECT max(seq) FROM journal), 0),
				hash = coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), decode(repeat('00', 32), 'hex'))`)},
		{"log", doctor.Error, "an older database was put back", checkpoint(0)},
		{"log", doctor.Error, "shows another log", checkpoint(1)},
		{"log", doctor.Error, "the nodes' checkpoint is not signed", statement(`UPDATE log_checkpoint SET signed = 'other'`)},
		{"log", doctor.Warning, "no checkpoint yet", statement(`DELETE FROM log_checkpoint`)},
		{"log", doctor.Error, "not those of the journal", folder(otherLeaf)},
		{"leader", doctor.Error, "none leads", func(t *testing.T, _ *doctor.Options, s *shared) { sessions(t, s, 1, "skalig") }},
		{"clock", doctor.Error, "the database's clock is 1h0m0s from this one (it is behind)", func(_ *testing.T, o *doctor.Options, _ *shared) {
			o.Clock = func() time.Time { return time.Now().Add(time.Hour) }
		}},
	} {
		t.Run(c.part+" "+c.text, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "data")
			if out, err := exec.CommandContext(t.Context(), "cp", "-a", data, copied).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			name := "copy" + fmt.Sprint(time.Now().UnixNano())
			_, err := whole.cluster.Query("template1", "CREATE DATABASE "+name+" TEMPLATE "+whole.name)
			must(t, err)
			s := at(t, whole.cluster, whole.cluster.URL(name))
			o := wellNode(t, copied, s)
			c.harm(t, &o, s)
			found := examine(t, o)
			expect(t, found, c.part, c.level, c.text)
			for _, f := range found {
				if strings.Contains(f.Text, "hemligt") {
					t.Errorf("a password is shown: %+v", f)
				}
			}
		})
	}
}

func unreachable(t *testing.T, o *doctor.Options, _ *shared) {
	must(t, os.WriteFile(o.Database, []byte("postgres://skalig:hemligt@127.0.0.1:1/skalig?sslmode=disable"), 0o600))
}

func statement(text string) nodeHarm {
	return func(t *testing.T, _ *doctor.Options, s *shared) { s.do(t, text) }
}

func folder(h harm) nodeHarm {
	return func(t *testing.T, o *doctor.Options, _ *shared) { h(t, o) }
}

// otherLeaf changes a leaf that the node's log shows.
func otherLeaf(t *testing.T, o *doctor.Options) {
	for _, path := range glob(t, filepath.Join(o.Data, "log/log/tile/entries/000.p/*")) {
		text, err := os.ReadFile(path)
		must(t, err)
		text[len(text)-1] ^= 1
		must(t, os.WriteFile(path, text, 0o600))
	}
}

// checkpoint puts one of that size and no tree's root where the nodes have theirs.
func checkpoint(size uint64) nodeHarm {
	return func(t *testing.T, o *doctor.Options, s *shared) {
		signer, _, err := logdir.ReadKey(filepath.Join(o.Data, "log"), nil)
		must(t, err)
		signed, err := ledger.SignCheckpoint(signer, size, [32]byte{1})
		must(t, err)
		s.do(t, fmt.Sprintf(`UPDATE log_checkpoint SET size = %d, signed = decode('%x', 'hex')`, size, signed))
	}
}

// sessions opens sessions until the test ends.
func sessions(t *testing.T, s *shared, n int, name string) {
	t.Helper()
	d, err := postgres.Open(t.Context(), postgres.Config{URL: s.file})
	must(t, err)
	pool := d.Pool(n, map[string]string{"application_name": name})
	t.Cleanup(func() { must(t, pool.Close()) })
	for range n {
		c, err := pool.Conn(t.Context())
		must(t, err)
		t.Cleanup(func() { must(t, c.Close()) })
	}
}

// crowd opens so many sessions that few are left.
func crowd(t *testing.T, _ *doctor.Options, s *shared) {
	d, err := postgres.Open(t.Context(), postgres.Config{URL: s.file})
	must(t, err)
	db := d.Beside(1)
	defer db.Close() //nolint:errcheck // it was only read
	state, err := postgres.Look(t.Context(), db)
	must(t, err)
	sessions(t, s, state.Left-10, "others")
}
