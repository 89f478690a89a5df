package tessera_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/tessera"
)

const (
	victimDir = "LEDGER_TEST_VICTIM_DIR" // set in the process that is to be killed
	chain     = 60000                    // leaves there are to append
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		victim(dir)
	}
	os.Exit(m.Run())
}

// victim appends from where the log ends and says how far it has been told that
// leaves are durable. It only ends by being killed, or when all is appended.
func victim(dir string) {
	ctx := context.Background()
	log, err := tessera.Open(ctx, dir, tessera.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", chain))
	size, err := log.Size(ctx)
	for err == nil && size < chain {
		n := min(1+rand.Uint64N(40), chain-size)
		if err = log.Append(ctx, size, leaves[size:size+n]); err == nil {
			size += n
			fmt.Println(size)
		}
	}
	fmt.Fprintln(os.Stderr, "victim ends:", err)
	os.Exit(1)
}

// A process that appends is killed again and again. What it was told is durable is
// there, once and in its place; what is there beyond that is what it was appending;
// every checkpoint extends the one before.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	if _, err := tessera.Init(dir, origin); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", chain))
	var acknowledged, unacknowledged uint64
	var before ledger.Checkpoint
	for round := range 10 {
		told := kill(t, self, dir, time.Duration(50+rand.IntN(250))*time.Millisecond)
		acknowledged = max(acknowledged, told)
		log, size := reopen(t, dir)
		if size < acknowledged {
			t.Fatalf("round %d: %d leaves were acknowledged and %d are there", round, acknowledged, size)
		}
		unacknowledged += size - acknowledged
		before = ledgertest.Check(t, log, log.Key(), leaves[:size], before)
		// What may or may not have been appended is appended again, without harm.
		if err := log.Append(t.Context(), acknowledged, leaves[acknowledged:size]); err != nil {
			t.Fatal(err)
		}
		if err := log.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		acknowledged = size
	}
	t.Logf("killed 10 times: %d leaves, all that was acknowledged, %d besides", acknowledged, unacknowledged)
	if acknowledged == 0 {
		t.Error("nothing was appended")
	}
}

// kill runs a victim for a while after its first acknowledgement and returns the
// last one it gave.
func kill(t *testing.T, self, dir string, after time.Duration) (told uint64) {
	t.Helper()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), victimDir+"="+dir)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(pipe)
	for first := true; ; first = false {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanln(line, &told); err != nil {
			t.Fatal(err)
		}
		if first {
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait() // it was killed
	return told
}

func reopen(t *testing.T, dir string) (*tessera.Log, uint64) {
	t.Helper()
	log, err := tessera.Open(t.Context(), dir, tessera.Options{})
	if err != nil {
		t.Fatal(err)
	}
	size, err := log.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return log, size
}
