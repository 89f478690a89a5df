package inspection_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/flow/flowtest"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

var noon = flowtest.Noon

// A single person of 34: the norm 5 220, rent under the cap of 7 000.
const single = `{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999",` +
	`"persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}],"housing":{"tenure":"rent","rooms":2},` +
	`"costs":[{"id":"k1","kind":"rent","amount":6500}]}`

var doris = store.Caller{Ref: "doris", Role: store.Caseworker, Municipality: "9999"}

// A service is the parts of a server that keep something.
type service struct {
	dir  string
	st   *store.Store
	log  *tessera.Log
	flow *flow.Service
}

func start(t testing.TB, dir string) *service {
	t.Helper()
	return startAt(t, dir, noon)
}

// startAt starts at a time that then stands still.
func startAt(t testing.TB, dir string, now time.Time) *service {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	st, err := store.Open(ctx, store.Options{Dir: dir, Clock: func() time.Time { return now }})
	must(err)
	if _, err := tessera.Init(filepath.Join(dir, "log"), "inspection.test/log"); err != nil && !errors.Is(err, tessera.ErrExists) {
		t.Fatal(err)
	}
	log, err := tessera.Open(ctx, filepath.Join(dir, "log"), tessera.Options{})
	must(err)
	c, err := flowtest.Config()
	must(err)
	c.Digests, err = secret.LoadOrCreate(filepath.Join(dir, "keys", "digest"))
	must(err)
	c.Store, c.Ledger, c.Keys, c.Clock = st, log, []string{log.Key()}, func() time.Time { return now }
	f, err := flow.New(ctx, c)
	must(err)
	must(f.Start(ctx))
	return &service{dir, st, log, f}
}

func (s *service) stop(t testing.TB) {
	t.Helper()
	s.flow.Stop()
	if err := errors.Join(s.log.Close(context.Background()), s.st.Close()); err != nil {
		t.Fatal(err)
	}
}

func (s *service) apply(t testing.TB, n int, facts string) string {
	t.Helper()
	who := store.Caller{Ref: fmt.Sprintf("person-%d", n), Role: store.Applicant}
	id, err := s.flow.Submit(t.Context(), who, flow.Application{Key: "a", Number: "199211222386", Name: "Alva Exempel", Facts: []byte(facts)})
	if err == nil {
		err = s.st.Await(t.Context(), id)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// decided is a folder with a release, 8 automatic decisions, one by a person, and
// a case that waits.
func decided(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	s := start(t, dir)
	for n := range 8 {
		s.apply(t, n, single)
	}
	over := strings.Replace(single, `"amount":6500`, `"amount":9500`, 1)
	id := s.apply(t, 8, over)
	w, err := s.flow.Work(t.Context(), doris, id)
	if err != nil {
		t.Fatal(err)
	}
	version := w.File.Version
	for _, x := range w.Warnings {
		if err := s.flow.Acknowledge(t.Context(), doris, id, version, x.Key(), "Läst", "Doris Demosson"); err != nil {
			t.Fatal(err)
		}
		version++
	}
	if err := s.flow.ApproveCalculation(t.Context(), doris, id, version, "Doris Demosson"); err != nil {
		t.Fatal(err)
	}
	err = s.flow.Decide(t.Context(), doris, id, flow.Ruling{Version: version + 1, Outcome: record.Partly, Granted: w.Amount(), Provision: "norm", Motivation: "Hyran är högre än taket.", Name: "Doris Demosson"})
	if err == nil {
		err = s.st.AwaitReceipt(t.Context(), 9)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.apply(t, 9, over)
	s.stop(t)
	return dir
}

func check(t testing.TB, dir string) *inspection.Report {
	t.Helper()
	r, err := inspection.Check(t.Context(), dir, inspection.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// copied is a copy of a folder that may be damaged.
func copied(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := os.Stat(filepath.Join(dir, strings.TrimPrefix(path, to)))
		if err != nil {
			return err
		}
		return os.Chmod(path, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// contents are a folder's files with their bytes.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		all[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func execute(t testing.TB, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		done, err := db.Exec(s)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			t.Fatalf("%s: %d rows, %v", s, n, err)
		}
	}
}

func TestSoundFolder(t *testing.T) {
	dir := decided(t)
	before := contents(t, dir)
	r := check(t, dir)
	if len(r.Faults) > 0 {
		t.Fatalf("%v", r.Faults)
	}
	if r.Leaves != 10 || r.Releases != 1 || r.Automatic != 8 || r.Human != 1 || r.Receipts != 10 || r.Published != 10 || r.NativeDiffers ||
		r.Cases[store.StatePublished] != 9 || r.Cases[store.StateQueued] != 1 {
		t.Errorf("%+v", r)
	}
	after := contents(t, dir)
	for path, data := range after {
		if before[path] != data {
			t.Errorf("%s was written", path)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files, %d before", len(after), len(before))
	}
}

// TestWhatAStopLeft: a copy of a folder that a server has open still has rows in
// the write-ahead log, and one made before the log was appended to is not wrong.
func TestWhatAStopLeft(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", t.TempDir())
	s := start(t, dir)
	s.apply(t, 0, single)
	s.apply(t, 1, single)
	half := copied(t, dir)
	s.stop(t)
	if info, err := os.Stat(filepath.Join(half, "journal.db-wal")); err != nil || info.Size() == 0 {
		t.Fatal("the copy has no write-ahead log")
	}
	before := contents(t, half)
	if r := check(t, half); len(r.Faults) > 0 || r.Leaves != 3 || r.Receipts != 3 {
		t.Errorf("%+v", r)
	}
	for path, data := range contents(t, half) {
		if before[path] != data {
			t.Errorf("%s was written", path)
		}
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "skalig-check-*")); err != nil || len(left) > 0 {
		t.Errorf("%v was left behind", left)
	}
}

func TestInUse(t *testing.T) {
	dir := decided(t)
	f, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := inspection.Check(t.Context(), dir, inspection.Options{}); !errors.Is(err, inspection.ErrInUse) {
		t.Errorf("a folder in use: %v", err)
	}
	if _, err := inspection.Check(t.Context(), filepath.Join(dir, "nowhere"), inspection.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// TestDamage damages copies of one folder, each in one way, and holds what is said.
func TestDamage(t *testing.T) {
	dir := decided(t)
	older := copied(t, dir)
	{ // and the folder grows
		s := start(t, dir)
		s.apply(t, 20, single)
		s.apply(t, 21, single)
		s.stop(t)
	}
	if r := check(t, dir); len(r.Faults) > 0 || r.Leaves != 12 {
		t.Fatalf("%+v", r)
	}
	last := check(t, dir).Rows
	checkpoint := filepath.Join("log", "log", "checkpoint")
	edit := func(path string, change func([]byte) []byte) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			data, err := os.ReadFile(filepath.Join(dir, path))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, path), change(bytes.Clone(data)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(path string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, path)); err != nil {
				t.Fatal(err)
			}
		}
	}
	from := func(other string, paths ...string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			for _, path := range paths {
				data, err := os.ReadFile(filepath.Join(other, path))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, path), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	sqlite := func(statements ...string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) { execute(t, dir, statements...) }
	}
	for name, c := range map[string]struct {
		damage func(t *testing.T, dir string)
		want   []string // each in some fault
		faults int      // how many; 0: any number
	}{
		"a byte of a body flipped": {sqlite(`UPDATE journal SET body = CAST(substr(body, 1, 40) || x'ff' || substr(body, 42) AS BLOB) WHERE seq = 7`),
			[]string{"journal: the journal's chain is broken: row 7 is not what was written"}, 1},
		"a byte of the journal's file flipped": {flipBody, []string{"journal: the journal's chain is broken: row "}, 1},
		"a head changed":                       {sqlite(`UPDATE journal SET head = replace(head, '"granted"', '"partly"') WHERE seq = (SELECT min(seq) FROM journal WHERE kind = 'decided')`), []string{"journal: the journal's chain is broken: row "}, 1},
		"the last row deleted": {sqlite(fmt.Sprintf(`DELETE FROM journal WHERE seq = %d`, last)),
			[]string{fmt.Sprintf("journal: the journal's chain is broken: the head says row %d, the last row is %d", last, last-1)}, 1},
		"a row in the middle deleted":             {sqlite(`DELETE FROM journal WHERE seq = 9`), []string{"journal: the journal's chain is broken: row 10 follows row 8"}, 1},
		"an older journal":                        {from(older, "journal.db"), []string{"log: the log has 12 leaves, the outbox 10: the journal is older than the log"}, 1},
		"an older checkpoint":                     {from(older, checkpoint), []string{"log: 2 receipts are under checkpoints of up to 12 leaves, the log's is of 10: an older log or checkpoint was put back"}, 1},
		"a checkpoint changed":                    {edit(checkpoint, func(b []byte) []byte { return bytes.Replace(b, []byte("\n12\n"), []byte("\n11\n"), 1) }), []string{"log: checkpoint-refused: the checkpoint was refused: signature-invalid"}, 1},
		"no checkpoint":                           {remove(checkpoint), []string{"log: there is no checkpoint"}, 1},
		"a missing tile":                          {remove("log/log/tile/0/000.p/12"), []string{"log: tile-missing: leaf 0: a tile of the signed tree is missing: tile/0/000.p/12"}, 1},
		"a missing bundle":                        {remove("log/log/tile/entries/000.p/12"), []string{"log: tile-missing: leaf 0: an entry bundle of the signed tree is missing: tile/entries/000.p/12"}, 1},
		"a tile changed":                          {edit("log/log/tile/0/000.p/12", func(b []byte) []byte { b[3*32] ^= 1; return b }), []string{"log: tile-wrong: "}, 1},
		"a leaf changed in its bundle":            {edit("log/log/tile/entries/000.p/12", func(b []byte) []byte { b[20] ^= 1; return b }), []string{"log: leaf-differs: leaf 0: "}, 1},
		"the end taken away and the head with it": {cutEnd, []string{"log: the log has 12 leaves, the outbox 11: the journal is older than the log, or its end was taken away"}, 1},
		"a case's key destroyed":                  {destroyKey, []string{"body: row ", "the case has no key"}, 0},
		"another key-encryption key":              {edit("keys/kek", func(b []byte) []byte { b[0] ^= 1; return b }), []string{"body: row 1: couldn't unwrap a case key"}, 0},
		"another person key":                      {otherPerson, []string{"key: keys/person: it is another key"}, 1},
		"another log's key":                       {edit("log/vkey", func(b []byte) []byte { return []byte("inspection.test/log+00000000+AAAA\n") }), []string{"checkpoint-refused"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := copied(t, dir)
			c.damage(t, damaged)
			r := check(t, damaged)
			var all []string
			for _, f := range r.Faults {
				all = append(all, f.String())
			}
			text := strings.Join(all, "\n")
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("no fault says %q:\n%s", want, text)
				}
			}
			if c.faults > 0 && r.Wrong != c.faults || r.Wrong == 0 || strings.Contains(text, "Alva") {
				t.Errorf("%d faults:\n%s", r.Wrong, text)
			}
		})
	}
}

// flipBody flips a byte in the file where a sealed body lies.
func flipBody(t *testing.T, dir string) {
	db, err := sql.Open("sqlite", filepath.Join(dir, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	var body []byte
	err = errors.Join(db.QueryRow(`SELECT body FROM journal WHERE kind = 'submitted' ORDER BY seq LIMIT 1`).Scan(&body), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "journal.db")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(body[:64])
	flipped[30] ^= 1
	if data = bytes.ReplaceAll(data, body[:64], flipped); !bytes.Contains(data, flipped) {
		t.Fatal("the body is not in the file")
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// cutEnd takes away the last decision and everything after it, as one does who
// knows how the journal is chained.
func cutEnd(t *testing.T, dir string) {
	db, err := sql.Open("sqlite", filepath.Join(dir, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{
		`DELETE FROM journal WHERE seq >= (SELECT max(seq) FROM journal WHERE kind = 'decided')`,
		`UPDATE journal_head SET seq = (SELECT max(seq) FROM journal), hash = (SELECT hash FROM journal ORDER BY seq DESC LIMIT 1)`,
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

// otherPerson gives the folder another person key than the one that its data began with.
func otherPerson(t *testing.T, dir string) {
	first, err := secret.Create(filepath.Join(dir, "keys", "person"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(secret.Note(dir, "person"), []byte(first.Fingerprint("person")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := check(t, dir); r.Wrong > 0 {
		t.Errorf("with the same key: %v", r.Faults)
	}
	if err := os.Remove(filepath.Join(dir, "keys", "person")); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Create(filepath.Join(dir, "keys", "person")); err != nil {
		t.Fatal(err)
	}
}

// destroyKey destroys the key of the first case.
func destroyKey(t *testing.T, dir string) {
	keys, err := sql.Open("sqlite", filepath.Join(dir, "keys", "cases.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	if _, err := keys.Exec(`DELETE FROM case_keys WHERE case_ref = (SELECT min(case_ref) FROM case_keys WHERE case_ref NOT LIKE 'release%')`); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkCheck looks at a folder of 500 decisions.
func BenchmarkCheck(b *testing.B) {
	dir := b.TempDir()
	s := start(b, dir)
	var all sync.WaitGroup
	for k := range 20 {
		all.Go(func() {
			for n := range 25 {
				s.apply(b, 25*k+n, single)
			}
		})
	}
	all.Wait()
	s.stop(b)
	for b.Loop() {
		if r := check(b, dir); r.Wrong > 0 || r.Automatic != 500 {
			b.Fatal(r.Faults)
		}
	}
	b.ReportMetric(float64(b.N)*500/b.Elapsed().Seconds(), "decisions/s")
}
