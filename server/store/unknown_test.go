package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

func TestUnknownCommit(t *testing.T) { t.Run(inDatabase, testUnknownCommit) }

// testUnknownCommit takes the answer to a commit away while the database is at it: once
// it happens all the same, and once it does not. The caller is told which.
func testUnknownCommit(t *testing.T) {
	dir := folder(t)
	first := open(t, dir)
	must(t, first, alva, draft(submitted(alva, "case-a")))
	exec(t, dir, "", `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $$`)
	second, proxy := cut(t, beside(t, dir))
	slow := func() { // a commit takes as long as the trigger that runs in it
		exec(t, dir, "", `CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`)
	}
	quick := func() { exec(t, dir, "", `DROP TRIGGER slow ON journal`) }

	commit := func(id string, harm func()) error {
		slow()
		done := make(chan error, 1)
		go func() {
			_, err := second.Update(t.Context(), alva, draft(submitted(alva, id)))
			done <- err
		}()
		committing(t, dir)
		harm()
		err := <-done
		quick()
		return err
	}

	if err := commit("case-b", func() {
		proxy.Stop() // the database goes on, and can't say so
		time.AfterFunc(300*time.Millisecond, func() { _ = proxy.Start() })
	}); err != nil {
		t.Errorf("a commit that happened: %v", err)
	}
	if f, err := first.Read(t.Context(), alva, "case-b"); err != nil || string(f.Submitted) != personal {
		t.Errorf("what was said to be written: %v", err)
	}
	if err := commit("case-c", func() {
		exec(t, dir, "", `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'commit%' AND state = 'active' AND datname = current_database()`)
	}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a commit that did not happen: %v", err)
	}
	if _, err := first.Read(t.Context(), alva, "case-c"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what was said not to be written: %v", err)
	}
	must(t, second, alva, draft(submitted(alva, "case-c"))) // and it goes on
	if err := first.Current(t.Context()); err != nil {
		t.Fatal(err)
	}
	if own, err := first.Own(t.Context(), alva); err != nil || len(own) != 3 {
		t.Errorf("%v: %d cases", err, len(own))
	}
}

// committing returns when the database is in the middle of a commit.
func committing(t *testing.T, dir string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var n int
		if err := raw(t, dir, "").QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE query ILIKE 'commit%' AND state = 'active' AND datname = current_database()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
	}
	t.Fatal("nobody commits")
}

func TestJournalPutBack(t *testing.T) { t.Run(inDatabase, testJournalPutBack) }

// testJournalPutBack puts the database back to an earlier state under a node, as when a
// replica that lags takes over. The node stops rather than go on from another past.
func testJournalPutBack(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	must(t, s, alva, draft(submitted(alva, "case-a")))
	must(t, s, alva, draft(submitted(alva, "case-b")))
	exec(t, dir, "", `WITH gone AS (DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal) RETURNING seq)
		UPDATE journal_head SET seq = gone.seq - 1, hash = (SELECT hash FROM journal WHERE seq = gone.seq - 1) FROM gone`)
	if _, err := s.Update(t.Context(), alva, draft(submitted(alva, "case-c"))); !errors.Is(err, store.ErrChain) {
		t.Errorf("the node went on from an earlier state: %v", err)
	}
	if !errors.Is(s.Err(), store.ErrChain) {
		t.Errorf("it stopped because of %v", s.Err())
	}
}
