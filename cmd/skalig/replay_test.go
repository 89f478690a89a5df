package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay"
	"github.com/skalig/skalig/server/replay/replaytest"
)

func session(in string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(args, streams{strings.NewReader(in), &o, &e})
	return code, o.String(), e.String()
}

func TestReplay(t *testing.T) {
	files := replaytest.Receipts(t, 200, nil)
	dir := t.TempDir()
	write := func(name string, files ...[]byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.Join(files, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("many/first.json", files[0])
	write("many/rest/rest.jsonl", files[1:]...)
	write("many/notes.txt", []byte("not a receipt"))
	for name, args := range map[string][]string{"a folder": {filepath.Join(dir, "many")}, "the artefact": {"--artefact", filepath.Join(dir, "many")}} {
		code, out, errs := session("", append([]string{"replay", "--key", replaytest.Key}, args...)...)
		if code != 0 || !strings.HasPrefix(out, "REPLAYED: 200 receipts: 200 decisions recomputed alike, 0 other leaves verified, 0 differ, 0 refused; ") || errs != "" {
			t.Errorf("%s: %d: %s%s", name, code, out, errs)
		}
	}

	// Standard input, in which every third decision granted a krona too much and one
	// receipt was changed on the way.
	wrong := replaytest.Receipts(t, 100, func(i int, d *record.Decision) {
		if i%3 == 0 {
			d.Granted += 100
		}
	})
	wrong[1] = bytes.Replace(wrong[1], []byte("beviljas"), []byte("avslås"), 1)
	in := string(bytes.Join(wrong, nil))
	page := filepath.Join(dir, "report.html")
	code, out, errs := session(in, "replay", "--key", replaytest.Key, "--html", page, "-")
	lines := strings.Split(out, "\n")
	if code != 1 || len(lines) != 37 || lines[0] != "DIFFERS -:1: decision 9999/0, leaf 0: grant-differs: a machine granted something else than was computed" ||
		lines[1] != "REFUSED -:2: commitment-differs: the record and the salt are not the ones the leaf commits to" ||
		!strings.HasPrefix(lines[35], "NOT REPLAYED: 100 receipts: 65 decisions recomputed alike, 0 other leaves verified, 34 differ, 1 refused; ") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<!doctype html>", "<td>-:1<td>decision 9999/0, leaf 0<td>grant-differs", "<td>-:2<td><td>commitment-differs", "– grant-differs<td class=\"n\">34", "</html>"} {
		if !bytes.Contains(html, []byte(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if bytes.Contains(html, []byte("src=")) || bytes.Contains(html, []byte("href=")) {
		t.Error("the page needs something else")
	}

	code, out, _ = session(in, "replay", "--key", replaytest.Key, "--json", "-")
	lines = strings.Split(out, "\n")
	if code != 1 || len(lines) != 102 ||
		!strings.HasPrefix(lines[0], `{"file":"-","line":1,"ok":false,"reason":"","difference":"grant-differs","replayed":false,"kind":"decision","municipality":"9999","number":0,"day":"2026-11-22","engine":"`) ||
		lines[1] != `{"file":"-","line":2,"ok":false,"reason":"commitment-differs","difference":"","replayed":false,"number":0,"index":0}` ||
		!strings.HasPrefix(lines[100], `{"sum":{"receipts":100,"decisions":65,"others":0,"differ":34,"refused":1,"codes":{"commitment-differs":1,"grant-differs":34},"nativeDiffers":false,`) {
		t.Errorf("%d: %s", code, out)
	}
}

// A receipt that is there twice counts once, and what is wrong is said.
func TestReplayRepeated(t *testing.T) {
	files := replaytest.Receipts(t, 2, nil)
	code, out, _ := session(string(files[0])+string(files[1])+string(files[0]), "replay", "--key", replaytest.Key, "-")
	if code != 1 || !strings.HasPrefix(out, "DIFFERS -:3: decision 9999/0, leaf 0: repeated: the same leaf was given before, and counts once\nNOT REPLAYED: 3 receipts: 2 decisions recomputed alike, 0 other leaves verified, 1 differ, 0 refused; ") {
		t.Errorf("%d: %s", code, out)
	}
}

// TestReplayKeepsOrder mixes what is quick and what is slow.
func TestReplayKeepsOrder(t *testing.T) {
	files := replaytest.Receipts(t, 300, nil)
	var in strings.Builder
	for i, file := range files {
		in.Write(file)
		if i%50 == 0 {
			in.WriteString(strings.Repeat("x", 2<<20) + "\n")
		}
	}
	code, out, _ := session(in.String(), "replay", "--key", replaytest.Key, "--json", "-")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 1 || len(lines) != 307 {
		t.Fatalf("%d: %d lines", code, len(lines))
	}
	for i, line := range lines[:306] {
		want := `"ok":true`
		if i%51 == 1 {
			want = `"reason":"too-large"`
		}
		if !strings.Contains(line, want) || !strings.Contains(line, `"line":`+strconv.Itoa(i+1)+",") {
			t.Fatalf("line %d: %s", i+1, line)
		}
	}
}

// A hostile name reaches neither the terminal nor the page as it is.
func TestReplayEscapes(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "<script>\x1b[2J.json")
	if err := os.WriteFile(name, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(dir, "report.html")
	_, out, _ := session("", "replay", "--key", replaytest.Key, "--html", page, name)
	html, err := os.ReadFile(page)
	if err != nil || strings.Contains(out, "\x1b") || bytes.Contains(html, []byte("\x1b")) || bytes.Contains(html, []byte("<script>")) {
		t.Errorf("%v: %s\n%s", err, out, html)
	}
}

func TestReplayNothing(t *testing.T) {
	if code, _, errs := session("", "replay", "--key", replaytest.Key, t.TempDir()); code != 1 || !strings.Contains(errs, "error: there is no receipt to replay") {
		t.Errorf("%d: %s", code, errs)
	}
}

// TestDifferenceTexts: every difference has its sentence.
func TestDifferenceTexts(t *testing.T) {
	for _, d := range replay.Differences() {
		if differenceTexts[d] == "" {
			t.Errorf("%s has no sentence", d)
		}
	}
}
