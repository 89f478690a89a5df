package server_test

import (
	"net/url"
	"os"
	"path/filepath"

	"github.com/skalig/skalig/ledger/witness/witnesstest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/publiclog"
)

// witnessed starts a service with a witness that its policy requires.
func (w *watch) witnessed(data string) (*site, *witnesstest.Witness, func(*server.Config)) {
	key, err := publiclog.Create(w.t.Context(), filepath.Join(data, "log"), "log.example.se/skalig", publiclog.Config{})
	if err != nil {
		w.t.Fatal(err)
	}
	one := witnesstest.Start(w.t, "witness.example/one", key)
	file := filepath.Join(w.t.TempDir(), "policy")
	if err := os.WriteFile(file, []byte("log "+key+"\n"+one.Line("one")+"quorum one\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	change := func(c *server.Config) { c.PublicLog.Policy, c.Origin = file, "log.example.se/skalig" }
	return w.of(data, change), one, change
}

func witnessGone(w *watch) string {
	s, one, _ := w.witnessed(w.t.TempDir())
	decided(w.t, s, "alva")
	w.pass(quiet)
	before := w.at()
	one.Kill()
	decided(w.t, s, "bo")
	w.pass(quiet + 60)
	return before
}

func twice(w *watch) string {
	data := filepath.Join(w.t.TempDir(), "data")
	s, _, change := w.witnessed(data)
	decided(w.t, s, "alva")
	s.stop()
	copied := filepath.Join(w.t.TempDir(), "copied")
	command(w.t, "cp", "-a", data, copied)
	s = w.of(data, change)
	w.pass(quiet)
	before := w.at()
	mine := w.url
	other := w.of(copied, change)
	w.url = mine
	decided(w.t, other, "bo")
	b := s.as(w.t, "cleo")
	page := b.post("/ansok", url.Values{"facts": {single}})
	m := formKey.FindStringSubmatch(page.body)
	if m == nil {
		w.t.Fatalf("no form at %s", page.path)
	}
	if res, err := b.PostForm(s.url+"/ansok/skicka", url.Values{"key": {m[1]}, "attest": {"ja"}}); err == nil {
		res.Body.Close()
	}
	w.pass(4)
	return before
}
