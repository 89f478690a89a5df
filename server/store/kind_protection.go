package store

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/go-memdb"
)

// ErrSealed says that a case belongs to someone with protected identity, and that
// the caller has not said why it must be opened.
var ErrSealed = errors.New("the case is of a person with protected identity and has not been opened")

// The kinds around protected identity.
const (
	KindProtection Kind = "protection"
	KindOpened     Kind = "opened"
)

// OpenFor is how long a caseworker who has opened a protected case may read it.
const OpenFor = 8 * time.Hour

// Protection is the head of a person's identity being protected, or no longer so.
type Protection struct {
	Person    string `json:"person"`
	Protected bool   `json:"protected"`
	By        string `json:"by"`
}

// Kind implements Head.
func (Protection) Kind() Kind { return KindProtection }

// The service says what a register shows; a caseworker with the right to such
// cases, or any who now learns of it, may protect a person; only the former lifts it.
func (h Protection) may(c Caller, v *View, d Draft) bool {
	if c.Role == System {
		return h.By == c.Ref
	}
	k, err := v.Case(d.Case)
	return err == nil && c.Role == Caseworker && h.By == c.Ref && c.sees(&k) && (h.Protected || c.Protected) &&
		slices.Contains(k.Adults(), v.root(h.Person))
}

func (h Protection) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	if err := txn.Insert("protected", &protected{Person: v.root(h.Person), Protected: h.Protected}); err != nil {
		return err
	}
	var of []Case
	for c, err := range v.of(h.Person) {
		if err != nil {
			return err
		}
		of = append(of, c)
	}
	for i := range of {
		c := of[i]
		var err error
		if c.Protected, err = v.protected(c.Adults()); err != nil {
			return err
		}
		if err := txn.Insert("cases", &c); err != nil {
			return fmt.Errorf("%w: row %d: %w", errApply, e.Seq, err)
		}
	}
	return nil
}

type protected struct {
	Person    string
	Protected bool
}

func (v *View) protected(people []string) (bool, error) {
	for _, person := range people {
		found, err := v.txn.First("protected", "id", v.root(person))
		if err != nil {
			return false, err
		}
		if p, _ := found.(*protected); p != nil && p.Protected {
			return true, nil
		}
	}
	return false, nil
}

// Opened is the head of a protected case being opened by a caseworker, who says
// why in the body.
type Opened struct {
	By string `json:"by"`
}

// Kind implements Head.
func (Opened) Kind() Kind { return KindOpened }

func (h Opened) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	return err == nil && c.Role == Caseworker && h.By == c.Ref && c.sees(&k) && k.Protected && len(d.Body) > 0
}

func (h Opened) apply(txn *memdb.Txn, e *Event) error {
	return txn.Insert("opened", &opened{ID: e.Case + "/" + h.By, At: e.At})
}

type opened struct {
	ID string
	At int64
}

// sealed reports whether a caseworker has yet to open a protected case.
func (v *View) sealed(c *Case, caller Caller, now time.Time) (bool, error) {
	if !c.Protected || caller.Role != Caseworker {
		return false, nil
	}
	found, err := v.txn.First("opened", "id", c.ID+"/"+caller.Ref)
	if err != nil {
		return false, err
	}
	o, _ := found.(*opened)
	return o == nil || now.Sub(time.UnixMilli(o.At)) > OpenFor, nil
}
