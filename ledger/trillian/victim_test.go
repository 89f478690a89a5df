package trillian_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Set in the process that is to be killed.
const (
	victimDir    = "LEDGER_TEST_VICTIM_DIR"
	victimServer = "LEDGER_TEST_VICTIM_SERVER"
)

// victim appends from where the log ends and says how far it has been told that
// leaves are durable. It only ends by being killed, or when all is appended.
func victim(dir string) {
	ctx := context.Background()
	conn, err := grpc.NewClient(os.Getenv(victimServer), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err == nil {
		err = appendAll(ctx, conn, dir)
	}
	fmt.Fprintln(os.Stderr, "victim ends:", err)
	os.Exit(1)
}

func appendAll(ctx context.Context, conn *grpc.ClientConn, dir string) error {
	log, err := trillian.Open(ctx, conn, dir, trillian.Options{})
	if err != nil {
		return err
	}
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", chain))
	size, err := log.Size(ctx)
	for err == nil && size < chain {
		n := min(1+rand.Uint64N(400), chain-size)
		if err = log.Append(ctx, size, leaves[size:size+n]); err == nil {
			size += n
			fmt.Println(size)
		}
	}
	return err
}

// The process that appends and publishes is killed again and again. What it was told
// is durable is there, once and in its place; what it was appending may be; every
// checkpoint extends the one before.
func TestKillOurselves(t *testing.T) {
	dir := t.TempDir()
	if err := reopen(t, dir).Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", chain))
	var acknowledged, besides uint64
	var before ledger.Checkpoint
	for round := range rounds {
		acknowledged = max(acknowledged, kill(t, dir, time.Duration(20+rand.IntN(200))*time.Millisecond))
		log := reopen(t, dir)
		// What was on its way to the tree may arrive a moment later.
		piece := leaves[acknowledged:min(acknowledged+400, chain)]
		if err := log.Append(t.Context(), acknowledged, piece); err != nil {
			t.Fatal(err)
		}
		size, err := log.Size(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if size != acknowledged+uint64(len(piece)) {
			t.Fatalf("round %d: %d leaves, want %d", round, size, acknowledged+uint64(len(piece)))
		}
		before = ledgertest.Check(t, log, log.Key(), leaves[:size], before)
		if err := log.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		besides += size - acknowledged
		acknowledged = size
	}
	t.Logf("killed %d times: %d leaves, all that was acknowledged", rounds, acknowledged)
	if acknowledged == besides {
		t.Error("nothing was appended")
	}
}

// kill runs a victim for a while after its first acknowledgement and returns the last
// one it gave.
func kill(t *testing.T, dir string, after time.Duration) (told uint64) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), victimDir+"="+dir, victimServer+"="+trilliantest.Conn(t).Target())
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait() // it was killed
	lines := bufio.NewReader(pipe)
	for first := true; ; first = false {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return told
		}
		if err == nil {
			_, err = fmt.Sscanln(line, &told)
		}
		if err != nil {
			t.Fatal(err)
		}
		if first {
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
	}
}
