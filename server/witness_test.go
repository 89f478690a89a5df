package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/witness/witnesstest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/server/publiclog"
)

// A service with two witnesses, one of which dies: it goes on deciding, says plainly
// what is missing, and gives a whole receipt when the witness is back.
func TestDecisionsGoOnWithoutAWitness(t *testing.T) {
	data := t.TempDir()
	key, err := publiclog.Create(t.Context(), filepath.Join(data, "log"), "log.example.se/skalig", publiclog.Config{})
	if err != nil {
		t.Fatal(err)
	}
	one, two := witnesstest.Start(t, "witness.example/one", key), witnesstest.Start(t, "witness.example/two", key)
	text := "log " + key + "\n" + one.Line("one") + two.Line("two") + "group both 2 one two\nquorum both\n"
	file := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	policy, err := ledger.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, data, func(c *server.Config) { c.PublicLog.Policy = file })
	if got := fetch(t, s.url+"/log/policy"); got != text {
		t.Errorf("the policy is served as %q", got)
	}
	if page := fetch(t, s.url+"/kvitto"); !strings.Contains(page, `"policy":"log log.example.se/skalig`) {
		t.Error("the page that checks receipts does not demand the witnesses")
	}
	metric := func(want string) bool { return strings.Contains(fetch(t, s.url+"/metrics"), want+"\n") }
	if rep := ledger.VerifyPolicy(decided(t, s, "alva"), policy); !rep.OK || strings.Join(rep.Witnesses, " ") != "one two" {
		t.Errorf("with both witnesses: %+v", rep)
	}
	for _, want := range []string{`skalig_witness_up{witness="one"} 1`, `skalig_witness_up{witness="two"} 1`, `skalig_witness_quorum 1`, `skalig_witness_conflict{witness="two"} 0`} {
		if !metric(want) {
			t.Errorf("the metrics lack %s", want)
		}
	}

	audit := func(want ...string) {
		t.Helper()
		page := fetch(t, s.url+"/audit")
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("/audit lacks %s", w)
			}
		}
	}
	today := time.Now().Format("2006-01-")
	audit("minst 2 av one, two", ">kravet är uppfyllt<", `one</th><td>ja</td><td>`+today, `two</th><td>ja</td><td>`+today, "<td>svarar</td>")

	two.Kill()
	b := s.as(t, "bo")
	page := b.apply(single, nil)
	receipt := func() []byte { return []byte(b.get(page.path + "/kvitto.json").body) }
	lacking := receipt()
	if rep := ledger.VerifyPolicy(lacking, policy); rep.Reason != ledger.QuorumMissing {
		t.Errorf("without one of them: %+v", rep)
	}
	if rep := ledger.Verify(lacking, []string{key}); !rep.OK {
		t.Errorf("the receipt is not one: %+v", rep)
	}
	for _, want := range []string{`skalig_witness_up{witness="one"} 1`, `skalig_witness_up{witness="two"} 0`, `skalig_witness_quorum 0`} {
		if !metric(want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	audit(">kravet är inte uppfyllt<", `one</th><td>ja</td>`, `two</th><td>nej</td><td>`+today, "<td>svarar inte sedan "+today)

	two.Again(t)
	for deadline := time.Now().Add(40 * time.Second); !metric(`skalig_witness_quorum 1`); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the witness that came back does not count")
		}
	}
	whole := receipt()
	if rep := ledger.VerifyPolicy(whole, policy); !rep.OK || strings.Join(rep.Witnesses, " ") != "one two" {
		t.Errorf("the receipt of before, with the witness back: %+v", rep)
	}
	before, err1 := ledger.ParseReceipt(lacking)
	after, err2 := ledger.ParseReceipt(whole)
	if err1 != nil || err2 != nil || string(before.Leaf) != string(after.Leaf) || string(before.Record) != string(after.Record) || before.Salt != after.Salt {
		t.Errorf("%v %v: it is another receipt", err1, err2)
	}
}

// A policy of another log would make every receipt worthless.
func TestPolicyOfAnotherLog(t *testing.T) {
	data := t.TempDir()
	run(t, data).stop()
	file := filepath.Join(t.TempDir(), "policy")
	for text, want := range map[string]string{
		"log log.example.se/skalig+6d081049+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\nquorum none\n": "does not list the log",
		"quorum both\n": "policy-malformed",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := server.Run(t.Context(), server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Clock: func() time.Time { return noon }, PublicLog: publiclog.Config{Policy: file}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
