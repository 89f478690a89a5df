package flow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// A couple in the household of single.
var two = strings.Replace(single, `"monthsInRow":0}]`, `"monthsInRow":0},{"id":"p2","role":"adult","age":33,"monthsInRow":0}]`, 1)

// together is the application of applicant and stranger.
func together(key string) flow.Application {
	a := form(key, two)
	a.ID, a.Person, a.Partner, a.Adult = strings.Repeat(key, 26), applicant.Ref, stranger.Ref, &flow.Adult{Number: "199303012398", Name: "Bo Exempel"}
	return a
}

// applied is the case of such a couple with a rent, signed by both.
func applied(t *testing.T, s *flow.Service, rent string) (id string) {
	t.Helper()
	a := together("c")
	a.Facts = []byte(strings.Replace(two, `"amount":6500`, `"amount":`+rent, 1))
	for _, who := range []store.Caller{applicant, stranger} {
		if err := s.Sign(t.Context(), who, a); err != nil {
			t.Fatal(err)
		}
	}
	id, err := s.Submit(t.Context(), stranger, a)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestCouple: nothing of two adults is sent before both have signed exactly it, and
// then the household is either of them.
func TestCouple(t *testing.T) { both(t, testCouple) }

func testCouple(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	ctx := t.Context()
	invalid := func(err error) bool { _, ok := errors.AsType[*flow.Invalid](err); return ok }
	if _, err := s.Submit(ctx, applicant, form("a", two)); !invalid(err) {
		t.Errorf("two adults of whom one is nobody: %v", err)
	}
	alone := together("b")
	alone.Facts = []byte(single)
	if _, err := s.Submit(ctx, applicant, alone); !invalid(err) {
		t.Errorf("one adult and a co-applicant: %v", err)
	}
	a := together("c")
	if _, err := s.Submit(ctx, applicant, a); !errors.Is(err, flow.ErrUnsigned) {
		t.Errorf("unsigned: %v", err)
	}
	if err := s.Sign(ctx, applicant, a); err != nil {
		t.Fatal(err)
	}
	changed := a
	changed.AcuteNeed = true
	if err := s.Sign(ctx, stranger, changed); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Submit(ctx, stranger, a); !errors.Is(err, flow.ErrUnsigned) {
		t.Errorf("each signed something else: %v", err)
	}
	if err := s.Sign(ctx, stranger, a); err != nil {
		t.Fatal(err)
	}
	id, err := s.Submit(ctx, stranger, a)
	if err != nil || id != a.ID {
		t.Fatalf("%s %v", id, err)
	}
	if again, err := s.Submit(ctx, applicant, a); again != id || err != nil {
		t.Errorf("sent again: %s %v", again, err)
	}
	for _, who := range []store.Caller{applicant, stranger} {
		file := published(t, st, who, id)
		if file.Mode != "automatic" || file.Outcome != "granted" || file.Person != applicant.Ref || file.Partner != stranger.Ref {
			t.Errorf("the case is %s, %s: %v", file.Mode, file.Outcome, file.Reasons)
		}
	}
	later, err := s.Submit(ctx, stranger, form("d", single))
	if err != nil {
		t.Fatal(err)
	}
	if file := published(t, st, stranger, later); !slices.Contains(file.Reasons, "already-decided") {
		t.Errorf("the co-applicant applies for the month again: %s", fmt.Sprint(file.Reasons))
	}
}

// TestUnknownAmount: an amount that nobody knows is for a human.
func TestUnknownAmount(t *testing.T) { both(t, testUnknownAmount) }

func testUnknownAmount(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	a := form("a", single)
	a.Notes = []flow.Note{{Code: "unknown", About: "electricity"}}
	id, err := s.Submit(t.Context(), applicant, a)
	if err != nil {
		t.Fatal(err)
	}
	if file := published(t, st, applicant, id); !slices.Contains(file.Reasons, "facts-missing") {
		t.Errorf("the case is %s: %v", file.State, file.Reasons)
	}
}
