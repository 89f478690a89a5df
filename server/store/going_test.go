package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// nodesOf opens a store, and where there can be several a second one on the same journal;
// else the second is the first.
func nodesOf(t *testing.T, dir string) (first, second *store.Store) {
	t.Helper()
	first = open(t, dir)
	if _, shared := databases.Load(dir); shared {
		return first, open(t, beside(t, dir))
	}
	return first, first
}

// holdKey keeps anybody from destroying a key, until release is called.
func holdKey(t *testing.T, dir, id string) (release func()) {
	t.Helper()
	c, err := raw(t, dir, filepath.Join("keys", "cases.db")).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	begin, lock := `BEGIN IMMEDIATE`, `SELECT 1 WHERE $1 <> ''`
	if _, shared := databases.Load(dir); shared {
		begin, lock = `BEGIN`, `SELECT 1 FROM case_keys WHERE case_ref = $1 FOR UPDATE`
	}
	_, err = c.ExecContext(t.Context(), begin)
	if err == nil {
		_, err = c.ExecContext(t.Context(), lock, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := c.ExecContext(context.WithoutCancel(t.Context()), `ROLLBACK`); err != nil && !errors.Is(err, sql.ErrConnDone) {
			t.Error(err)
		}
		_ = c.Close()
	}
}

// nothingLeft holds that neither key nor document nor form lies under an id.
func nothingLeft(t *testing.T, s *store.Store, dir, id string) {
	t.Helper()
	if has, err := s.HasKey(t.Context(), id); has || err != nil {
		t.Errorf("%s: a key is left, %v", id, err)
	}
	if n := shelved(t, dir, id); n != 0 {
		t.Errorf("%s: %d documents are left", id, n)
	}
	var n int
	if err := raw(t, dir, "forms.db").QueryRow(`SELECT count(*) FROM forms WHERE id = $1`, id).Scan(&n); err != nil || n != 0 {
		t.Errorf("%s: %d forms are left, %v", id, n, err)
	}
}

// TestFormGoing: while a form is being destroyed nothing more is written under its id, on
// this node or on another that has its key at hand.
func TestFormGoing(t *testing.T) { outside(t, testFormGoing) }

func testFormGoing(t *testing.T) {
	dir := folder(t)
	s, other := nodesOf(t, dir)
	ctx := t.Context()
	if err := s.AddForm(ctx, alva, form("form-a", alva, store.Web)); err != nil {
		t.Fatal(err)
	}
	f, err := other.Form(ctx, alva, "form-a")
	if err != nil {
		t.Fatal(err)
	}
	release := holdKey(t, dir, "form-a")
	gone := make(chan error, 1)
	go func() { gone <- s.RemoveForm(ctx, alva, "form-a") }()
	for s.Holds("form-a") {
		time.Sleep(time.Millisecond)
	}
	for name, d := range map[string]store.Draft{
		"application": submitted(alva, "form-a"),
		"signature":   {Case: "form-a", Head: store.Signed{Person: alva.Ref, Digest: "d"}},
		"document":    {Case: "form-a", Head: store.Document{Person: alva.Ref, Municipality: "9999", Number: 1, Media: "image/png"}, Body: []byte("bild")},
	} {
		if _, err := other.Update(ctx, alva, draft(d)); !errors.Is(err, store.ErrErased) {
			t.Errorf("the %s of a form that is being destroyed: %v", name, err)
		}
	}
	if _, err := other.SaveForm(ctx, alva, f); !errors.Is(err, store.ErrFormMoved) && !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is changed: %v", err)
	}
	if n, err := other.AddDocument(ctx, alva, "form-a", "rent", "image/png", nil, []byte{1}); err == nil {
		t.Errorf("document %d is handed in", n)
	}
	release()
	if err := <-gone; err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, s, dir, "form-a")
}

// TestRemoveOrSend has a form removed while it is sent: it is either a case that can be
// read, or gone with everything. Never is an application taken and its key destroyed.
func TestRemoveOrSend(t *testing.T) { outside(t, testRemoveOrSend) }

func testRemoveOrSend(t *testing.T) {
	dir := folder(t)
	s, other := nodesOf(t, dir)
	ctx := t.Context()
	sent, removed := 0, 0
	for i := range 60 {
		id := fmt.Sprintf("form-%d", i)
		if err := s.AddForm(ctx, alva, form(id, alva, store.Web)); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Form(ctx, alva, id); err != nil {
			t.Fatal(err)
		}
		var remove, send error
		var both sync.WaitGroup
		both.Go(func() { remove = s.RemoveForm(ctx, alva, id) })
		both.Go(func() {
			time.Sleep(time.Duration(i%30) * 200 * time.Microsecond)
			_, send = other.Update(ctx, alva, draft(submitted(alva, id)))
		})
		both.Wait()
		switch {
		case remove == nil && errors.Is(send, store.ErrErased):
			removed++
			nothingLeft(t, s, dir, id)
		case send == nil && errors.Is(remove, store.ErrFormMoved):
			sent++
			for _, n := range []*store.Store{s, other} {
				n.Forget()
				if got, err := n.Read(ctx, alva, id); err != nil || string(got.Submitted) != personal {
					t.Errorf("%s was taken, and can't be read: %v", id, err)
				}
			}
		default:
			t.Errorf("%s: removed %v, sent %v", id, remove, send)
		}
	}
	t.Logf("%d were sent, %d removed", sent, removed)
}

// TestRemoveOrHandIn has a form removed while a document of it comes in: it is there
// before, and goes too, or it is refused.
func TestRemoveOrHandIn(t *testing.T) { outside(t, testRemoveOrHandIn) }

func testRemoveOrHandIn(t *testing.T) {
	dir := folder(t)
	s, other := nodesOf(t, dir)
	ctx := t.Context()
	taken := 0
	for i := range 30 {
		id := fmt.Sprintf("form-%d", i)
		if err := s.AddForm(ctx, alva, form(id, alva, store.Web)); err != nil {
			t.Fatal(err)
		}
		var remove, hand error
		var both sync.WaitGroup
		both.Go(func() {
			_, hand = other.AddDocument(ctx, alva, id, "rent", "image/png", []byte("bild"), make([]byte, 1<<20))
		})
		both.Go(func() {
			time.Sleep(time.Duration(i%15) * time.Millisecond)
			remove = s.RemoveForm(ctx, alva, id)
		})
		both.Wait()
		if hand == nil {
			taken++
		} else if !errors.Is(hand, store.ErrErased) && !errors.Is(hand, store.ErrForbidden) {
			t.Errorf("%s: handed in: %v", id, hand)
		}
		if remove != nil {
			t.Errorf("%s: removed: %v", id, remove)
		}
		nothingLeft(t, s, dir, id)
	}
	t.Logf("%d documents were taken", taken)
}

// TestFormGoneStopped: what a stop leaves of a form that was to be removed is not shown,
// and goes with the next sweep.
func TestFormGoneStopped(t *testing.T) { outside(t, testFormGoneStopped) }

func testFormGoneStopped(t *testing.T) {
	dir := folder(t)
	s, err := store.Open(t.Context(), at(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AddForm(t.Context(), alva, form("form-a", alva, store.Web)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddDocument(t.Context(), alva, "form-a", "rent", "image/png", nil, []byte{1}); err != nil {
		t.Fatal(err)
	}
	release := holdKey(t, dir, "form-a")
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { gone <- s.RemoveForm(ctx, alva, "form-a") }()
	for s.Holds("form-a") {
		time.Sleep(time.Millisecond)
	}
	leave()
	if err := <-gone; err == nil {
		t.Error("it was removed although its key was held")
	}
	release()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if _, err := s.OwnForm(t.Context(), alva); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is shown: %v", err)
	}
	if n, err := s.SweepForms(t.Context()); n != 1 || err != nil {
		t.Errorf("swept %d: %v", n, err)
	}
	nothingLeft(t, s, dir, "form-a")
	if _, err := s.Update(t.Context(), alva, draft(submitted(alva, "form-a"))); !errors.Is(err, store.ErrErased) {
		t.Errorf("it was sent afterwards: %v", err)
	}
}

// TestHandingIn: documents of one form wait for each other, those of others do not, and
// nobody waits longer than the caller does.
func TestHandingIn(t *testing.T) {
	s := open(t, t.TempDir())
	hand := func(ctx context.Context, id string) error {
		_, err := s.AddDocument(ctx, alva, id, "rent", "image/png", nil, []byte{1})
		return err
	}
	for _, id := range []string{"form-a", "form-b"} {
		if err := s.AddForm(t.Context(), alva, form(id, alva, store.Web)); err != nil {
			t.Fatal(err)
		}
	}
	release, err := s.HoldHanding(t.Context(), "form-a")
	if err != nil {
		t.Fatal(err)
	}
	if err := hand(t.Context(), "form-b"); err != nil {
		t.Errorf("another's document: %v", err)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := hand(short, "form-a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after the caller has left: %v", err)
	}
	release()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := hand(t.Context(), "form-a"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, err := s.Documents(t.Context(), alva, "form-a"); len(got) != 8 || err != nil {
		t.Errorf("%d documents: %v", len(got), err)
	}
	if n := s.Handing(); n != 0 {
		t.Errorf("%d turns are kept", n)
	}
}
