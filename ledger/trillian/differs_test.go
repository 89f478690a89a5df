package trillian_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	api "github.com/google/trillian"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

// reopenSoon is reopen while the connection may still believe its server dead.
func reopenSoon(t testing.TB, dir string) *trillian.Log {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		log, err := trillian.Open(context.Background(), trilliantest.Conn(t), dir, trillian.Options{})
		if err == nil {
			return log
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// kept is a closed log of n leaves, and leaves beyond them.
func kept(t *testing.T, c *trilliantest.Cluster, n int) (dir string, leaves [][]byte) {
	t.Helper()
	dir = t.TempDir()
	log := openIn(t, c, dir)
	leaves = ledgertest.Leaves(ledgertest.Chain("9999", n+10))
	if err := errors.Join(log.Append(t.Context(), 0, leaves[:n]), log.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return dir, leaves
}

// behind hands Trillian a leaf behind the log's back, under the identity that the log
// would give it.
func behind(t *testing.T, c *trilliantest.Cluster, dir string, index int, identity, leaf []byte) {
	t.Helper()
	answer, err := api.NewTrillianLogClient(c.Conn).AddSequencedLeaves(t.Context(), &api.AddSequencedLeavesRequest{
		LogId: tree(t, dir), Leaves: []*api.LogLeaf{{LeafIndex: int64(index), LeafIdentityHash: identity, LeafValue: leaf}},
	})
	if err != nil || answer.Results[0].GetStatus().GetCode() != 0 {
		t.Fatal(answer, err)
	}
}

func query(t *testing.T, c *trilliantest.Cluster, format string, args ...any) string {
	t.Helper()
	out, err := c.Query(fmt.Sprintf(format, args...))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A tree that is not the one that was signed, or whose leaves do not give its root, is
// not signed; when it is right again the log goes on.
func TestDifferingTreeIsNotSigned(t *testing.T) { on(t, testDifferingTreeIsNotSigned) }

func testDifferingTreeIsNotSigned(t *testing.T, c *trilliantest.Cluster) {
	dir, leaves := kept(t, c, 300)
	number := tree(t, dir)
	checkpoint := filepath.Join(dir, "log/checkpoint")
	root := "(SELECT max(TreeHeadTimestamp) FROM TreeHead WHERE TreeId=%[1]d) AND TreeId=%[1]d"
	leaf := "TreeId=%[1]d AND LeafIdentityHash=(SELECT LeafIdentityHash FROM SequencedLeafData WHERE TreeId=%[1]d AND SequenceNumber=301)"
	flipRoot, flipLeaf := flip(c, "RootHash"), flip(c, "LeafValue")
	for _, harm := range []struct{ name, spoil, mend string }{
		{"another root at the published size",
			"UPDATE TreeHead SET RootHash=" + flipRoot + " WHERE TreeHeadTimestamp=" + root,
			"UPDATE TreeHead SET RootHash=" + flipRoot + " WHERE TreeHeadTimestamp=" + root},
		{"rolled back to before the published size",
			"UPDATE TreeHead SET TreeSize=299 WHERE TreeHeadTimestamp=" + root,
			"UPDATE TreeHead SET TreeSize=300 WHERE TreeHeadTimestamp=" + root},
	} {
		query(t, c, harm.spoil, number)
		refused(t, c, dir, harm.name)
		query(t, c, harm.mend, number)
	}

	// Two leaves more, one of which changes once the tree has been computed.
	log := openIn(t, c, dir)
	if err := errors.Join(log.Append(t.Context(), 300, leaves[300:301]), log.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	behind(t, c, dir, 301, nil, leaves[301])
	await(t, c, dir, 302)
	query(t, c, "UPDATE LeafData SET LeafValue="+flipLeaf+" WHERE "+leaf, number)
	refused(t, c, dir, "a leaf changed in the database")
	if after, err := os.ReadFile(checkpoint); err != nil || !bytes.Equal(before, after) {
		t.Errorf("a checkpoint was signed: %v", err)
	}
	query(t, c, "UPDATE LeafData SET LeafValue="+flipLeaf+" WHERE "+leaf, number)

	// And while it is open: nothing is published and nothing appended, until it is mended.
	// It looks only when it is woken, not between the append and the change below.
	if log, err = trillian.Open(t.Context(), c.Conn, dir, trillian.Options{FollowEvery: time.Hour}); err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, log.Key(), leaves[:302], ledger.Checkpoint{})
	behind(t, c, dir, 302, nil, leaves[302])
	await(t, c, dir, 303)
	query(t, c, "UPDATE TreeHead SET RootHash="+flipRoot+" WHERE TreeHeadTimestamp="+root, number)
	if err := log.Append(t.Context(), 302, leaves[302:303]); err != nil { // it is there
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := log.Append(t.Context(), 302, leaves[302:303])
		if errors.Is(err, trillian.ErrDiffers) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("appended to a tree that differs: %v", err)
		}
	}
	if c, err := log.ReadCheckpoint(t.Context()); err != nil || !bytes.Contains(c, []byte("\n302\n")) {
		t.Errorf("checkpoint %q, %v", c, err)
	}
	query(t, c, "UPDATE TreeHead SET RootHash="+flipRoot+" WHERE TreeHeadTimestamp="+root, number)
	ledgertest.Check(t, log, log.Key(), leaves[:303], ledger.Checkpoint{})
	if err := errors.Join(log.Append(t.Context(), 303, leaves[303:305]), log.Close(t.Context())); err != nil {
		t.Error(err)
	}
}

// flip is a column with one bit changed, for whoever edits the database.
func flip(c *trilliantest.Cluster, column string) string {
	form := "set_byte(%[1]s, 3, get_byte(%[1]s, 3) # 1)"
	if c.Storage() == trilliantest.MySQL {
		form = "insert(%[1]s, 4, 1, char(ord(substr(%[1]s, 4, 1)) ^ 1))"
	}
	return fmt.Sprintf(form, column)
}

func refused(t *testing.T, c *trilliantest.Cluster, dir, why string) {
	t.Helper()
	log, err := trillian.Open(t.Context(), c.Conn, dir, trillian.Options{})
	if err == nil {
		log.Close(t.Context())
	}
	if !errors.Is(err, trillian.ErrDiffers) {
		t.Errorf("%s: %v, want ErrDiffers", why, err)
	}
}

// await waits until Trillian's tree has that size.
func await(t *testing.T, c *trilliantest.Cluster, dir string, size int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		out := query(t, c, "SELECT TreeSize FROM TreeHead WHERE TreeId=%d ORDER BY TreeHeadTimestamp DESC LIMIT 1", tree(t, dir))
		if out == fmt.Sprint(size) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the tree has size %s, want %d", out, size)
		}
	}
}

// Leaves that an earlier append left in the database while there was no signer are
// this append's, or a fork, as their bytes say.
func TestLeavesThatWaitForTheSigner(t *testing.T) { on(t, testLeavesThatWaitForTheSigner) }

func testLeavesThatWaitForTheSigner(t *testing.T, cluster *trilliantest.Cluster) {
	leaves, others := ledgertest.Leaves(ledgertest.Chain("9999", 20)), ledgertest.Leaves(ledgertest.Chain("1234", 20))
	for _, c := range []struct {
		name string
		left [][]byte
		want error
	}{
		{"the same", leaves[:7], nil},
		{"another", slices.Concat(leaves[:4], others[:3]), ledger.ErrFork},
	} {
		dir := t.TempDir()
		log := openIn(t, cluster, dir)
		cluster.Kill(trilliantest.Signer)
		short, cancel := context.WithTimeout(t.Context(), 2*time.Second) // for the database to have them
		if err := log.Append(short, 0, c.left); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: append without a signer: %v", c.name, err)
		}
		cancel()
		if size, err := log.Size(t.Context()); err != nil || size != 0 {
			t.Errorf("%s: size %d, %v: not acknowledged, and there", c.name, size, err)
		}
		appended := make(chan error, 1)
		go func() { appended <- log.Append(t.Context(), 0, leaves) }()
		time.Sleep(50 * time.Millisecond)
		if err := cluster.Start(trilliantest.Signer); err != nil {
			t.Fatal(err)
		}
		if err := <-appended; !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if c.want == nil {
			ledgertest.Check(t, log, log.Key(), leaves, ledger.Checkpoint{})
		}
		if err := log.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// A leaf that someone put beyond the end waits there. It is noticed when the log
// reaches it.
func TestLeafBeyondTheEnd(t *testing.T) { on(t, testLeafBeyondTheEnd) }

func testLeafBeyondTheEnd(t *testing.T, c *trilliantest.Cluster) {
	dir, leaves := kept(t, c, 3)
	behind(t, c, dir, 8, nil, leaves[12])
	log := openIn(t, c, dir)
	if err := log.Append(t.Context(), 3, leaves[3:6]); err != nil {
		t.Error(err)
	}
	if err := log.Append(t.Context(), 6, leaves[6:12]); !errors.Is(err, ledger.ErrFork) {
		t.Errorf("append over another leaf: %v, want ErrFork", err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// Equal leaves at two indexes are two leaves.
func TestEqualLeaves(t *testing.T) { on(t, testEqualLeaves) }

func testEqualLeaves(t *testing.T, c *trilliantest.Cluster) {
	leaf := ledgertest.Leaves(ledgertest.Chain("9999", 1))[0]
	leaves := [][]byte{leaf, leaf, leaf}
	log := openIn(t, c, t.TempDir())
	for i := range leaves {
		if err := log.Append(t.Context(), uint64(i), leaves[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	ledgertest.Check(t, log, log.Key(), leaves, ledger.Checkpoint{})
	if err := log.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
