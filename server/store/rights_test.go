package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// TestRights walks callers and acts: who may do what, and that each attempt by a
// person leaves an access event, refusals too.
func TestRights(t *testing.T) { both(t, testRights) }

func testRights(t *testing.T) {
	dir := folder(t)
	s := open(t, dir)
	history(t, s)
	switched := func(municipality, person string, by store.Caller) store.Draft {
		return store.Draft{Head: store.Automation{Municipality: municipality, Person: person, Stopped: true, By: by.Ref}}
	}
	read := func(id string) func(store.Caller) error {
		return func(who store.Caller) error { _, err := s.Read(t.Context(), who, id); return err }
	}
	write := func(d func(store.Caller) store.Draft) func(store.Caller) error {
		return func(who store.Caller) error { _, err := s.Update(t.Context(), who, draft(d(who))); return err }
	}
	employ := func(municipality, person string, roles ...store.Role) func(store.Caller) store.Draft {
		return func(who store.Caller) store.Draft {
			return store.Draft{Case: "staff-x", Head: store.Staff{Municipality: municipality, Person: person, Roles: roles, By: who.Ref}}
		}
	}
	fresh := 0
	acts := []struct {
		name string
		do   func(store.Caller) error
		may  []string
	}{
		{"read Alva's case", read("case-a"), []string{"alva", "doris", "program"}},
		{"read Bo's case", read("case-d"), []string{"bo", "doris", "program"}},
		{"read the reasons of Bo's case", func(who store.Caller) error {
			pages, err := s.Pages(t.Context(), who, "case-d", store.KindSubmitted)
			if err == nil && (len(pages) != 1 || string(pages[0].Body) != personal) {
				t.Errorf("%s reads %d applications", who.Ref, len(pages))
			}
			return err
		}, []string{"bo", "doris", "program"}},
		{"list own", func(who store.Caller) error { _, err := s.Own(t.Context(), who); return err }, []string{"alva", "bo", "alva by another's provider"}},
		{"list queue", func(who store.Caller) error { _, err := s.Queue(t.Context(), who, store.Listing{Most: 10}); return err }, []string{"doris", "erik"}},
		{"submit for Bo", write(func(store.Caller) store.Draft { fresh++; return submitted(bo, fmt.Sprintf("new-%d", fresh)) }), []string{"bo"}},
		{"stop 9999", write(func(who store.Caller) store.Draft { return switched("9999", "", who) }), []string{"doris", "program"}},
		{"stop 9999 as Doris", write(func(store.Caller) store.Draft { return switched("9999", "", doris) }), []string{"doris"}},
		{"give a role in 9999", write(employ("9999", "x", store.Approver)), []string{"maja"}},
		{"take a role in 9999", write(employ("9999", "x")), []string{"maja"}},
		{"give a role in 1287", write(employ("1287", "y", store.Caseworker)), nil},
		{"make an operator", write(employ("9999", "x", store.Operator)), nil},
		{"give oneself a role", func(who store.Caller) error {
			_, err := s.Update(t.Context(), who, draft(employ("9999", who.Ref, store.Caseworker)(who)))
			return err
		}, nil},
		{"list staff", func(who store.Caller) error { _, err := s.Roster(t.Context(), who); return err }, []string{"maja"}},
		{"queue a case", func(who store.Caller) error {
			fresh++
			id := fmt.Sprintf("new-%d", fresh)
			must(t, s, bo, draft(submitted(bo, id)))
			_, err := s.Update(t.Context(), who, draft(store.Draft{Case: id, Head: store.Queued{}}))
			return err
		}, []string{"program"}},
		{"decide as a human", func(who store.Caller) error {
			fresh++
			id := fmt.Sprintf("new-%d", fresh)
			must(t, s, bo, draft(submitted(bo, id)))
			_, err := s.Update(t.Context(), who, decided(id, "human"))
			return err
		}, []string{"doris"}},
		{"decide as a machine", func(who store.Caller) error {
			fresh++
			id := fmt.Sprintf("new-%d", fresh)
			must(t, s, bo, draft(submitted(bo, id)))
			_, err := s.Update(t.Context(), who, decided(id, "automatic"))
			return err
		}, []string{"program"}},
	}
	callers := map[string]store.Caller{"alva": alva, "bo": bo, "doris": doris, "erik": erik, "nobody": nobody, "program": store.Program,
		"maja":                       {Ref: "ref-maja", Role: store.Administrator, Municipality: "9999"},
		"petra":                      {Ref: "ref-petra", Role: store.Approver, Municipality: "9999"},
		"rut":                        {Ref: "ref-rut", Role: store.Auditor, Municipality: "9999"},
		"otto":                       {Ref: "ref-otto", Role: store.Operator},
		"alva by another's provider": {Ref: alva.Ref, Role: store.Applicant, Municipality: "1287"},
		"no municipality":            {Ref: "x", Role: store.Caseworker}, "no role": {Ref: "x"}}
	for _, act := range acts {
		for name, who := range callers {
			before := accesses(t, dir, who.Ref)
			err := act.do(who)
			if may := slices.Contains(act.may, name); may != (err == nil) || !may && !errors.Is(err, store.ErrForbidden) {
				t.Errorf("%s: %s: %v", name, act.name, err)
			}
			after := accesses(t, dir, who.Ref)
			if err != nil && who.Ref != "" && strings.Count(after, `"refused":true`) != strings.Count(before, `"refused":true`)+1 {
				t.Errorf("%s: %s: the refusal left no trace", name, act.name)
			}
			reads := strings.HasPrefix(act.name, "read") || strings.HasPrefix(act.name, "list")
			if err == nil && reads && who.Role != store.System && len(after) <= len(before) {
				t.Errorf("%s: %s: the read left no trace", name, act.name)
			}
		}
	}
}

// accesses are the heads of the access events of a person.
func accesses(t *testing.T, dir, ref string) string {
	t.Helper()
	rows, err := raw(t, dir, "journal.db").Query(`SELECT head FROM journal WHERE kind = 'access' AND head LIKE '%"actor":"' || $1 || '"%' ORDER BY seq`, ref)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var head string
		if err := rows.Scan(&head); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, head)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
