package main

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
)

// TestLogLines: nothing in a value begins a line of its own, and each line has its time
// with the zone. A service in earnest tells of sign-ins.
func TestLogLines(t *testing.T) {
	var b bytes.Buffer
	log := (&serve{}).log(&b)
	log.Info("signed in", "who", "caseworker 0123")
	log.Error("couldn't answer", "error", errors.New("x\ntime=2026-01-01T00:00:00Z level=INFO msg=forged\r\x1b[2K\u2028y\x00"), "a\nb", "c=d")
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	form := regexp.MustCompile(`^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d) level=(INFO|ERROR) msg=("signed in"|"couldn't answer") `)
	if len(lines) != 2 || !form.MatchString(lines[0]) || !form.MatchString(lines[1]) || strings.ContainsAny(b.String(), "\r\x1b\x00\u2028") {
		t.Errorf("%d lines: %q", len(lines), b.String())
	}
	b.Reset()
	(&serve{Demo: true}).log(&b).Info("signed in")
	if b.Len() != 0 {
		t.Errorf("a demonstration says %s", &b)
	}
}
