package server_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
)

// A key that was lost is made anew only where nobody is forgotten by it.
func TestLostKeys(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	decided(t, s, "alva")
	s.stop()
	for _, name := range []string{"session", "digest"} {
		if err := os.Remove(filepath.Join(data, "keys", name)); err != nil {
			t.Fatal(err)
		}
	}
	s = run(t, data)
	if mine := s.as(t, "alva").get("/mina"); !strings.Contains(mine.body, "/arende/") {
		t.Error("alva does not find her case")
	}
	s.stop()
	person := filepath.Join(data, "keys", "person")
	right, err := os.ReadFile(person)
	if err != nil {
		t.Fatal(err)
	}
	other := slices.Clone(right)
	other[0] ^= 1
	if err := os.WriteFile(person, other, 0o600); err != nil {
		t.Fatal(err)
	}
	err = server.Run(t.Context(), server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Clock: func() time.Time { return noon }, Chromium: "none"})
	if err == nil || !strings.Contains(err.Error(), "keys/person: it is another key") {
		t.Errorf("everybody is somebody new: %v", err)
	}
	if err := os.Remove(person); err != nil {
		t.Fatal(err)
	}
	err = server.Run(t.Context(), server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Clock: func() time.Time { return noon }, Chromium: "none"})
	if err == nil || !strings.Contains(err.Error(), "keys/person") {
		t.Errorf("the service starts with another person key: %v", err)
	}
	if _, err := os.Stat(filepath.Join(data, "keys", "person")); err == nil {
		t.Error("another person key was made")
	}
}
