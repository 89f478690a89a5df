package ledger_test

import (
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
)

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// leafText is the example's leaf with one field put in another way.
func leafText(field, value string) string {
	lines := []string{
		"skalig/leaf/1",
		"kind decision",
		"municipality 9999",
		"number 1",
		"engine ed9f6f25068608efd412958da4dfc19328ca3511251fa6d5f9c42baf230e32f8",
		"rules 6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0",
		"prev 51b5175c65f864c72d711baec7cc6c6a126a2be457a2e8e89983934b4f68ebf1",
		"day 2026-11-22",
		"commitment b2243dcf0ca1a025731cabbf8cc9a5b6b04292c0c74db99eee31388a1ca89197",
	}
	for i, line := range lines {
		if name, _, _ := strings.Cut(line, " "); name == field {
			lines[i] = value
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// A leafCase is a text, and why it is no leaf.
type leafCase struct {
	name, text string
	want       ledger.Reason
}

func leafCases() []leafCase {
	return []leafCase{
		{"as specified", leafText("", ""), ""},
		{"erasure", leafText("kind", "kind erasure"), ""},
		{"leap day", leafText("day", "day 2028-02-29"), ""},
		{"leap day of a century", leafText("day", "day 2400-02-29"), ""},
		{"largest number", leafText("number", "number 9007199254740991"), ""},

		{"empty", "", ledger.LeafMalformed},
		{"next version", leafText("skalig/leaf/1", "skalig/leaf/2"), ledger.LeafVersion},
		{"something else", leafText("skalig/leaf/1", "skalig"), ledger.LeafMalformed},
		{"unknown kind", leafText("kind", "kind payment"), ledger.LeafMalformed},
		{"municipality of three digits", leafText("municipality", "municipality 999"), ledger.LeafMalformed},
		{"municipality with a letter", leafText("municipality", "municipality 99a9"), ledger.LeafMalformed},
		{"leading zero", leafText("number", "number 01"), ledger.LeafMalformed},
		{"negative", leafText("number", "number -1"), ledger.LeafMalformed},
		{"number above 2⁵³-1", leafText("number", "number 9007199254740992"), ledger.LeafMalformed},
		{"number above 2⁶⁴", leafText("number", "number 18446744073709551617"), ledger.LeafMalformed},
		{"number 0 that names a leaf before it", leafText("number", "number 0"), ledger.LeafMalformed},
		{"number 1 that names none", leafText("prev", "prev "+zeros), ledger.LeafMalformed},
		{"upper case digest", leafText("engine", "engine "+strings.Repeat("A", 64)), ledger.LeafMalformed},
		{"short digest", leafText("rules", "rules "+strings.Repeat("a", 62)), ledger.LeafMalformed},
		{"long digest", leafText("rules", "rules "+strings.Repeat("a", 66)), ledger.LeafMalformed},
		{"29 February of no leap year", leafText("day", "day 2026-02-29"), ledger.LeafMalformed},
		{"29 February of a century", leafText("day", "day 2100-02-29"), ledger.LeafMalformed},
		{"31 November", leafText("day", "day 2026-11-31"), ledger.LeafMalformed},
		{"month 13", leafText("day", "day 2026-13-01"), ledger.LeafMalformed},
		{"day 0", leafText("day", "day 2026-11-00"), ledger.LeafMalformed},
		{"a time", leafText("day", "day 2026-11-22T10:00"), ledger.LeafMalformed},
		{"field missing", leafText("day", "commitment "+zeros), ledger.LeafMalformed},
		{"field twice", leafText("day", "day 2026-11-22\nday 2026-11-22"), ledger.LeafMalformed},
		{"unknown field", leafText("day", "day 2026-11-22\namount 5220"), ledger.LeafMalformed},
		{"two spaces", leafText("kind", "kind  decision"), ledger.LeafMalformed},
		{"carriage return", leafText("kind", "kind decision\r"), ledger.LeafMalformed},
		{"empty last line", leafText("", "") + "\n", ledger.LeafMalformed},
		{"last line not ended", strings.TrimSuffix(leafText("", ""), "\n"), ledger.LeafMalformed},
		{"too long", leafText("", "") + strings.Repeat("\n", ledger.MaxLeaf), ledger.LeafMalformed},
	}
}

func TestParseLeaf(t *testing.T) {
	for _, c := range leafCases() {
		l, err := ledger.ParseLeaf([]byte(c.text))
		if c.want != "" {
			if err != c.want {
				t.Errorf("%s: error %v, want %v", c.name, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := string(l.Marshal()); got != c.text {
			t.Errorf("%s: written again as\n%s\nwant\n%s", c.name, got, c.text)
		}
	}
}
