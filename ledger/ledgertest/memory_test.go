package ledgertest_test

import (
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
)

func TestMemory(t *testing.T) {
	ledgertest.Test(t, func(t testing.TB, _ string) (ledger.Log, string) {
		signer, vkey := ledgertest.Key("log.example.se/skalig")
		log, err := ledgertest.NewMemory(signer)
		if err != nil {
			t.Fatal(err)
		}
		return log, vkey
	})
}
