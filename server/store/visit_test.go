package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// TestVisit: the parts of a file that one request reads are one access; other files,
// other callers, lists, refusals and other requests are accesses of their own.
func TestVisit(t *testing.T) { both(t, testVisit) }

func testVisit(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	history(t, s)
	count := func(who store.Caller) int { return strings.Count(accesses(t, dir, who.Ref), "\n") }
	step := func(what string, who store.Caller, want int, do func() error) {
		t.Helper()
		before := count(who)
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if got := count(who) - before; got != want {
			t.Errorf("%s: %d accesses, want %d", what, got, want)
		}
	}
	ctx := store.Visit(t.Context())
	read := func(who store.Caller, id string) func() error {
		return func() error { _, err := s.Read(ctx, who, id); return err }
	}
	parts := func(who store.Caller, id string) func() error {
		return func() error {
			_, first := s.Pages(ctx, who, id, store.KindSubmitted)
			_, second := s.Transfers(ctx, who, id)
			_, third := s.Documents(ctx, who, id)
			return errors.Join(first, second, third)
		}
	}
	step("the file", alva, 1, read(alva, "case-a"))
	step("its parts", alva, 0, parts(alva, "case-a"))
	step("by somebody else", doris, 1, read(doris, "case-a"))
	step("another file", doris, 1, parts(doris, "case-d"))
	step("a list", doris, 1, func() error { _, err := s.Queue(ctx, doris, store.Listing{Most: 10}); return err })
	for range 2 {
		step("a refusal", bo, 1, func() error {
			if err := read(bo, "case-a")(); !errors.Is(err, store.ErrForbidden) {
				return errors.New("Bo reads Alva's file")
			}
			return nil
		})
	}
	ctx = store.Visit(t.Context())
	step("the next request", alva, 1, parts(alva, "case-a"))
	ctx = t.Context()
	step("no request", alva, 3, parts(alva, "case-a"))
}
