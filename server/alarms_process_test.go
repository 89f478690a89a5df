package server_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
)

const (
	servedDir  = "SKALIG_SERVED_DIR" // set in a process that only serves
	servedAddr = "SKALIG_SERVED_ADDR"
)

// serveAlone is a whole process that serves, for harm that ends it.
func serveAlone(dir string) int {
	err := server.Run(context.Background(), server.Config{Addr: os.Getenv(servedAddr), Data: dir, Demo: demo.New(), Rate: 100_000, Version: "test", Chromium: "none",
		Clock: func() time.Time { return noon }})
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// apart starts such a process and gives it with its number.
func apart(t *testing.T) (s *site, process int) {
	t.Helper()
	w := &watch{t: t}
	dir, addr := filepath.Join(t.TempDir(), "data"), free(t)
	p := w.alone(dir, addr)
	return &site{url: "http://" + addr, data: dir}, p.Pid()
}

// alone starts such a process and waits until it is ready.
func (w *watch) alone(dir, addr string) *proctest.Process {
	w.t.Helper()
	p, err := proctest.Launch(filepath.Join(w.t.TempDir(), "said"), func(cmd *exec.Cmd) {
		cmd.Env = append(os.Environ(), servedDir+"="+dir, servedAddr+"="+addr)
	}, os.Args[0])
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(p.Kill)
	w.url = "http://" + addr + "/metrics"
	for deadline := time.Now().Add(40 * time.Second); w.scrape() == nil; time.Sleep(20 * time.Millisecond) {
		if p.Ended() || time.Now().After(deadline) {
			w.t.Fatalf("the service does not start: %s", p.Said())
		}
	}
	return p
}

func headMoved(w *watch) string {
	dir, addr := filepath.Join(w.t.TempDir(), "data"), free(w.t)
	p := w.alone(dir, addr)
	w.pass(quiet)
	before := w.at()
	execute(w.t, filepath.Join(dir, "journal.db"), `UPDATE journal_head SET seq = seq + 1`)
	s := &site{url: "http://" + addr, data: dir}
	b := s.browser(w.t)
	if res, err := b.PostForm(s.url+"/prata", url.Values{}); err == nil { // any write will do
		res.Body.Close()
	}
	page := b.choose(b.post("/ansok", url.Values{"facts": {single}}), "alva")
	if m := formKey.FindStringSubmatch(page.body); m != nil {
		if res, err := b.PostForm(s.url+"/ansok/skicka", url.Values{"key": {m[1]}, "attest": {"ja"}}); err == nil {
			res.Body.Close()
		}
	}
	for deadline := time.Now().Add(20 * time.Second); !p.Ended(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("the service goes on with a journal that another process writes to")
		}
	}
	w.pass(12)
	return before
}

func restarts(w *watch) string {
	dir, addr := filepath.Join(w.t.TempDir(), "data"), free(w.t)
	p := w.alone(dir, addr)
	w.pass(quiet)
	before := w.at()
	for range 4 {
		p.Kill()
		p = w.alone(dir, addr)
		w.pass(4)
	}
	return before
}
