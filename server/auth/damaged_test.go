package auth_test

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/auth"
)

// TestDamagedSessions: a file of sessions that is none, or no whole one, is put aside with
// a line, and people sign in again.
func TestDamagedSessions(t *testing.T) {
	i := newIssuer(t)
	read := newParty(t, i, nil)
	for range 20 {
		get(t, client(t), read.URL+"/logga-in")
	}
	if err := read.auth.Close(); err != nil { // what is in the write-ahead log comes into the file
		t.Fatal(err)
	}
	sound, err := os.ReadFile(read.db)
	if err != nil {
		t.Fatal(err)
	}
	torn := bytes.Clone(sound)
	for at := 4096; at+4096 < len(torn); at += 4096 {
		copy(torn[at:], bytes.Repeat([]byte{0xee}, 64))
	}
	for what, file := range map[string][]byte{"no database": []byte(strings.Repeat("other\n", 4096)), "damaged pages": torn, "sound": sound} {
		t.Run(what, func(t *testing.T) {
			var lines bytes.Buffer
			p := newParty(t, i, func(c *auth.Config) {
				if err := os.WriteFile(c.Sessions, file, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := auth.LookAtSessions(t.Context(), c.Sessions); (err == nil) != (what == "sound") {
					t.Errorf("looking at it: %v", err)
				}
				c.Log = slog.New(slog.NewTextHandler(&lines, nil))
			})
			b := client(t)
			get(t, b, p.URL+"/logga-in")
			if _, body := get(t, b, p.URL+"/x"); !strings.HasPrefix(body, "/x: true") {
				t.Errorf("nobody can sign in: %s", body)
			}
			aside, err := os.ReadFile(p.db + ".damaged")
			if damaged := what != "sound"; damaged != strings.Contains(lines.String(), "everybody signs in again") || damaged != (err == nil) || damaged && !bytes.Equal(aside, file) {
				t.Errorf("put aside: %v: %s", err, &lines)
			}
		})
	}
}
