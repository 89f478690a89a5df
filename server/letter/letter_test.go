package letter_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/letter"
)

const page = `<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Beslut</title><style>h1{color:#040}</style></head>
<body><main><h1>Du får 6 720 kr</h1><table><caption>Uträkning</caption><tr><th scope="row">Hyra</th><td>6 500 kr</td></tr></table>
<p>Å, ä och ö.</p><script>document.body.textContent = "script"</script></main></body></html>`

// left are the private directories of an owner that are still there.
func left(t *testing.T, owner string) []string {
	t.Helper()
	sum := sha256.Sum256([]byte(owner))
	found, err := filepath.Glob(filepath.Join(os.TempDir(), "skalig-letter-"+hex.EncodeToString(sum[:4])+"-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestPrint prints with the real Chromium: tags, language, no script, and nothing
// left behind.
func TestPrint(t *testing.T) {
	owner := t.TempDir()
	p, err := letter.Find(os.Getenv("CHROMIUM"), owner)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	pdf, err := p.Print(ctx, []byte(page))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"%PDF-", "/MarkInfo", "/Marked true", "/StructTreeRoot", "/Lang (sv", "/Type /StructElem"} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("the PDF lacks %s", want)
		}
	}
	if len(pdf) > 100_000 {
		t.Errorf("a page takes %d bytes", len(pdf))
	}
	if left := left(t, owner); len(left) != 0 {
		t.Errorf("%s are left behind", left)
	}
}

// TestPrintIsBounded: what never ends is ended, and leaves nothing behind.
func TestPrintIsBounded(t *testing.T) {
	dir := t.TempDir()
	silent := filepath.Join(t.TempDir(), "silent")
	if err := os.WriteFile(silent, []byte("#!/bin/sh\nsleep 600 &\nwait\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := letter.Find(silent, dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := p.Print(ctx, []byte(page)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	if left := left(t, dir); len(left) != 0 {
		t.Errorf("%s are left behind", left)
	}
}

// TestCrash: a browser that dies, or says something else, is an error and no more.
func TestCrash(t *testing.T) {
	for name, script := range map[string]string{
		"dies":           "exit 3",
		"says nothing":   "exec 4>&-; sleep 0.2",
		"says nonsense":  `printf 'hej\000' >&4; sleep 0.2`,
		"says an error":  `printf '{"id":1,"error":{"code":-32000,"message":"Alva"}}\000' >&4; sleep 0.2`,
		"prints no tags": `for i in 1 2 3 4 5; do printf '{"id":%d,"result":{}}\000' $i; done >&4; printf '{"id":6,"result":{"data":"JVBERi0xLjQ="}}\000' >&4; sleep 0.2`,
	} {
		path := filepath.Join(t.TempDir(), "browser")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		p, err := letter.Find(path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		_, err = p.Print(ctx, []byte(page))
		cancel()
		if err == nil || strings.Contains(err.Error(), "Alva") || name == "prints no tags" && !errors.Is(err, letter.ErrUntagged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFind(t *testing.T) {
	if _, err := letter.Find(filepath.Join(t.TempDir(), "none"), t.TempDir()); !errors.Is(err, letter.ErrNoBrowser) {
		t.Errorf("a browser that is not there: %v", err)
	}
	dir := t.TempDir()
	sum := sha256.Sum256([]byte(dir))
	if err := os.MkdirAll(filepath.Join(os.TempDir(), "skalig-letter-"+hex.EncodeToString(sum[:4])+"-123", "Default"), 0o700); err != nil {
		t.Fatal(err)
	}
	browser := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := letter.Find(browser, dir); err != nil {
		t.Fatal(err)
	}
	if left := left(t, dir); len(left) != 0 {
		t.Errorf("%s are still there", left)
	}
}
