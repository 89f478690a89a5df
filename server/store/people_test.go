package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// renewed is Alva with the number that she got later, and cleo somebody else.
var (
	renewed = store.Caller{Ref: "ref-alva-2", Role: store.Applicant}
	third   = store.Caller{Ref: "ref-alva-3", Role: store.Applicant}
	cleo    = store.Caller{Ref: "ref-cleo", Role: store.Applicant}
)

// begin leaves a case: "ref month state[ partner]", of the states open and done.
func begin(t *testing.T, s *store.Store, id, what string) {
	t.Helper()
	parts := strings.Fields(what)
	who := store.Caller{Ref: parts[0], Role: store.Applicant}
	d := submitted(who, id)
	h := d.Head.(store.Submitted)
	h.Month = parts[1]
	if len(parts) > 3 {
		h.Partner, h.Channel, h.By = parts[3], store.Paper, doris.Ref
		who = doris
	}
	d.Head = h
	must(t, s, who, draft(d))
	must(t, s, store.Program, draft(store.Draft{Case: id, Head: store.Queued{Reasons: []string{"human-asked"}}}))
	if parts[2] == "done" {
		e := must(t, s, doris, decided(id, "human"))
		must(t, s, store.Program, draft(store.Draft{Case: id, Head: store.Published{Index: e.Head.(*store.Decided).Index}, Body: []byte("kvitto")}))
	}
}

// owned are the ids of a person's cases.
func owned(t *testing.T, s *store.Store, who store.Caller) string {
	t.Helper()
	who.Ref = s.Root(who.Ref)
	own, err := s.Own(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range own {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// TestContinue: which claims of a previous number make two references one person, and
// which are left to a human. Whatever the claim, nobody reaches a case of who is not
// joined, and it is so after the journal is read again.
func TestContinue(t *testing.T) { both(t, testContinue) }

func testContinue(t *testing.T) {
	const a, b, c = "ref-alva", "ref-alva-2", "ref-alva-3"
	for name, row := range map[string]struct {
		cases  []string
		claims []string // "new old" or, of a municipality's own provider, "new old own"
		want   string   // what is a's, b's and c's after it: their cases by number, "|" between
		twins  string   // of the first case, why it is unclear
	}{
		"nobody is known":                    {nil, []string{b + " " + a}, "||", ""},
		"the old has an open case":           {[]string{a + " 2026-11 open"}, []string{b + " " + a}, "0|0|", ""},
		"the old has cases, the new as well": {[]string{a + " 2026-10 done", b + " 2026-11 open"}, []string{b + " " + a}, "0 1|0 1|", ""},
		"both have done cases":               {[]string{a + " 2026-10 done", b + " 2026-11 done"}, []string{b + " " + a}, "0 1|0 1|", ""},
		"both have open cases":               {[]string{a + " 2026-10 open", b + " 2026-11 open"}, []string{b + " " + a}, "0|1|", store.UnclearOpen},
		"both have the same month":           {[]string{a + " 2026-11 done", b + " 2026-11 open"}, []string{b + " " + a}, "0|1|", store.UnclearMonth},
		"they apply together":                {[]string{a + " 2026-11 done " + b}, []string{b + " " + a}, "0|0|", store.UnclearTogether},
		"the co-applicant's number changes":  {[]string{"ref-bo 2026-11 open " + a}, []string{b + " " + a}, "0|0|", ""},
		"a chain":                            {[]string{a + " 2026-10 done", b + " 2026-11 done"}, []string{b + " " + a, c + " " + b}, "0 1|0 1|0 1", ""},
		"a chain, the later link first":      {[]string{a + " 2026-10 done", c + " 2026-11 open"}, []string{c + " " + b, b + " " + a}, "0 1|0 1|0 1", ""},
		"said twice":                         {[]string{a + " 2026-11 open"}, []string{b + " " + a, b + " " + a}, "0|0|", ""},
		"a cycle of two":                     {[]string{a + " 2026-11 open"}, []string{b + " " + a, a + " " + b}, "0|0|", ""},
		"a cycle of three":                   {[]string{a + " 2026-11 open"}, []string{b + " " + a, c + " " + b, a + " " + c}, "0|0|0", ""},
		"two claim the same":                 {[]string{a + " 2026-11 open"}, []string{b + " " + a, c + " " + a}, "0|0|", store.UnclearClaimed},
		"one claims two":                     {[]string{a + " 2026-10 done", b + " 2026-11 done"}, []string{c + " " + a, c + " " + b}, "0|1|0", store.UnclearClaimed},
		"a municipality's own provider":      {[]string{a + " 2026-11 open"}, []string{b + " " + a + " own"}, "0||", store.UnclearProvider},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			s := open(t, dir)
			for i, what := range row.cases {
				begin(t, s, fmt.Sprint(i), what)
			}
			for _, claim := range row.claims {
				p := strings.Fields(claim)
				root, err := s.Continue(t.Context(), p[0], p[1], len(p) == 2)
				if err != nil || root != s.Root(p[0]) {
					t.Fatalf("%s: %v, %q stands for the person", claim, err, root)
				}
			}
			look := func(when string) {
				got := strings.Join([]string{owned(t, s, alva), owned(t, s, renewed), owned(t, s, third)}, "|")
				if got != row.want {
					t.Errorf("%s: the cases are %q, want %q", when, got, row.want)
				}
				if row.cases == nil {
					return
				}
				twins, err := s.Twins(t.Context(), doris, "0")
				if err != nil || (len(twins) > 0) != (row.twins != "") || len(twins) > 0 && twins[0].Why != row.twins {
					t.Errorf("%s: %v, %+v, want %q", when, err, twins, row.twins)
				}
				k, err := s.Look("0")
				if err != nil {
					t.Fatal(err)
				}
				_, err = s.Update(t.Context(), store.Program, func(v *store.View) (store.Draft, error) {
					if unclear, err := v.Unclear(&k); err != nil || unclear != (row.twins != "") {
						t.Errorf("%s: %v, unclear is %v", when, err, unclear)
					}
					return store.Draft{}, errStop
				})
				if !errors.Is(err, errStop) {
					t.Error(err)
				}
			}
			look("at once")
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir)
			look("after a restart")
		})
	}
}

// TestEverythingFollows: what a person left under the old number is there under the new
// one, and what was there under the new one before they were joined.
func TestEverythingFollows(t *testing.T) { both(t, testEverythingFollows) }

func testEverythingFollows(t *testing.T) {
	dir := folder(t)
	var now atomic.Int64
	now.Store(1_795_000_000_000)
	s := openAt(t, dir, &now)
	ctx := t.Context()
	begin(t, s, "old", "ref-alva 2026-10 done")
	begin(t, s, "new", "ref-alva-2 2026-11 open ref-bo")
	for who, of := range map[store.Caller]string{alva: "old", renewed: "new"} {
		must(t, s, who, draft(store.Draft{Case: of, Head: store.Message{Person: who.Ref, By: who.Ref}, Body: []byte("hej " + of)}))
		must(t, s, who, draft(store.Draft{Case: "account-" + of, Head: store.Account{Person: who.Ref}, Body: []byte(of)}))
		must(t, s, who, draft(store.Draft{Case: "talk-" + of, Head: store.Talk{Person: who.Ref, Municipality: "9999"}, Body: []byte(of)}))
		if _, err := s.AddDocument(ctx, who, of, "rent", "application/pdf", []byte(of), []byte("%PDF "+of)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Read(ctx, who, of); err != nil {
			t.Fatal(err)
		}
		now.Add(1000)
	}
	must(t, s, doris, draft(store.Draft{Case: "new", Head: store.Automation{Municipality: "9999", Person: renewed.Ref, Stopped: true, By: doris.Ref}, Body: []byte("varför")}))
	must(t, s, doris, draft(store.Draft{Case: "old", Head: store.Bounds{Municipality: "9999", People: []string{alva.Ref}, By: doris.Ref}, Body: []byte("gränser")}))
	if err := s.AddForm(ctx, renewed, form("form", renewed, store.Web)); err != nil {
		t.Fatal(err)
	}
	must(t, s, renewed, draft(store.Draft{Case: "form", Head: store.Signed{Person: renewed.Ref, Digest: "d"}}))
	invitation := form("invitation", bo, store.Web)
	invitation.Partner, invitation.State = renewed.Ref, store.FormAwaiting
	if err := s.AddForm(ctx, bo, invitation); err != nil {
		t.Fatal(err)
	}

	root, err := s.Continue(ctx, renewed.Ref, alva.Ref, true)
	if err != nil || root != alva.Ref {
		t.Fatalf("%v: %s stands for her", err, root)
	}
	look := func(when string) {
		if got := owned(t, s, renewed); got != "new old" {
			t.Errorf("%s: her cases are %q", when, got)
		}
		for _, of := range []string{"old", "new"} {
			pages, err := s.Pages(ctx, alva, of, store.KindMessage)
			if err != nil || len(pages) != 1 || pages[0].Head.(*store.Message).By != alva.Ref {
				t.Errorf("%s: messages of %s: %v, %+v", when, of, err, pages)
			}
			papers, err := s.Documents(ctx, alva, of)
			if err != nil || len(papers) != 1 || string(papers[0].Name) != of {
				t.Errorf("%s: documents of %s: %v, %+v", when, of, err, papers)
			}
		}
		if pages, err := s.Pages(ctx, bo, "new", store.KindMessage); err != nil || len(pages) != 0 {
			t.Errorf("%s: %v, her co-applicant reads %d of her messages", when, err, len(pages))
		}
		if _, err := s.Read(ctx, bo, "old"); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s: her co-applicant opens a case that is hers alone: %v", when, err)
		}
		if f, err := s.OwnForm(ctx, alva); err != nil || f.ID != "form" || f.Owner != alva.Ref {
			t.Errorf("%s: her form: %v, %+v", when, err, f)
		}
		if forms, err := s.Invitations(ctx, alva); err != nil || len(forms) != 1 || forms[0].Partner != alva.Ref {
			t.Errorf("%s: her invitations: %v, %+v", when, err, forms)
		}
		if body, err := s.Account(ctx, alva, renewed.Ref); err != nil || string(body) != newest(t, s) {
			t.Errorf("%s: her account: %v, %q", when, err, body)
		}
		if _, seq, err := s.Bounds(ctx, doris, "new"); err != nil || seq == 0 {
			t.Errorf("%s: her bounds: %v", when, err)
		}
		readings, _, err := s.Readings(ctx, alva)
		if err != nil {
			t.Fatal(err)
		}
		own := map[string]bool{}
		for _, r := range readings {
			if r.Own && r.Action == "read" {
				own[r.Case] = true
			}
		}
		if got := slices.Sorted(maps.Keys(own)); !slices.Equal(got, []string{"new", "old"}) {
			t.Errorf("%s: of her own readings she sees those of %v", when, got)
		}
		_, err = s.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
			for _, ref := range []string{alva.Ref, renewed.Ref} {
				if _, household, err := v.Stopped("9999", ref); err != nil || !household {
					t.Errorf("%s: %v, the stop of her household is gone", when, err)
				}
				if month, ever, err := v.Decided(ref, "2026-10", ""); err != nil || !month || !ever {
					t.Errorf("%s: %v, what is decided for her is not known", when, err)
				}
				if v.Signed("form", ref, "d") == 0 {
					t.Errorf("%s: her signature is gone", when)
				}
			}
			return store.Draft{}, errStop
		})
		if !errors.Is(err, errStop) {
			t.Error(err)
		}
	}
	look("at once")
	// What a page that was opened before still sends under the new reference is hers too.
	must(t, s, renewed, draft(submitted(renewed, "late")))
	if got := owned(t, s, alva); got != "late new old" {
		t.Errorf("a late application: her cases are %q", got)
	}
	d := submitted(renewed, "both")
	h := d.Head.(store.Submitted)
	h.Partner, h.By, h.Channel = alva.Ref, doris.Ref, store.Paper
	d.Head = h
	if _, err := s.Update(ctx, doris, draft(d)); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("she applies together with herself: %v", err)
	}
	must(t, s, store.Program, draft(store.Draft{Case: "late", Head: store.Queued{Reasons: []string{"human-asked"}}}))
	e := must(t, s, doris, decided("late", "human"))
	must(t, s, store.Program, draft(store.Draft{Case: "late", Head: store.Published{Index: e.Head.(*store.Decided).Index}}))
	must(t, s, doris, draft(store.Draft{Case: "old", Head: store.Protection{Person: alva.Ref, Protected: true, By: doris.Ref}}))
	for _, id := range []string{"old", "new"} {
		if k, err := s.Look(id); err != nil || !k.Protected {
			t.Errorf("%v: case %s is not protected", err, id)
		}
	}
	dag := doris
	dag.Ref, dag.Protected = "ref-dag", true
	must(t, s, dag, draft(store.Draft{Case: "old", Head: store.Protection{Person: alva.Ref, By: dag.Ref}}))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir, &now)
	if got := owned(t, s, renewed); got != "late new old" {
		t.Errorf("after a restart her cases are %q", got)
	}
	// Her file is one: nothing of it is old while there are later notes, and both
	// accounts go with the last of it.
	if all, err := s.Dossiers(now.Load()); err != nil || len(all) != 0 {
		t.Errorf("%v: %d files are old enough", err, len(all))
	}
	now.Add((24 * time.Hour).Milliseconds())
	all, err := s.Dossiers(now.Load())
	if err != nil || len(all) != 1 || all[0].Person != alva.Ref || len(all[0].Cases) != 3 || len(all[0].Talks) != 2 {
		t.Errorf("%v: the old files are %+v", err, all)
	}
	for _, id := range []string{"old", "late"} {
		erase(t, s, id)
	}
	k, err := s.Look("new")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		refs, err := v.AccountsWith(&k)
		if slices.Sort(refs); err != nil || !slices.Equal(refs, []string{"account-new", "account-old"}) {
			t.Errorf("%v: with her last case go %v", err, refs)
		}
		return store.Draft{}, errStop
	})
	if !errors.Is(err, errStop) {
		t.Error(err)
	}
}

// newest is what the account that was set last says.
func newest(t *testing.T, s *store.Store) string {
	t.Helper()
	latest, which := int64(0), ""
	for _, of := range []string{"old", "new"} {
		k, err := s.Look(of)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range k.History {
			if step.Kind == store.KindDocument && step.At > latest {
				latest, which = step.At, of
			}
		}
	}
	return which
}

// TestJudged: a caseworker who sees every case of both may say that they are one, or
// two; nobody else, and not where they apply together.
func TestJudged(t *testing.T) { both(t, testJudged) }

func testJudged(t *testing.T) {
	one := func(by store.Caller, of string) store.Draft {
		return store.Draft{Case: of, Body: []byte("varför"), Head: store.Continued{Person: renewed.Ref, Previous: alva.Ref, By: by.Ref}}
	}
	apart := func(by store.Caller, of string) store.Draft {
		return store.Draft{Case: of, Body: []byte("varför"), Head: store.Unclear{Person: renewed.Ref, Previous: alva.Ref, Why: store.UnclearApart, By: by.Ref}}
	}
	s := open(t, folder(t))
	begin(t, s, "old", "ref-alva 2026-10 open")
	if _, err := s.Update(t.Context(), doris, draft(one(doris, "old"))); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("joined although nothing is unclear: %v", err)
	}
	begin(t, s, "new", "ref-alva-2 2026-11 open")
	begin(t, s, "other", "ref-bo 2026-11 open")
	if _, err := s.Continue(t.Context(), renewed.Ref, alva.Ref, true); err != nil {
		t.Fatal(err)
	}
	bare := one(doris, "old")
	bare.Body = nil
	for name, c := range map[string]struct {
		who store.Caller
		d   store.Draft
	}{
		"from another's case":    {doris, one(doris, "other")},
		"by the person":          {renewed, one(renewed, "new")},
		"from another town":      {erik, one(erik, "old")},
		"without a reason":       {doris, bare},
		"in another's name":      {doris, one(erik, "old")},
		"apart by the person":    {renewed, apart(renewed, "new")},
		"by the service instead": {store.Program, store.Draft{Head: store.Continued{Person: renewed.Ref, Previous: alva.Ref}}},
	} {
		if _, err := s.Update(t.Context(), c.who, draft(c.d)); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, s, doris, draft(apart(doris, "old")))
	if _, err := s.Continue(t.Context(), renewed.Ref, alva.Ref, true); err != nil || owned(t, s, renewed) != "new" {
		t.Errorf("%v: joined by a sign-in after a human has said that they are two", err)
	}
	if twins, err := s.Twins(t.Context(), doris, "old"); err != nil || len(twins) != 0 {
		t.Errorf("%v: still unclear: %+v", err, twins)
	}
	must(t, s, doris, draft(one(doris, "new")))
	if got := owned(t, s, renewed); got != "new old" {
		t.Errorf("joined by a human: her cases are %q", got)
	}

	s = open(t, folder(t)) // where the caseworker doesn't see all
	begin(t, s, "old", "ref-alva 2026-10 open")
	begin(t, s, "new", "ref-alva-2 2026-11 open")
	d := submitted(renewed, "elsewhere")
	h := d.Head.(store.Submitted)
	h.Municipality = "1287"
	d.Head = h
	must(t, s, renewed, draft(d))
	if _, err := s.Continue(t.Context(), renewed.Ref, alva.Ref, true); err != nil {
		t.Fatal(err)
	}
	twins, err := s.Twins(t.Context(), doris, "old")
	if err != nil || len(twins) != 1 || !twins[0].Hidden || twins[0].Joins() || len(twins[0].Cases) != 1 {
		t.Errorf("%v: %+v", err, twins)
	}
	if _, err := s.Update(t.Context(), doris, draft(one(doris, "old"))); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("joined by who does not see all: %v", err)
	}
	if owned(t, s, cleo) != "" {
		t.Error("a stranger has cases")
	}
}
