package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-memdb"
)

// KindFormGone is a form that is about to be destroyed.
const KindFormGone Kind = "form-gone"

// FormGone is the head of that. It stands under the form's id, before anything of the form
// is destroyed: what comes after it under that id is refused, on every node. Else an
// application that is sent meanwhile would be sealed with a key that is being destroyed.
type FormGone struct{}

// Kind implements Head.
func (FormGone) Kind() Kind { return KindFormGone }

func (FormGone) may(c Caller, v *View, d Draft) bool {
	_, err := v.Case(d.Case)
	return c.Role == System && d.Case != "" && errors.Is(err, ErrNotFound)
}

func (FormGone) apply(txn *memdb.Txn, e *Event) error {
	if _, err := (&View{txn}).Case(e.Case); !errors.Is(err, ErrNotFound) {
		return errors.Join(err, fmt.Errorf("%w: row %d says that a form is gone which is a case", errApply, e.Seq))
	}
	it, err := txn.Get("gone", "at")
	if err != nil {
		return err
	}
	var past []*gone
	for found := it.Next(); found != nil && found.(*gone).At < e.At-goneLife.Milliseconds(); found = it.Next() {
		past = append(past, found.(*gone))
	}
	for _, g := range past {
		if err := txn.Delete("gone", g); err != nil {
			return err
		}
	}
	return txn.Insert("gone", &gone{ID: e.Case, At: e.At})
}

// goneLife is how long the read model knows that a form is gone: longer than anything goes
// on that has read the form while it was there.
const goneLife = 24 * time.Hour

type gone struct {
	ID string
	At int64
}

func (v *View) gone(id string) bool {
	found, err := v.txn.First("gone", "id", id)
	return err == nil && found != nil
}
