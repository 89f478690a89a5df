package store_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// TestRoom takes the room on the disk away by and by: first what is new is refused,
// then everything, and when it is back all goes on.
func TestRoom(t *testing.T) {
	const keep = 4000
	var free atomic.Uint64
	free.Store(keep)
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Keep: keep, Free: free.Load})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	must(t, s, alva, draft(submitted(alva, "case-a")))
	must(t, s, store.Program, draft(store.Draft{Case: "release-e", Body: []byte("salt"), Head: store.Released{Leaf: []byte("release"), Engine: "e", Rules: "r"}}))
	form := store.Form{ID: "case-f", Owner: alva.Ref, Municipality: "9999", Channel: store.Web, State: store.FormOpen, Key: "k", Body: []byte("{}")}
	if err := s.AddForm(t.Context(), alva, form); err != nil {
		t.Fatal(err)
	}
	form, err = s.Form(t.Context(), alva, form.ID)
	if err != nil {
		t.Fatal(err)
	}

	update := func(who store.Caller, d store.Draft) error {
		_, err := s.Update(t.Context(), who, draft(d))
		return err
	}
	next := 0
	acts := []struct {
		what string
		do   func() error
		upTo store.Room // with no more room than this it is done
	}{
		{"a new application", func() error { next++; return update(alva, submitted(alva, "case-"+string(rune('b'+next)))) }, store.Ample},
		{"a form", func() (err error) {
			form2, err := s.SaveForm(t.Context(), alva, form)
			if err == nil {
				form = form2
			}
			return err
		}, store.Ample},
		{"a document", func() error {
			_, err := s.AddDocument(t.Context(), alva, "case-f", "income", "application/pdf", []byte("n"), []byte("%PDF"))
			return err
		}, store.Ample},
		{"an answer of agencies", func() error { return update(store.Program, store.Draft{Case: "case-a", Head: store.Registers{}}) }, store.Scarce},
		{"a read", func() error { _, err := s.Read(t.Context(), alva, "case-a"); return err }, store.Scarce},
		{"a wish to talk", func() error {
			next++
			return update(alva, store.Draft{Case: "talk-" + string(rune('b'+next)), Head: store.Talk{Person: alva.Ref, Municipality: "9999"}, Body: []byte("{}")})
		}, store.Scarce},
	}
	for _, at := range []struct {
		free uint64
		room store.Room
	}{{keep, store.Ample}, {keep - 1, store.Scarce}, {keep / 4, store.Scarce}, {keep/4 - 1, store.None}, {0, store.None}, {keep, store.Ample}} {
		free.Store(at.free)
		if s.Room() != at.room {
			t.Errorf("%d bytes free: room %d", at.free, s.Room())
		}
		before := s.Rows()
		for _, a := range acts {
			err := a.do()
			if at.room <= a.upTo && err != nil || at.room > a.upTo && !errors.Is(err, store.ErrFull) {
				t.Errorf("%d bytes free: %s: %v", at.free, a.what, err)
			}
		}
		if at.room == store.None && s.Rows() != before {
			t.Errorf("%d bytes free: %d rows were written", at.free, s.Rows()-before)
		}
		if _, err := s.Look("case-a"); err != nil {
			t.Errorf("%d bytes free: %v", at.free, err)
		}
	}
	if free.Store(0); s.Close() != nil {
		t.Error("it can't be closed")
	}
}
