package account_test

import (
	"testing"

	"github.com/skalig/skalig/server/account"
)

// The first IBAN is the example that the Swedish central bank's clearing publishes for tests.
func TestIBAN(t *testing.T) {
	for s, want := range map[string]bool{
		"SE4550000000058398257466":    true,
		"SE4550000000058398257467":    false,
		"SE4550000000085398257466":    false, // two digits have changed places
		"SE45 5000 0000 0583 9825 74": false,
		"se4550000000058398257466":    false,
		"NO9386011117947":             false, // payments go in Swedish kronor within Sweden
		"":                            false,
	} {
		if got := account.ValidIBAN(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
	for s, want := range map[string]bool{"SWEDSESS": true, "ESSESESSXXX": true, "SWEDSES": false, "swedsess": false, "": false} {
		if got := account.ValidBIC(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
