package auth_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/skalig/skalig/server/auth"
)

// TestUnchangedSessionIsNotWritten: requests that change nothing of a session write it
// once in a thirtieth of the idle limit, and one that changes something does so at once.
func TestUnchangedSessionIsNotWritten(t *testing.T) {
	p := newParty(t, newIssuer(t), func(c *auth.Config) { c.Idle, c.Lifetime = time.Minute, time.Hour })
	b := client(t)
	get(t, b, p.URL+"/logga-in")
	db, err := sql.Open("sqlite", "file:"+p.db+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	row := func() (ends int64, data string) {
		t.Helper()
		if err := db.QueryRow(`SELECT expiry, data FROM sessions ORDER BY expiry DESC LIMIT 1`).Scan(&ends, &data); err != nil {
			t.Fatal(err)
		}
		return ends, data
	}
	db.SetMaxOpenConns(1)
	version := func() (n int) {
		t.Helper()
		if err := db.QueryRow(`PRAGMA data_version`).Scan(&n); err != nil { // another connection has written
			t.Fatal(err)
		}
		return n
	}
	writes, began := 0, time.Now()
	for range 20 {
		before := version()
		get(t, b, p.URL+"/x")
		if version() != before {
			writes++
		}
	}
	if most := 1 + int(time.Since(began)/(2*time.Second)); writes > most {
		t.Errorf("twenty requests wrote %d times, want %d", writes, most)
	}
	first, _ := row()
	time.Sleep(2100 * time.Millisecond)
	get(t, b, p.URL+"/x")
	later, data := row()
	if later-first < 2000 {
		t.Errorf("after a thirtieth of the limit the end moved by %d ms", later-first)
	}
	get(t, b, p.URL+"/utkast")
	if _, changed := row(); changed == data {
		t.Error("a draft was not written")
	}
}
