package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// KindTalk is a wish to talk to somebody, or an answer to the voluntary questions
// about safety. KindTalkHandled says that somebody has taken care of it.
const (
	KindTalk        Kind = "talk"
	KindTalkHandled Kind = "talk-handled"
)

// Talk is the head of a wish to talk. It has an id and a key of its own, and
// names no case: nobody who may read a case, a co-applicant least of all, comes
// from there to this.
type Talk struct {
	Person       string `json:"person"`
	Municipality string `json:"municipality"`
	Acute        bool   `json:"acute,omitzero"`
}

// Kind implements Head.
func (Talk) Kind() Kind { return KindTalk }

func (h Talk) may(c Caller, v *View, d Draft) bool {
	if c.Role != Applicant || c.Ref == "" || h.Person != c.Ref || h.Municipality == "" || d.Case == "" {
		return false
	}
	_, err := v.Case(d.Case)
	return errors.Is(err, ErrNotFound) // never under a case's key
}

func (h Talk) apply(txn *memdb.Txn, e *Event) error {
	old, err := txn.First("talks", "id", e.Case)
	if err != nil || old != nil {
		return errors.Join(err, fmt.Errorf("%w: row %d repeats a wish to talk", errApply, e.Seq))
	}
	return txn.Insert("talks", &Wish{ID: e.Case, Person: h.Person, Municipality: h.Municipality, Acute: h.Acute, At: e.At, Seq: e.Seq})
}

// TalkHandled is the head of the note that somebody has taken care of it.
type TalkHandled struct {
	By string `json:"by"`
}

// Kind implements Head.
func (TalkHandled) Kind() Kind { return KindTalkHandled }

func (h TalkHandled) may(c Caller, v *View, d Draft) bool {
	w, err := v.wish(d.Case)
	if err != nil || !c.staff(Caseworker, w.Municipality) || h.By != c.Ref {
		return false
	}
	sheltered, err := v.protected([]string{w.Person})
	return err == nil && (!sheltered || c.Protected)
}

func (h TalkHandled) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	w, err := v.wish(e.Case)
	if err != nil {
		return fmt.Errorf("%w: row %d handles a wish to talk that nobody had", errApply, e.Seq)
	}
	w.HandledAt, w.HandledBy, w.HandledSeq = e.At, h.By, e.Seq
	return txn.Insert("talks", &w)
}

// A Wish is a wish to talk as the read model knows it.
type Wish struct {
	ID           string
	Person       string
	Municipality string
	Acute        bool
	At           int64
	Seq          uint64
	HandledAt    int64 // 0: not yet
	HandledBy    string
	HandledSeq   uint64
}

// A Conversation is a wish to talk with what was written.
type Conversation struct {
	Wish
	Body []byte
	Note []byte // how it was taken care of
}

func (v *View) wish(id string) (Wish, error) {
	found, err := v.txn.First("talks", "id", id)
	if err != nil {
		return Wish{}, err
	}
	if w, _ := found.(*Wish); w != nil {
		return *w, nil // whose it is, it says with the reference that it was written with
	}
	return Wish{}, ErrNotFound
}

// Talks gives the wishes to talk in the caller's municipality: those that nobody
// has taken care of, acute first and then newest first, or the latest that somebody
// has. Only a caseworker reads them, and of people with protected identity only one
// who may know of them.
func (s *Store) Talks(ctx context.Context, caller Caller, handled bool) ([]Conversation, error) {
	if caller.Role != Caseworker || caller.Ref == "" || caller.Municipality == "" {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list talks", true))
	}
	it, err := s.view().txn.Get("talks", "municipality", caller.Municipality)
	if err != nil {
		return nil, err
	}
	var out []Conversation
	var named []string
	for found := it.Next(); found != nil; found = it.Next() {
		w := found.(*Wish)
		if (w.HandledAt != 0) == handled && !s.shielded(caller, w.Person) {
			out = append(out, Conversation{Wish: *w})
		}
	}
	slices.SortFunc(out, func(a, b Conversation) int {
		if a.Acute != b.Acute && !handled {
			if a.Acute {
				return -1
			}
			return 1
		}
		return int(int64(b.Seq) - int64(a.Seq))
	})
	if len(out) > maxTalks {
		out = out[:maxTalks]
	}
	for _, w := range out {
		named = append(named, w.ID)
	}
	if err := s.witness(ctx, caller, "list talks", false, named...); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Body, err = s.body(ctx, out[i].Seq, out[i].ID); err != nil {
			return nil, err
		}
		if out[i].HandledSeq != 0 {
			if out[i].Note, err = s.body(ctx, out[i].HandledSeq, out[i].ID); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// TalksOpen counts the wishes to talk that nobody has taken care of and the caller
// may read. Whose they are it does not tell.
func (s *Store) TalksOpen(caller Caller) (n int, err error) {
	if caller.Role != Caseworker || caller.Ref == "" || caller.Municipality == "" {
		return 0, ErrForbidden
	}
	it, err := s.view().txn.Get("talks", "municipality", caller.Municipality)
	if err != nil {
		return 0, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if w := found.(*Wish); w.HandledAt == 0 && !s.shielded(caller, w.Person) {
			n++
		}
	}
	return n, nil
}

// maxTalks is how many are shown at a time.
const maxTalks = 200
