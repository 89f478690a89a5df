package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/go-memdb"
)

// KindContinued says that two references are one person, whose number was changed.
// KindUnclear says that they may be, and that a human must see to it, or that a human
// has seen to it and they are two.
const (
	KindContinued Kind = "continued"
	KindUnclear   Kind = "unclear"
)

// Why nobody but a human may join two references.
const (
	UnclearOpen     = "open"     // there are open cases under both
	UnclearMonth    = "month"    // there are cases under both for one month
	UnclearTogether = "together" // they apply together in a case: nobody joins them
	UnclearClaimed  = "claimed"  // one of them is joined to another number already: nobody joins them
	UnclearProvider = "provider" // a municipality's own provider says so, which vouches for no other municipality
	UnclearApart    = "apart"    // a human has said that they are two people
)

// Continued is the head of one reference taking the place of another. The numbers
// themselves stand nowhere in it.
type Continued struct {
	Person   string `json:"person"`      // reference of the number that the person has now
	Previous string `json:"previous"`    // of the one before
	By       string `json:"by,omitzero"` // the caseworker who says so, and why in the body; empty: the sign-in's provider
}

// Kind implements Head.
func (Continued) Kind() Kind { return KindContinued }

func (h Continued) may(c Caller, v *View, d Draft) bool {
	if h.Person == "" || h.Previous == "" || v.root(h.Person) == v.root(h.Previous) {
		return false
	}
	why, err := v.obstacle(h.Person, h.Previous)
	if err != nil {
		return false
	}
	if c.Role == System {
		return h.By == "" && why == ""
	}
	return h.By == c.Ref && why != UnclearTogether && why != UnclearClaimed && v.judges(c, d, h.Person, h.Previous)
}

// apply gives all that stands under the one reference to the other, which was there
// first. What comes later under either is that person's.
func (h Continued) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	to, from := v.root(h.Previous), v.root(h.Person)
	if to == from {
		return fmt.Errorf("%w: row %d joins what is one already", errApply, e.Seq)
	}
	cases, err := collect(v.of(from))
	if err != nil {
		return err
	}
	for _, move := range []func(to, from string) error{v.moveAccount, v.moveProtection, v.moveStops, v.moveBounds} {
		if err := move(to, from); err != nil {
			return err
		}
	}
	if err := h.name(v, to); err != nil { // only now: what was moved was found by the own reference
		return err
	}
	theirs, err := collect(v.each("person", to))
	if err != nil {
		return err
	}
	more, err := collect(v.each("partner", to))
	if err != nil {
		return err
	}
	for _, c := range append(append(cases, theirs...), more...) {
		c.Person, c.Partner = v.root(c.Person), v.root(c.Partner)
		c.Appeals = slices.Clone(c.Appeals)
		for i := range c.Appeals {
			c.Appeals[i].Person = v.root(c.Appeals[i].Person)
		}
		if c.Protected, err = v.protected(c.Adults()); err != nil {
			return err
		}
		if err := txn.Insert("cases", &c); err != nil {
			return err
		}
	}
	return nil
}

// name makes every reference of the two people one person's.
func (h Continued) name(v *View, to string) error {
	for _, ref := range append(v.refs(h.Previous), v.refs(h.Person)...) {
		a := alias{Ref: ref}
		if old, err := v.alias(ref); err != nil {
			return err
		} else if old != nil {
			a = *old
		}
		a.Root = to
		switch ref {
		case h.Previous:
			a.Next = h.Person
		case h.Person:
			a.Previous = h.Previous
		}
		if err := v.txn.Insert("people", &a); err != nil {
			return err
		}
	}
	return nil
}

// moveAccount: the newest account is the person's; the other is erased with it.
func (v *View) moveAccount(to, from string) error {
	moved, err := v.account(from)
	if err != nil || moved == nil {
		return err
	}
	if err := v.txn.Delete("accounts", moved); err != nil {
		return err
	}
	kept, err := v.account(to)
	if err != nil {
		return err
	}
	latest := *moved
	latest.Person = to
	if kept != nil {
		older := *moved
		if latest = *kept; kept.Seq < moved.Seq {
			latest, older = *moved, *kept
		}
		latest.Person = to
		latest.Older = append(append(latest.Older[:len(latest.Older):len(latest.Older)], older.Older...), older.Case)
	}
	return v.txn.Insert("accounts", &latest)
}

// moveProtection: who was protected under either number is protected.
func (v *View) moveProtection(to, from string) error {
	found, err := v.txn.First("protected", "id", from)
	if p, _ := found.(*protected); err == nil && p != nil && p.Protected {
		return v.txn.Insert("protected", &protected{Person: to, Protected: true})
	}
	return err
}

// moveStops: what was stopped under either number is stopped.
func (v *View) moveStops(to, from string) error {
	it, err := v.txn.Get("automation", "id")
	if err != nil {
		return err
	}
	var moved []stop
	for found := it.Next(); found != nil; found = it.Next() {
		if s := found.(*stop); s.Stopped && strings.HasSuffix(s.Scope, "/"+from) {
			moved = append(moved, *s)
		}
	}
	for _, s := range moved {
		s.Scope = scope(strings.TrimSuffix(s.Scope, "/"+from), to)
		if err := v.txn.Insert("automation", &s); err != nil {
			return err
		}
	}
	return nil
}

// moveBounds: the latest bounds are the household's.
func (v *View) moveBounds(to, from string) error {
	it, err := v.txn.Get("bounds", "id")
	if err != nil {
		return err
	}
	var moved []bound
	for found := it.Next(); found != nil; found = it.Next() {
		if b := found.(*bound); strings.HasSuffix(b.Scope, "/"+from) {
			moved = append(moved, *b)
		}
	}
	for _, b := range moved {
		b.Scope = scope(strings.TrimSuffix(b.Scope, "/"+from), to)
		found, err := v.txn.First("bounds", "id", b.Scope)
		if err != nil {
			return err
		}
		if old, _ := found.(*bound); old != nil && old.Seq > b.Seq {
			continue
		}
		if err := v.txn.Insert("bounds", &b); err != nil {
			return err
		}
	}
	return nil
}

// Unclear is the head of two references that may be one person's.
type Unclear struct {
	Person   string `json:"person"`
	Previous string `json:"previous"`
	Why      string `json:"why"`         // UnclearOpen, …
	By       string `json:"by,omitzero"` // the caseworker who says so; empty: the service
}

// Kind implements Head.
func (Unclear) Kind() Kind { return KindUnclear }

func (h Unclear) may(c Caller, v *View, d Draft) bool {
	if h.Person == "" || h.Previous == "" || v.root(h.Person) == v.root(h.Previous) {
		return false
	}
	if c.Role == System {
		return h.By == "" && h.Why != UnclearApart
	}
	return h.By == c.Ref && h.Why == UnclearApart && v.judges(c, d, h.Person, h.Previous)
}

func (h Unclear) apply(txn *memdb.Txn, e *Event) error {
	for _, pair := range [][2]string{{h.Person, h.Previous}, {h.Previous, h.Person}} {
		d := &doubt{ID: pair[0] + "/" + pair[1], Ref: pair[0], Other: pair[1], Person: h.Person, Previous: h.Previous, Why: h.Why, Seq: e.Seq}
		if err := txn.Insert("doubts", d); err != nil {
			return err
		}
	}
	return nil
}
