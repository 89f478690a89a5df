package inspection_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/server/store/storetest"
)

func faults(r *inspection.Report) string {
	var all []string
	for _, f := range r.Faults {
		all = append(all, f.String())
	}
	return strings.Join(all, "\n")
}

func wrapped(t *testing.T, dir, id string) (key []byte) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "keys", "cases.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.QueryRow(`SELECT wrapped FROM case_keys WHERE case_ref = $1`, id).Scan(&key)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return key
}

// TestErasure erases one of two cases: its key is gone from every file, the log
// and the folder are sound, the receipt in the citizen's hand still verifies, and
// nobody can open or go on with the case.
func TestErasure(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	gone, kept := s.apply(t, 0, single), s.apply(t, 1, single)
	citizen := store.Caller{Ref: "person-0", Role: store.Applicant}
	file, err := s.st.Read(t.Context(), citizen, gone)
	if err != nil {
		t.Fatal(err)
	}
	key := wrapped(t, dir, gone)
	if len(key) == 0 {
		t.Fatal("the case has no key")
	}
	var removed []string
	s.st.OnErase(func(_ context.Context, id string) error { removed = append(removed, id); return nil })
	if err := s.flow.Erase(t.Context(), gone, record.Retention); err != nil {
		t.Fatal(err)
	}
	if err := s.flow.Erase(t.Context(), gone, record.Retention); err != nil {
		t.Errorf("again: %v", err)
	}
	if len(removed) == 0 || removed[0] != gone {
		t.Errorf("the erasers were told of %v", removed)
	}
	if _, err := s.st.Read(t.Context(), citizen, gone); !errors.Is(err, store.ErrErased) {
		t.Errorf("reading it: %v", err)
	}
	_, err = s.st.Update(t.Context(), store.Program, func(*store.View) (store.Draft, error) {
		return store.Draft{Case: gone, Head: store.Queued{}, Body: []byte("{}")}, nil
	})
	if !errors.Is(err, store.ErrErased) {
		t.Errorf("going on with it: %v", err)
	}
	if _, err := s.st.Read(t.Context(), store.Caller{Ref: "person-1", Role: store.Applicant}, kept); err != nil {
		t.Errorf("the other case: %v", err)
	}
	if rep := ledger.Verify(file.Receipt, []string{s.log.Key()}); !rep.OK {
		t.Errorf("the receipt in the hand: %v", rep.Reason)
	}
	s.stop(t)
	for path, data := range contents(t, dir) {
		if bytes.Contains([]byte(data), key) {
			t.Errorf("%s still holds the key", path)
		}
	}
	if r := check(t, dir); r.Wrong > 0 || r.Erased != 1 || r.Untold != 1 || r.Automatic != 2 || r.Receipts != 3 {
		t.Errorf("%+v\n%s", r, faults(r))
	}

	// The key put back, and another key destroyed without a leaf that says so.
	damaged := copied(t, dir)
	keys, err := sql.Open("sqlite", filepath.Join(damaged, "keys", "cases.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := keys.Exec(`INSERT INTO case_keys VALUES ($1, $2)`, gone, key)
	_, err2 := keys.Exec(`DELETE FROM case_keys WHERE case_ref = $1`, kept)
	if err := errors.Join(err1, err2, keys.Close()); err != nil {
		t.Fatal(err)
	}
	text := faults(check(t, damaged))
	if !strings.Contains(text, "erasure: case "+gone+" is erased, but its key is still there") || !strings.Contains(text, "the case has no key") {
		t.Errorf("not said:\n%s", text)
	}

	// A start finishes what a stop left between the event and the key.
	s = start(t, damaged)
	s.stop(t)
	if wrapped(t, damaged, gone) != nil {
		t.Error("the start did not finish the erasure")
	}
}

// TestErasuresTold: what a leaf names is what was erased, of both forms there are.
func TestErasuresTold(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	var ids []string
	for i := range store.ErasedTogether + 1 {
		ids = append(ids, s.apply(t, i, single))
	}
	// As cases were erased before: each by a leaf of its own.
	if _, err := s.st.Update(t.Context(), store.Program, func(v *store.View) (store.Draft, error) { return s.old(v, ids[0], 0) }); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids[1:] {
		if err := s.flow.Erase(t.Context(), id, record.Retention); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.flow.TellErasures(t.Context()); err != nil {
		t.Fatal(err)
	}
	notices, err := s.st.Notices(store.KindErased, store.KindErasures)
	if err != nil || len(notices) != 2 {
		t.Fatalf("%v %v", notices, err)
	}
	if err := s.st.AwaitReceipt(t.Context(), notices[1].Index); err != nil {
		t.Fatal(err)
	}
	if err := s.st.Erase(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	s.stop(t)
	if r := check(t, dir); r.Wrong > 0 || r.Erased != uint64(len(ids)) || r.Untold != 0 {
		t.Errorf("%+v\n%s", r, faults(r))
	}
	t.Run("an event that names another decision", func(t *testing.T) {
		damaged := copied(t, dir)
		storetest.Rechain(t, damaged, `UPDATE journal SET head = replace(head, '"numbers":[2]', '"numbers":[0]') WHERE kind = 'case-erased'`)
		text := faults(check(t, damaged))
		if !strings.Contains(text, "it names other decisions than the case had") || !strings.Contains(text, "it names other decisions than those of the cases that were erased") {
			t.Errorf("not said:\n%s", text)
		}
	})
}

// old makes the event by which a case was erased before: a leaf that names its decisions.
func (s *service) old(v *store.View, id string, numbers ...uint64) (store.Draft, error) {
	index, number, prev, err := v.Next("9999")
	if err != nil {
		return store.Draft{}, err
	}
	h := record.Heading{Municipality: "9999", Number: number, Day: noon.Format(time.DateOnly)}
	text, err := (&record.Erasure{Heading: h, Reason: record.Retention, Numbers: numbers}).Marshal()
	if err != nil {
		return store.Draft{}, err
	}
	salt := [32]byte{1}
	leaf := ledger.Leaf{Kind: ledger.Erasure, Municipality: h.Municipality, Number: number, Prev: prev, Day: h.Day, Commitment: ledger.Commit(salt, text)}
	body, err := json.Marshal(flow.NoticeBody{Salt: salt[:], Record: string(text)})
	return store.Draft{Case: store.Public, Key: "erase:" + id, Body: body,
		Head: store.Erased{Place: store.Place{Index: index, Municipality: h.Municipality, Number: number, Leaf: leaf.Marshal()}, Erases: id}}, err
}

// TestDigests: a day's reads are bound to the log when it has ended, missed days
// at the next start, and what was bound cannot be changed even by who chains the
// journal anew.
func TestDigests(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	id := s.apply(t, 0, single)
	for range 3 {
		if _, err := s.st.Read(t.Context(), doris, id); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.flow.Digest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := s.st.Notices(store.KindDigest); err != nil || len(n) != 0 {
		t.Errorf("a digest before the day has ended: %v %v", n, err)
	}
	s.stop(t)
	for _, days := range []int{1, 4} {
		s = startAt(t, dir, noon.AddDate(0, 0, days))
		if err := s.flow.Digest(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.st.Read(t.Context(), doris, id); err != nil {
			t.Fatal(err)
		}
		notices, err := s.st.Notices(store.KindDigest)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.st.AwaitReceipt(t.Context(), notices[len(notices)-1].Index); err != nil {
			t.Fatal(err)
		}
		s.stop(t)
	}
	r := check(t, dir)
	if r.Wrong > 0 || r.Digests != 2 {
		t.Errorf("%d digests\n%s", r.Digests, faults(r))
	}
	st, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	notices, err := st.Notices(store.KindDigest)
	if err != nil || len(notices) != 2 || notices[0].Name != "2026-11-22" || notices[1].Name != "2026-11-23" {
		t.Errorf("%+v %v", notices, err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("an access changed and the chain made anew", func(t *testing.T) {
		damaged := copied(t, dir)
		storetest.Rechain(t, damaged, `UPDATE journal SET head = replace(head, 'doris', 'dorit') WHERE kind = 'access' AND seq = (SELECT min(seq) FROM journal WHERE kind = 'access')`)
		text := faults(check(t, damaged))
		if !strings.Contains(text, "digest: row ") || strings.Contains(text, "chain is broken") {
			t.Errorf("not said:\n%s", text)
		}
	})
}
