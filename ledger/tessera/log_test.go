package tessera_test

import (
	"context"
	"errors"

	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/ledgertest/independent"
	"github.com/skalig/skalig/ledger/tessera"
)

const origin = "log.example.se/skalig"

// open opens the log at dir, and creates it if there is none.
func open(t testing.TB, dir string) (ledger.Log, string) {
	t.Helper()
	if _, err := tessera.Init(dir, origin); err != nil && !errors.Is(err, tessera.ErrExists) {
		t.Fatal(err)
	}
	log, err := tessera.Open(context.Background(), dir, tessera.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return log, log.Key()
}

// Programs that nobody here wrote read the log over HTTP, and notice a changed leaf.
func TestIndependentReaders(t *testing.T) {
	log, vkey := open(t, t.TempDir())
	defer log.Close(context.Background())
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", 700))
	if err := log.Append(t.Context(), 0, leaves); err != nil {
		t.Fatal(err)
	}
	if _, err := log.AwaitPublished(t.Context(), 699); err != nil {
		t.Fatal(err)
	}
	independent.Check(t, log, vkey, leaves)
}

func TestLog(t *testing.T) {
	ledgertest.Test(t, open)
	ledgertest.TestDurable(t, open)
}
