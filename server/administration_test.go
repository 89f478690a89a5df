package server_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/demo"
)

// TestRolesTakeEffectAtOnce: an administrator takes a role away, and the person,
// who is signed in, has lost it with the next request.
func TestRolesTakeEffectAtOnce(t *testing.T) {
	s := run(t, t.TempDir())
	maja, doris := s.as(t, "maja"), s.as(t, "doris")
	page := maja.get("/administration")
	for _, want := range []string{"Doris Demosson", "Maja Demosson", "Delegationsordning 4.2"} {
		if page.code != 200 || !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %q (%d)", want, page.code)
		}
	}
	if strings.Contains(page.body, "Erik") {
		t.Error("another municipality's people are shown")
	}
	set := func(member, name string, roles ...string) answer {
		return maja.post("/administration/person", url.Values{"member": {member}, "name": {name}, "role": roles})
	}
	for name, c := range map[string]struct {
		a    answer
		code int
		want string
	}{
		"nobody":          {set("", "X"), 422, "Skriv användarnamnet"},
		"another's":       {set("erik@grannkommun", "X"), 422, "Skriv användarnamnet"},
		"without a name":  {set("nils", " "), 422, "Skriv för- och efternamn"},
		"herself":         {set("maja", "Maja Demosson"), 422, "en annan administratör"},
		"an unknown role": {set("nils", "Nils Demosson", "operator"), 400, "formuläret"},
	} {
		if c.a.code != c.code || !strings.Contains(c.a.body, c.want) {
			t.Errorf("%s: %d, lacks %q", name, c.a.code, c.want)
		}
	}
	if a := doris.get("/handlaggare"); a.code != 200 {
		t.Fatalf("before: %d", a.code)
	}
	if a := set("doris", "Doris Demosson"); a.code != 200 || strings.Contains(a.body, "Doris Demosson") {
		t.Errorf("taken away: %d", a.code)
	}
	if a := doris.get("/handlaggare"); strings.Contains(a.body, "Ärenden som väntar") {
		t.Errorf("without the role: %s %d", a.path, a.code)
	}
	if a := set("doris", "Doris Demosson", "approver", "caseworker"); a.code != 200 || !strings.Contains(a.body, "attestant, handläggare") {
		t.Errorf("given two: %d", a.code)
	}
	if a := doris.get("/sessioner"); strings.Contains(a.body, "Inloggad") {
		t.Errorf("Doris is still signed in: %d", a.code)
	}
	if a := s.as(t, "doris").get("/handlaggare"); !strings.Contains(a.body, "Ärenden som väntar") {
		t.Errorf("with the role again: %d", a.code)
	}
}

// TestMunicipalitiesApart: two municipalities on one server, each with its own
// guideline, board and people.
func TestMunicipalitiesApart(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	near := strings.NewReplacer(`"9999"`, `"`+demo.Neighbour+`"`, "6500", "6900").Replace(single)
	here := strings.TrimPrefix(alva.apply(over, nil).path, "/arende/")
	page := alva.apply(near, nil)
	there := strings.TrimPrefix(page.path, "/arende/")
	if !strings.Contains(page.body, "Nämnden har inte beslutat att ansökningar får avgöras automatiskt") || !strings.Contains(page.body, "Hyran är högre än kommunens") {
		t.Errorf("the neighbour's case: %s", page.body)
	}
	for name, c := range map[string]struct {
		person, own, other, board string
	}{"Demokommun": {"doris", here, there, "Socialnämnden i Demokommun"}, "Grannkommun": {"erik", there, here, "Socialnämnden i Grannkommun"}} {
		b := s.as(t, c.person)
		queue := b.get("/handlaggare")
		if !strings.Contains(queue.body, c.board) || !strings.Contains(queue.body, c.own) || strings.Contains(queue.body, c.other) {
			t.Errorf("%s: the queue holds another's case, or lacks its own", name)
		}
		if a := b.get("/handlaggare/" + c.own); a.code != 200 {
			t.Errorf("%s: its own case: %d", name, a.code)
		}
		form := url.Values{"version": {"2"}, "outcome": {"refused"}, "motivation": {"x"}, "act": {"stop"}, "reason": {"x"}}
		for _, try := range []answer{b.get("/handlaggare/" + c.other), b.post("/handlaggare/"+c.other+"/beslut", form), b.post("/handlaggare/"+c.other+"/stopp", form)} {
			if try.code != 404 {
				t.Errorf("%s: another's case: %d %s", name, try.code, try.path)
			}
		}
	}
}
