package server_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to read what the service has written

	"github.com/skalig/skalig/server"
)

// written is everything that was written of a kind that reading does not write: the
// journal but for its notes of who read, and the forms.
func (s *site) written(t *testing.T) string {
	t.Helper()
	var all []string
	for _, from := range [][2]string{
		{"journal.db", `SELECT count(*) || ' events, the last ' || coalesce(max(seq), 0) FROM journal WHERE kind <> 'access'`},
		{"forms.db", `SELECT count(*) || ' forms, changed ' || coalesce(sum(version), 0) || ' times' FROM forms`},
	} {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(s.data, from[0])+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		var n string
		if err := db.QueryRowContext(t.Context(), from[1]).Scan(&n); err != nil {
			t.Fatalf("%s: %v", from[0], err)
		}
		_ = db.Close()
		all = append(all, n)
	}
	return strings.Join(all, "; ")
}

// TestReadingChangesNothing: no GET writes anything but who read what. So no picture,
// link or prefetch on another site can act for a visitor. /lamna, which ends the
// session by a link on our own pages, is TestQuickExit's.
func TestReadingChangesNothing(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	granted := strings.TrimPrefix(alva.apply(single, nil).path, "/arende/")
	queued := strings.TrimPrefix(alva.apply(over, nil).path, "/arende/")
	bo := s.as(t, "bo")
	bo.begin()
	visitors := map[string]*browser{"nobody": s.browser(t), "alva": alva, "bo": bo}
	for _, name := range []string{"doris", "dag", "petra", "rut", "maja", "otto"} {
		visitors[name] = s.as(t, name)
	}
	before := s.written(t)
	for settled := time.Now(); time.Since(settled) < time.Second; time.Sleep(100 * time.Millisecond) { // what the application itself still leads to
		if now := s.written(t); now != before {
			before, settled = now, time.Now()
		}
	}
	patterns, err := server.Patterns()
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, id := range []string{granted, queued} {
		fill := strings.NewReplacer("{id}", id, "{n}", "1", "{section}", "bostad", "{$}", "", "{index}", "0", "{batch}", "1")
		for _, pattern := range patterns {
			path, ok := strings.CutPrefix(fill.Replace(pattern), "GET ")
			if !ok || kept.MatchString(pattern) || path == "/lamna" || path == "/logga-in" {
				continue
			}
			for name, b := range visitors {
				b.get(path + "?" + url.Values{"act": {"stop"}, "reason": {"x"}, "id": {id}, "key": {"x"}, "attest": {"ja"}}.Encode())
				asked++
				if now := s.written(t); now != before {
					t.Errorf("GET %s as %s wrote: before %s, after %s", path, name, before, now)
					before = now
				}
			}
		}
	}
	if asked < 500 {
		t.Errorf("only %d were asked for", asked)
	}
}

// TestSignedOutByOthers: an administrator signs out the people of the own municipality,
// by setting their roles, and an operator everybody.
func TestSignedOutByOthers(t *testing.T) {
	s := run(t, t.TempDir())
	in := func(b *browser) bool { return strings.Contains(b.get("/sessioner").body, "Inloggad 2") }
	doris, dag, alva, otto := s.as(t, "doris"), s.as(t, "dag"), s.as(t, "alva"), s.as(t, "otto")
	s.as(t, "maja").post("/administration/person", url.Values{"member": {"doris"}, "name": {"Doris Demosson"}, "role": {"caseworker"}})
	if in(doris) || !in(dag) || !in(alva) {
		t.Error("setting Doris's roles did not sign her out, or others too")
	}
	if a := alva.post("/drift/logga-ut", nil); a.code != 404 || !in(dag) {
		t.Errorf("an applicant signs out everybody: %d", a.code)
	}
	if a := otto.post("/drift/logga-ut", nil); a.path != "/" {
		t.Errorf("the operator is led to %s", a.path)
	}
	for name, b := range map[string]*browser{"Dag": dag, "Alva": alva, "Otto": otto} {
		if in(b) {
			t.Errorf("%s is still signed in", name)
		}
	}
	if !strings.Contains(s.log.String(), `"msg":"everybody was signed out","by":"operator `) {
		t.Error("it is not in the log")
	}
}
