package server_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/ledger/witness/witnesstest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demoidp"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/store/storetest"
	"github.com/skalig/skalig/wasm/contract"
)

// The faults that wake somebody, by the pages that each must make fire.
var pageFaults = []struct {
	name  string
	pages []string
	fault func(w *watch) (before string) // when nothing was wrong yet
}{
	{"the journal's head is moved by another process", []string{"SkaligDown"}, headMoved},
	{"the service is killed again and again", []string{"SkaligRestarts"}, restarts},
	{"the disk fills", []string{"SkaligDiskFull"}, diskFull},
	{"a table of the forms is gone", []string{"SkaligErrors", "SkaligErrorsGoOn"}, formsGone},
	{"the log server is killed", []string{"SkaligDecisionWithoutReceipt", "SkaligCheckpointOld"}, logDown},
	{"the log server was away", []string{"SkaligReceiptsBurn", "SkaligReceiptsBurnOn"}, logBack},
	{"an older copy of the folder is put back", []string{"SkaligTreeShrank"}, putBack},
	{"a witness is killed", []string{"SkaligWitnessQuorum"}, witnessGone},
	{"two services go on from one folder", []string{"SkaligWitnessConflict"}, twice},
	{"the native build computes otherwise", []string{"SkaligEngineDiffers"}, engineDiffers},
	{"who holds the keys changes a record", []string{"SkaligReplayMismatch"}, recordChanged},
}

// TestAlarms makes each fault to a real service, and holds what it says of itself
// against the alerts: nobody is woken before, and then by exactly what is wrong.
func TestAlarms(t *testing.T) {
	for _, f := range pageFaults {
		t.Run(f.name, func(t *testing.T) {
			w := &watch{t: t}
			w.fires(f.fault(w), f.pages...)
		})
	}
}

// TestEveryAlarmHasAFault: no alert wakes anybody that no fault has made fire.
func TestEveryAlarmHasAFault(t *testing.T) {
	text, err := os.ReadFile("deploy/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var pages, faults []string
	for _, m := range regexp.MustCompile(`(?s)- alert: (\w+)\n.*?severity: (\w+)`).FindAllStringSubmatch(string(text), -1) {
		if m[2] == "page" {
			pages = append(pages, m[1])
		}
	}
	for _, f := range pageFaults {
		faults = append(faults, f.pages...)
	}
	for _, p := range pages {
		if !slices.Contains(faults, p) {
			t.Errorf("no fault makes %s fire", p)
		}
	}
	for _, f := range faults {
		if !slices.Contains(pages, f) {
			t.Errorf("%s is no page", f)
		}
	}
	if len(pages) < 14 {
		t.Errorf("only %d pages were found", len(pages))
	}
}

// quiet is a while in which nothing is wrong.
const quiet = 20

const (
	servedDir  = "SKALIG_SERVED_DIR" // set in a process that only serves
	servedAddr = "SKALIG_SERVED_ADDR"
)

// serveAlone is a whole process that serves, for harm that ends it.
func serveAlone(dir string) int {
	err := server.Run(context.Background(), server.Config{Addr: os.Getenv(servedAddr), Data: dir, Demo: true, Rate: 100_000, Version: "test", Chromium: "none",
		Clock: func() time.Time { return noon }})
	fmt.Fprintln(os.Stderr, err)
	return 1
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

func diskFull(w *watch) string {
	at := w.t.TempDir()
	command(w.t, "mount", "-t", "tmpfs", "-o", "size=640M", "tmpfs", at)
	w.t.Cleanup(func() { _ = exec.Command("umount", "-l", at).Run() })
	s := w.of(filepath.Join(at, "data"))
	w.t.Cleanup(s.stop)
	w.pass(quiet)
	before := w.at()
	command(w.t, "fallocate", "-l", "200M", filepath.Join(at, "something else"))
	w.pass(8)
	return before
}

func formsGone(w *watch) string {
	s := w.of(w.t.TempDir())
	b := s.as(w.t, "alva")
	look := func() {
		for range 8 {
			b.get("/ansok")
		}
	}
	w.pass(quiet, look)
	before := w.at()
	execute(w.t, filepath.Join(s.data, "forms.db"), `DROP TABLE forms`)
	w.pass(quiet, look)
	return before
}

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

func engineDiffers(w *watch) string {
	var wrong atomic.Bool
	s := w.of(w.t.TempDir(), func(c *server.Config) {
		c.Natively(func(name string, in []byte) []byte {
			out := contract.Call(name, in)
			if wrong.Load() && name == "assess" {
				return bytes.Replace(out, []byte("6720"), []byte("6721"), 1)
			}
			return out
		})
	})
	decided(w.t, s, "alva")
	w.pass(quiet)
	before := w.at()
	wrong.Store(true)
	s.as(w.t, "bo").apply(single, nil)
	w.pass(4)
	if n := w.value(`skalig_decisions_total{mode="automatic",municipality="9999",outcome="granted",job="skalig"}`); n != "1" {
		w.t.Errorf("the machine has made %s decisions", n)
	}
	return before
}

func recordChanged(w *watch) string {
	data := w.t.TempDir()
	s := w.of(data)
	decided(w.t, s, "alva")
	w.pass(quiet)
	before := w.at()
	s.stop()
	storetest.Reseal(w.t, data, "decided", []byte("6720"), []byte("9720"))
	w.of(data)
	for deadline := time.Now().Add(20 * time.Second); w.scrape()[`skalig_replay_decisions_total{result="mismatch",job="skalig"}`] != "1"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("a record that was changed goes unnoticed")
		}
	}
	w.pass(4)
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
