package server_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demoidp"
	"github.com/skalig/skalig/server/publiclog"
)

// extras are more people of the published list of test numbers, so that there are
// enough decisions to speak of a share.
var extras = func() (ids []string) {
	for day := 1; day <= 14; day++ {
		number := fmt.Sprintf("199401%02d238", day)
		sum := 0
		for i, c := range number[2:] {
			n := int(c-'0') * (2 - i%2)
			sum += n/10 + n%10
		}
		id := fmt.Sprintf("extra%d", day)
		demoidp.Persons = append(demoidp.Persons, demoidp.Person{ID: id, Name: "Extra Exempel", Number: fmt.Sprintf("%s%d", number, (10-sum%10)%10), About: "Sökande"})
		ids = append(ids, id)
	}
	return ids
}()

// onTrillian starts a service whose log is in a Trillian of its own.
func (w *watch) onTrillian() (*site, *trilliantest.Cluster) {
	cluster, err := trilliantest.Start()
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(cluster.Stop)
	data, there := w.t.TempDir(), publiclog.Config{Backend: publiclog.Trillian, Address: cluster.Address()}
	if _, err := publiclog.Create(w.t.Context(), filepath.Join(data, "log"), "log.example.se/skalig", there); err != nil {
		w.t.Fatal(err)
	}
	if _, err := trillian.Tree(filepath.Join(data, "log")); err != nil {
		w.t.Fatal(err)
	}
	return w.of(data, func(c *server.Config) { c.PublicLog, c.Origin = there, "log.example.se/skalig" }), cluster
}

// away kills the log server, has many people apply, and lets time pass.
func (w *watch) away() (before string, cluster *trilliantest.Cluster, applied *sync.WaitGroup) {
	s, cluster := w.onTrillian()
	decided(w.t, s, "alva")
	w.pass(quiet)
	before = w.at()
	cluster.Kill(trilliantest.Server)
	applied = &sync.WaitGroup{}
	for _, id := range extras {
		b := s.as(w.t, id)
		page := b.post("/ansok", url.Values{"facts": {single}})
		m := formKey.FindStringSubmatch(page.body)
		if m == nil {
			w.t.Fatalf("no form to send at %s (%d)", page.path, page.code)
		}
		applied.Go(func() { // it waits for a receipt as long as a page may
			res, err := b.PostForm(s.url+"/ansok/skicka", url.Values{"key": {m[1]}, "attest": {"ja"}})
			if err == nil {
				res.Body.Close()
			}
		})
	}
	want := fmt.Sprint(len(extras))
	for deadline := time.Now().Add(30 * time.Second); w.scrape()[`skalig_log_unlogged_decisions{job="skalig"}`] != want; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("the applications are not decided while the log is away")
		}
	}
	w.pass(12)
	return before, cluster, applied
}

func logDown(w *watch) string {
	before, cluster, applied := w.away()
	w.t.Cleanup(func() { w.drain(cluster, applied) }) // a service without its log does not end well
	return before
}

// drain gives the log server back and waits until every leaf has its receipt.
func (w *watch) drain(cluster *trilliantest.Cluster, applied *sync.WaitGroup) {
	if err := cluster.Start(trilliantest.Server); err != nil {
		w.t.Fatal(err)
	}
	for deadline := time.Now().Add(60 * time.Second); w.scrape()[`skalig_log_unlogged_decisions{job="skalig"}`] != "0"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("the backlog does not drain")
		}
	}
	applied.Wait()
}

func logBack(w *watch) string {
	before, cluster, applied := w.away()
	w.drain(cluster, applied)
	w.pass(8)
	return before
}

func putBack(w *watch) string {
	data := filepath.Join(w.t.TempDir(), "data")
	s := w.of(data)
	decided(w.t, s, "alva")
	s.stop()
	older := filepath.Join(w.t.TempDir(), "older")
	command(w.t, "cp", "-a", data, older)
	s = w.of(data)
	decided(w.t, s, "bo")
	decided(w.t, s, "cleo")
	w.pass(quiet)
	before := w.at()
	s.stop()
	w.of(older)
	w.pass(4)
	return before
}
