package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/skalig/skalig/server/store"
)

var (
	alva    = store.Caller{Ref: "ref-alva", Role: store.Applicant}
	bo      = store.Caller{Ref: "ref-bo", Role: store.Applicant}
	doris   = store.Caller{Ref: "ref-doris", Role: store.Caseworker, Municipality: "9999"}
	erik    = store.Caller{Ref: "ref-erik", Role: store.Caseworker, Municipality: "1287"}
	nobody  = store.Caller{}
	errStop = errors.New("the update changed its mind")
)

const personal = "personligt: Alva Exempel"

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	var tick int64
	var mu sync.Mutex
	s, err := store.Open(t.Context(), at(t, store.Options{Dir: dir, Clock: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		tick++
		return time.UnixMilli(1_795_000_000_000 + tick)
	}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a test that closes it itself checks that
	return s
}

func draft(d store.Draft) func(*store.View) (store.Draft, error) {
	return func(*store.View) (store.Draft, error) { return d, nil }
}

func submitted(who store.Caller, id string) store.Draft {
	return store.Draft{Case: id, Key: "submit:" + id, Body: []byte(personal),
		Head: store.Submitted{Person: who.Ref, Municipality: "9999", Month: "2026-11", Key: "key-" + id, Digest: "d"}}
}

// decided needs the place of the leaf, which only the view knows.
func decided(id, mode string) func(*store.View) (store.Draft, error) {
	return func(v *store.View) (store.Draft, error) {
		index, number, prev, err := v.Next("9999")
		by := ""
		if mode == "human" {
			by = doris.Ref
		}
		return store.Draft{Case: id, Key: "decide:" + id, Body: []byte("beslut " + personal),
			Head: store.Decided{Index: index, Municipality: "9999", Number: number, Leaf: fmt.Appendf(nil, "leaf %d after %x", number, prev),
				Mode: mode, Outcome: "granted", Engine: "e", By: by}}, err
	}
}

func must(t testing.TB, s *store.Store, who store.Caller, fn func(*store.View) (store.Draft, error)) *store.Event {
	t.Helper()
	e, err := s.Update(t.Context(), who, fn)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// history takes a case through every state, and leaves others on the way.
func history(t testing.TB, s *store.Store) {
	t.Helper()
	for _, id := range []string{"case-a", "case-b", "case-c"} {
		must(t, s, alva, draft(submitted(alva, id)))
	}
	must(t, s, bo, draft(submitted(bo, "case-d")))
	must(t, s, store.Program, draft(store.Draft{Case: "release-e", Body: []byte("salt"),
		Head: store.Released{Index: 0, Number: 0, Leaf: []byte("release"), Engine: "e", Rules: "r"}}))
	must(t, s, store.Program, draft(store.Draft{Case: "case-b", Head: store.Queued{Reasons: []string{"human-asked"}}, Body: []byte("svar")}))
	must(t, s, store.Program, draft(store.Draft{Case: "case-d", Head: store.Queued{Reasons: []string{"human-asked"}}}))
	must(t, s, store.Program, decided("case-a", "automatic"))
	must(t, s, doris, decided("case-b", "human"))
	must(t, s, store.Program, draft(store.Draft{Case: "case-a", Head: store.Published{Index: 1}, Body: []byte("kvitto")}))
	must(t, s, doris, draft(store.Draft{Case: "case-d", Body: []byte("varför"),
		Head: store.Automation{Municipality: "9999", Person: bo.Ref, Stopped: true, By: doris.Ref}}))
}

// picture is everything the read model tells.
func picture(t testing.TB, s *store.Store) string {
	t.Helper()
	var b strings.Builder
	for _, who := range []store.Caller{alva, bo} {
		own, err := s.Own(t.Context(), who)
		fmt.Fprintf(&b, "%+v %v\n", own, err)
		for _, c := range own {
			f, err := s.Read(t.Context(), who, c.ID)
			fmt.Fprintf(&b, "%s %s %s %s %v\n", f.Submitted, f.Queued, f.Decided, f.Receipt, err)
		}
	}
	queue, err := s.Queue(t.Context(), doris, store.Listing{Most: 10})
	fmt.Fprintf(&b, "%+v %v\n", queue, err)
	pending, err := s.Pending()
	fmt.Fprintf(&b, "%+v %v\n", pending, err)
	leaves, err := s.Leaves(t.Context(), 0, 10)
	fmt.Fprintf(&b, "%+v %v\n", leaves, err)
	waiting, err := s.Unpublished(t.Context(), 10)
	fmt.Fprintf(&b, "%+v %v\n", waiting, err)
	_, err = s.Update(t.Context(), store.Program, func(v *store.View) (store.Draft, error) {
		index, number, prev, err := v.Next("9999")
		fmt.Fprintf(&b, "%d %d %x %v\n", index, number, prev, err)
		all, household, err := v.Stopped("9999", bo.Ref)
		fmt.Fprintf(&b, "%v %v %v\n", all, household, err)
		released, err := v.Released("e")
		fmt.Fprintf(&b, "%v %v\n", released, err)
		month, ever, err := v.Decided(alva.Ref, "2026-11", "")
		fmt.Fprintf(&b, "%v %v %v\n", month, ever, err)
		return store.Draft{}, errStop
	})
	if !errors.Is(err, errStop) {
		t.Errorf("the update gave %v", err)
	}
	return b.String()
}

func TestReplayGivesTheSameModel(t *testing.T) { both(t, testReplayGivesTheSameModel) }

func testReplayGivesTheSameModel(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	history(t, s)
	before := picture(t, s)
	digest, rows, err := s.Digest()
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	again, same, err := s.Digest()
	if err != nil || again != digest || same != rows || rows == 0 {
		t.Errorf("%d rows gave the model %x, and after a start %d rows gave %x: %v", rows, digest, same, again, err)
	}
	if after := picture(t, s); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	must(t, s, bo, draft(submitted(bo, "case-e")))
	if other, _, err := s.Digest(); err != nil || other == digest {
		t.Errorf("another case changes nothing in the model's digest: %v", err)
	}
	for _, want := range []string{"kvitto", "human-asked", "true true", "Published:true"} {
		if !strings.Contains(before, want) {
			t.Errorf("the picture lacks %q:\n%s", want, before)
		}
	}
}

func TestFilesHoldNothingPersonal(t *testing.T) { both(t, testFilesHoldNothingPersonal) }

func testFilesHoldNothingPersonal(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	history(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "Alva") || strings.Contains(string(text), "personligt") {
			t.Errorf("%s holds a name", path)
		}
		if info, err := d.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%v: others may read %s (%o)", err, path, info.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTampering changes the closed journal in every way that SQLite itself does
// not notice, and expects the store to refuse it.
func TestTampering(t *testing.T) { both(t, testTampering) }

func testTampering(t *testing.T) {
	for name, change := range map[string]string{
		"body":          `UPDATE journal SET body = x'00' WHERE seq = 1`,
		"head":          `UPDATE journal SET head = replace(head, '2026-11', '2026-12') WHERE seq = 1`,
		"time":          `UPDATE journal SET at = at + 1 WHERE seq = 2`,
		"case":          `UPDATE journal SET case_ref = 'case-z' WHERE seq = 2`,
		"kind":          `UPDATE journal SET kind = 'queued' WHERE seq = 2`,
		"key":           `UPDATE journal SET idem_key = NULL WHERE seq = 1`,
		"hash":          `UPDATE journal SET hash = zeroblob(32) WHERE seq = 3`,
		"last row":      `DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)`,
		"middle row":    `DELETE FROM journal WHERE seq = 3`,
		"first row":     `DELETE FROM journal WHERE seq = 1`,
		"all rows":      `DELETE FROM journal`,
		"order":         `UPDATE journal SET seq = CASE seq WHEN 1 THEN 1001 ELSE 1 END WHERE seq IN (1)`,
		"head row":      `UPDATE journal_head SET seq = seq - 1`,
		"head hash":     `UPDATE journal_head SET hash = zeroblob(32)`,
		"no head":       `DELETE FROM journal_head`,
		"unknown field": `UPDATE journal SET head = replace(head, '{', '{"x":1,') WHERE seq = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			s := open(t, dir)
			history(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			exec(t, dir, "journal.db", change)
			again, err := store.Open(t.Context(), at(t, store.Options{Dir: dir}))
			if err == nil {
				t.Error("the journal was opened")
				_ = again.Close()
			}
		})
	}
}

// TestRefusesToStart opens what must not be gone on with.
func TestRefusesToStart(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  string
	}{
		"no write-ahead log": {func(t *testing.T, dir string) {
			exec(t, dir, "journal.db", "PRAGMA journal_mode = DELETE")
		}, "journal_mode is delete"},
		"no key-encryption key": {func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "keys", "kek")); err != nil {
				t.Fatal(err)
			}
		}, "couldn't read the key file"},
		"no journal's file": {func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "journal.db"), []byte("not a database, but long enough to be looked at"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "couldn't open the journal"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			s := open(t, dir)
			history(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			c.spoil(t, dir)
			if _, err := store.Open(t.Context(), at(t, store.Options{Dir: dir})); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestBodiesAreBoundToTheirRows moves a sealed body to another row and mends the
// chain as someone with the journal but without its keys could.
func TestBodiesAreBoundToTheirRows(t *testing.T) { both(t, testBodiesAreBoundToTheirRows) }

func testBodiesAreBoundToTheirRows(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	must(t, s, alva, draft(submitted(alva, "case-a")))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	exec(t, dir, "keys/cases.db", `UPDATE case_keys SET wrapped = x'0011' WHERE case_ref = 'case-a'`)
	s = open(t, dir)
	if _, err := s.Read(t.Context(), alva, "case-a"); err == nil {
		t.Error("a body was opened with a spoilt key")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	exec(t, dir, "keys/cases.db", `DELETE FROM case_keys WHERE case_ref = 'case-a'`)
	s = open(t, dir) // the journal still replays: the model needs no key
	own, err := s.Own(t.Context(), alva)
	if err != nil || len(own) != 1 {
		t.Fatalf("%v: %d cases", err, len(own))
	}
	if _, err := s.Read(t.Context(), alva, "case-a"); err == nil {
		t.Error("an erased case was read")
	}
}

// TestSecondWriterStopsTheFirst: two stores on one journal never fork it.
func TestSecondWriterStopsTheFirst(t *testing.T) {
	dir := folder(t)
	first := open(t, dir)
	must(t, first, alva, draft(submitted(alva, "case-a")))
	second := open(t, dir)
	must(t, second, alva, draft(submitted(alva, "case-b")))
	_, err := first.Update(t.Context(), alva, draft(submitted(alva, "case-c")))
	if !errors.Is(err, store.ErrHead) || !errors.Is(err, store.ErrStopped) {
		t.Errorf("the first writer went on: %v", err)
	}
	if !errors.Is(first.Err(), store.ErrHead) {
		t.Errorf("it stopped because of %v", first.Err())
	}
	if _, err := first.Own(t.Context(), alva); !errors.Is(err, store.ErrStopped) {
		t.Errorf("a read that could not be witnessed was answered: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if own, err := open(t, dir).Own(t.Context(), alva); err != nil || len(own) != 2 {
		t.Errorf("%v: %d cases", err, len(own))
	}
}

func TestIdempotencyKeyIsTheLastGuard(t *testing.T) { both(t, testIdempotencyKeyIsTheLastGuard) }

func testIdempotencyKeyIsTheLastGuard(t *testing.T) {
	s := open(t, folder(t))
	must(t, s, alva, draft(submitted(alva, "case-a")))
	twice := submitted(alva, "case-b")
	twice.Key = "submit:case-a"
	if _, err := s.Update(t.Context(), alva, draft(twice)); !errors.Is(err, store.ErrStopped) {
		t.Errorf("the same key was written twice: %v", err)
	}
}

func TestManyWriters(t *testing.T) { both(t, testManyWriters) }

func testManyWriters(t *testing.T) {
	dir := folder(t)
	commits := 0
	s, err := store.Open(t.Context(), at(t, store.Options{Dir: dir, Committed: func(int, time.Duration) { commits++ }}))
	if err != nil {
		t.Fatal(err)
	}
	const n = 400
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { _, errs[i] = s.Update(t.Context(), alva, draft(submitted(alva, fmt.Sprintf("case-%d", i)))) })
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			t.Fatalf("update %d: %v", i, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if commits >= n {
		t.Errorf("%d commits for %d rows: nothing was grouped", commits, n)
	}
	if own, err := open(t, dir).Own(t.Context(), alva); err != nil || len(own) != n {
		t.Errorf("%v: %d cases", err, len(own))
	}
}

func TestAwait(t *testing.T) { both(t, testAwait) }

func testAwait(t *testing.T) {
	s := open(t, folder(t))
	must(t, s, alva, draft(submitted(alva, "case-a")))
	done := make(chan error, 1)
	go func() { done <- s.Await(t.Context(), "case-a") }()
	must(t, s, store.Program, draft(store.Draft{Case: "case-a", Head: store.Queued{}}))
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, s, alva, draft(submitted(alva, "case-b")))
	if err := s.Await(ctx, "case-b"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := s.Await(t.Context(), "case-z"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestObjectsAreNotShared: what a caller does to a case changes nothing.
func TestObjectsAreNotShared(t *testing.T) { both(t, testObjectsAreNotShared) }

func testObjectsAreNotShared(t *testing.T) {
	s := open(t, folder(t))
	must(t, s, alva, draft(submitted(alva, "case-a")))
	own, err := s.Own(t.Context(), alva)
	if err != nil {
		t.Fatal(err)
	}
	own[0].State, own[0].Person = store.StatePublished, "someone"
	again, err := s.Own(t.Context(), alva)
	if err != nil || reflect.DeepEqual(own, again) || again[0].State != store.StateSubmitted {
		t.Errorf("%v: the case is now %+v", err, again)
	}
}
