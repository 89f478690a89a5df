package trillian_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

const origin = "log.example.se/skalig"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		victim(dir)
	}
	os.Exit(trilliantest.Run(m))
}

// open opens the log at dir, and creates it if there is none.
func open(t testing.TB, dir string) (ledger.Log, string) {
	t.Helper()
	log := reopen(t, dir)
	return log, log.Key()
}

func reopen(t testing.TB, dir string) *trillian.Log {
	t.Helper()
	conn := trilliantest.Conn(t)
	switch _, err := trillian.Init(context.Background(), conn, dir, origin); {
	case err == nil:
		trilliantest.Retire(t, tree(t, dir))
	case !errors.Is(err, trillian.ErrExists):
		t.Fatal(err)
	}
	log, err := trillian.Open(context.Background(), conn, dir, trillian.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// tree is the number of the tree of the log at dir.
func tree(t testing.TB, dir string) int64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "tree"))
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func TestLog(t *testing.T) {
	ledgertest.Test(t, open)
	ledgertest.TestDurable(t, open)
}
