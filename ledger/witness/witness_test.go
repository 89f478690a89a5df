package witness_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/ledger/witness"
	"github.com/skalig/skalig/ledger/witness/witnesstest"
)

const origin = "log.example.se/skalig"

// setting is a log in files with two witnesses that are real.
type setting struct {
	dir, vkey string
	one, two  *witnesstest.Witness
	policy    string // both
	leaves    [][]byte
	items     []ledgertest.Item
}

func newSetting(t *testing.T) *setting {
	t.Helper()
	s := &setting{dir: t.TempDir(), items: ledgertest.Chain("9999", 700)}
	s.leaves = ledgertest.Leaves(s.items)
	var err error
	if s.vkey, err = tessera.Init(s.dir, origin); err != nil {
		t.Fatal(err)
	}
	s.one, s.two = witnesstest.Start(t, "witness.example/one", s.vkey), witnesstest.Start(t, "witness.example/two", s.vkey)
	s.policy = "log " + s.vkey + "\n" + s.one.Line("one") + s.two.Line("two") + "group both 2 one two\nquorum both\n"
	return s
}

func parse(t *testing.T, policy string) ledger.Policy {
	t.Helper()
	p, err := ledger.ParsePolicy([]byte(policy))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// open opens the log at dir with witnesses that are asked again at once.
func (s *setting) open(t *testing.T, dir string) (*tessera.Log, *witness.Group, error) {
	t.Helper()
	g := witness.New(parse(t, s.policy), witness.Options{Patience: 5 * time.Second, Retry: 50 * time.Millisecond})
	log, err := tessera.Open(t.Context(), dir, tessera.Options{Cosigner: g})
	if err == nil {
		t.Cleanup(func() { log.Close(context.Background()) })
	}
	return log, g, err
}

// published appends up to size and gives the checkpoint.
func (s *setting) published(t *testing.T, log *tessera.Log, size uint64) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	have, err := log.Size(ctx)
	if err == nil && have < size {
		err = log.Append(ctx, have, s.leaves[have:size])
	}
	if err != nil {
		t.Fatal(err)
	}
	signed, err := log.AwaitPublished(ctx, size-1)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func cosigners(t *testing.T, policy string, signed []byte) string {
	t.Helper()
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil {
		t.Fatal(err)
	}
	names, reason := parse(t, policy).Signed(c)
	if reason != "" {
		t.Fatal(reason)
	}
	return strings.Join(names, " ")
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

// Two witnesses cosign; one is killed, and the log goes on without it, which shows;
// it comes back, and what it missed is cosigned.
func TestWitnessesCosign(t *testing.T) {
	s := newSetting(t)
	log, g, err := s.open(t, s.dir)
	if err != nil {
		t.Fatal(err)
	}
	signed := s.published(t, log, 300)
	if names := cosigners(t, s.policy, signed); names != "one two" || !g.Quorum() {
		t.Fatalf("cosigned by %q, quorum %v:\n%s", names, g.Quorum(), signed)
	}
	// A verifier that nobody here wrote reads the same policy and agrees.
	theirs, err := torchwood.ParsePolicy([]byte(s.policy))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := torchwood.VerifyCheckpoint(signed, theirs); err != nil {
		t.Errorf("torchwood: %v", err)
	}

	s.two.Kill()
	signed = s.published(t, log, 400)
	if names := cosigners(t, s.policy, signed); names != "one" || g.Quorum() {
		t.Errorf("one is dead: cosigned by %q, quorum %v", names, g.Quorum())
	}
	if _, _, err := torchwood.VerifyCheckpoint(signed, theirs); err == nil {
		t.Error("torchwood accepts one of two")
	}
	status := g.Status()
	if !status[0].Up || status[1].Up || status[1].Away.IsZero() || status[1].Why == "" || status[1].Size != 300 || status[1].Conflict {
		t.Errorf("the status: %+v", status)
	}
	began := time.Now()
	s.published(t, log, 401)
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("a dead witness held a checkpoint up for %v", took)
	}
	// A receipt from now is refused by the policy, and by none for want of it.
	r, err := ledger.NewReceipt(t.Context(), log, signed, 350, s.items[350].Leaf, s.items[350].Record, s.items[350].Salt)
	if err != nil {
		t.Fatal(err)
	}
	if rep := ledger.VerifyPolicy(r.Marshal(), parse(t, s.policy)); rep.OK || rep.Reason != ledger.QuorumMissing {
		t.Errorf("one of two: %+v", rep)
	}
	any := strings.Replace(s.policy, "group both 2", "group both any", 1)
	if rep := ledger.VerifyPolicy(r.Marshal(), parse(t, any)); !rep.OK || strings.Join(rep.Witnesses, " ") != "one" || !rep.Required {
		t.Errorf("any of two: %+v", rep)
	}
	if rep := ledger.Verify(r.Marshal(), []string{s.vkey}); !rep.OK || rep.Required || rep.Policy {
		t.Errorf("no policy: %+v", rep)
	}

	s.two.Again(t)
	eventually(t, "the witness that came back cosigns the checkpoint in place", func() bool {
		signed, err := log.ReadCheckpoint(t.Context())
		return err == nil && cosigners(t, s.policy, signed) == "one two"
	})
	if status := g.Status(); !status[1].Up || status[1].Size != 401 || !g.Quorum() {
		t.Errorf("the status: %+v", status)
	}
}

// A log that was put back to an earlier day is found out when it is opened, by a
// witness that remembers, though every file of it is in order.
func TestRestoredLogIsFoundOut(t *testing.T) {
	s := newSetting(t)
	log, _, err := s.open(t, s.dir)
	if err != nil {
		t.Fatal(err)
	}
	s.published(t, log, 300)
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	if err := os.CopyFS(backup, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(backup, "key"), 0o600); err != nil {
		t.Fatal(err)
	}
	log, _, err = s.open(t, s.dir)
	if err != nil {
		t.Fatal(err)
	}
	s.published(t, log, 400)

	before, err := os.ReadFile(filepath.Join(backup, "log/checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	old, g, err := s.open(t, backup)
	if !errors.Is(err, witness.ErrConflict) {
		t.Errorf("the log of 300 leaves was opened after 400 were cosigned: %v", err)
		if err == nil {
			old.Close(t.Context())
		}
	}
	if status := g.Status(); !status[0].Conflict {
		t.Errorf("the status: %+v", status)
	}
	if after, err := os.ReadFile(filepath.Join(backup, "log/checkpoint")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("%v: the checkpoint was written", err)
	}
}

// A log that goes on otherwise from the same beginning gets no cosignature, and
// publishes nothing more.
func TestForkIsNotCosigned(t *testing.T) {
	s := newSetting(t)
	log, _, err := s.open(t, s.dir)
	if err != nil {
		t.Fatal(err)
	}
	s.published(t, log, 10)
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	fork := t.TempDir()
	if err := os.CopyFS(fork, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(fork, "key"), 0o600); err != nil {
		t.Fatal(err)
	}
	other, g, err := s.open(t, fork)
	if err != nil {
		t.Fatal(err)
	}
	log, _, err = s.open(t, s.dir)
	if err != nil {
		t.Fatal(err)
	}
	s.published(t, log, 20)

	// The fork has as many leaves, and then more; neither is cosigned.
	mine := ledgertest.Leaves(ledgertest.Chain("1234", 20))
	for _, size := range []int{10, 20} {
		if err := other.Append(t.Context(), uint64(size), mine[size-10:size]); err != nil {
			t.Fatal(err)
		}
		eventually(t, "both witnesses contradict", func() bool {
			s := g.Status()
			return s[0].Conflict && s[1].Conflict
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if signed, err := other.AwaitPublished(ctx, 15); err == nil {
		t.Errorf("the fork was published:\n%s", signed)
	}
}
