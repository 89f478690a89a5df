package server_test

import (
	"database/sql"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// small gives a service a disk of its own, of 640 MB.
func (w *watch) small() (at string) {
	at = w.t.TempDir()
	command(w.t, "mount", "-t", "tmpfs", "-o", "size=640M", "tmpfs", at)
	w.t.Cleanup(func() { _ = exec.Command("umount", "-l", at).Run() })
	s := w.of(filepath.Join(at, "data"))
	w.t.Cleanup(s.stop)
	w.pass(quiet)
	return at
}

func diskFull(w *watch) string {
	at := w.small()
	before := w.at()
	command(w.t, "fallocate", "-l", "200M", filepath.Join(at, "something else"))
	w.pass(8)
	return before
}

// noRoom leaves less than the service keeps free, and more than a quarter of it.
func noRoom(w *watch) string {
	at := w.small()
	before := w.at()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(at, &fs); err != nil {
		w.t.Fatal(err)
	}
	command(w.t, "fallocate", "-l", fmt.Sprint(fs.Bavail*uint64(fs.Bsize)-store.Keep/2), filepath.Join(at, "something else"))
	w.pass(8)
	if full := w.value(`skalig_disk_full{job="skalig"}`); full != "1" {
		w.t.Errorf("skalig_disk_full is %s", full)
	}
	return before
}

func formsGone(w *watch) string { return w.formsGone(8, quiet) }

func formsGoneFew(w *watch) string { return w.formsGone(1, 2*quiet) }

// formsGone has a form looked at so many times between two scrapes, and then a while
// without the table that it is in.
func (w *watch) formsGone(times, while int) string {
	s := w.of(w.t.TempDir())
	b := s.as(w.t, "alva")
	look := func() {
		for range times {
			b.get("/ansok")
		}
	}
	w.pass(quiet, look)
	before := w.at()
	execute(w.t, filepath.Join(s.data, "forms.db"), `DROP TABLE forms`)
	w.pass(while, look)
	return before
}

// execute changes a database beside the service that has it open.
func execute(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}
