package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/inspection"
)

// TestRotateWhileServing: the server that runs on a folder rotates its keys when it is
// asked to, and people who are in the middle of something notice nothing.
func TestRotateWhileServing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	kek := filepath.Join(data, "keys", "kek")
	demonstration(t, data, func(url string) {
		before, err := os.ReadFile(kek)
		if err != nil {
			t.Fatal(err)
		}
		alva := visit(t, url)
		receipt := alva.granted("alva") + "/kvitto.json"
		first := alva.get(receipt)
		for range 2 {
			code, out, errs := session("", "keys", "rotate", "--data", data)
			if code != 0 || errs != "" || !strings.Contains(out, "the server has given every key a new key-encryption key") {
				t.Fatalf("%d %q %q", code, out, errs)
			}
			after, err := os.ReadFile(kek)
			if err != nil || bytes.Equal(after, before) {
				t.Fatalf("the key is the old one: %v", err)
			}
			before = after
		}
		if alva.get(receipt) != first {
			t.Error("the receipt is another")
		}
		visit(t, url).decided("bo")
	})
	for _, command := range [][]string{{"check"}, {"keys", "rotate"}, {"check"}} {
		if code, out, errs := session("", append(command, "--data", data)...); code != 0 {
			t.Errorf("%v: %s %s", command, out, errs)
		}
	}
}

// TestRotateNobodyServes: a folder that somebody else holds is asked, and in time the
// command says what it waited for.
func TestRotateNobodyServes(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	demonstration(t, data, func(url string) { visit(t, url).decided("alva") })
	unlock, err := inspection.Lock(data)
	if err != nil {
		t.Fatal(err)
	}
	code, out, errs := session("", "keys", "rotate", "--data", data, "--wait", "100ms")
	unlock()
	if code == 0 || out != "" || !strings.Contains(errs, "couldn't wait until the keys are rotated") || !strings.Contains(errs, "hint: everything opens") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	// The next server does it.
	next := filepath.Join(data, "keys", "kek.next")
	demonstration(t, data, func(string) {
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			if _, err := os.Stat(next); errors.Is(err, os.ErrNotExist) {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("it was not rotated")
			}
		}
	})
	if code, out, errs := session("", "check", "--data", data); code != 0 {
		t.Errorf("%s %s", out, errs)
	}
}
