package monitor_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/ledger/sample"
)

// shown is a log whose public records can be asked for.
type shown struct {
	*ledgertest.Memory
	records map[uint64][]byte // receipts, by index
}

func (s shown) Open(_ context.Context, index uint64) ([]byte, error) {
	if file, ok := s.records[index]; ok {
		return file, nil
	}
	return nil, ledger.ErrNotFound
}

// a line is a leaf of the log under test.
type line struct {
	kind         ledger.Kind
	municipality string
	day          string
	record       string // members after the header; empty: a decision, not opened
}

// write makes a log of lines, and opens those with records.
func write(t *testing.T, lines []line) shown {
	t.Helper()
	return writeBy(t, lines, nil)
}

// writeBy writes lines whose leaves name rules, by their index.
func writeBy(t *testing.T, lines []line, rules map[int][32]byte) shown {
	t.Helper()
	b := newBook()
	salt := [32]byte{7}
	texts := map[uint64][]byte{}
	for i, l := range lines {
		b.add(l.kind, l.municipality, func(leaf *ledger.Leaf) {
			leaf.Day, leaf.Rules = l.day, rules[i]
			if l.record == "" {
				return
			}
			text := fmt.Sprintf(`{"schema":"skalig/record/1","kind":"%s","municipality":"%s","number":%d,"day":"%s","engine":"%x","rules":"%x",%s}`,
				l.kind, l.municipality, leaf.Number, l.day, leaf.Engine, leaf.Rules, l.record)
			texts[uint64(i)] = []byte(text)
			leaf.Commitment = ledger.Commit(salt, []byte(text))
		})
	}
	s := shown{logOf(t, b.leaves), map[uint64][]byte{}}
	signed, err := s.ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for index, text := range texts {
		r, err := ledger.NewReceipt(t.Context(), s, signed, index, b.leaves[index], text, salt)
		if err != nil {
			t.Fatal(err)
		}
		s.records[index] = r.Marshal()
	}
	return s
}

func TestPublicRecords(t *testing.T) {
	release := func(day, from string) line {
		return line{ledger.Release, ledger.Service, day, `"from":"` + from + `"`}
	}
	decision := func(municipality, day string) line { return line{ledger.Decision, municipality, day, ""} }
	figures := func(municipality, day, month string, n int) line {
		return line{ledger.Statistics, municipality, day, fmt.Sprintf(`"month":"%s","decisions":%d,"cells":[]`, month, n)}
	}
	sound := []line{
		release("2026-11-20", "2026-11-22"), decision("9999", "2026-11-22"), decision("1280", "2026-11-30"), decision("9999", "2026-11-30"),
		decision("9999", "2026-12-01"), figures("9999", "2026-12-01", "2026-11", 2), figures("1280", "2026-12-01", "2026-11", 1), figures("0884", "2026-12-01", "2026-11", 0),
	}
	with := func(at int, l line) []line {
		out := append([]line(nil), sound...)
		out[at] = l
		return out
	}
	for _, c := range []struct {
		name  string
		lines []line
		want  string
	}{
		{"all in order", sound, ""},
		{"a decision before its release is in force", with(0, release("2026-11-20", "2026-11-25")), "engine-not-in-force 1"},
		{"a release backwards in time", with(0, release("2026-11-22", "2026-11-20")), "release-late 0"},
		{"statistics that leave a decision out", with(5, figures("9999", "2026-12-01", "2026-11", 1)), "statistics-differ 5"},
		{"statistics of one decision too many", with(7, figures("0884", "2026-12-01", "2026-11", 1)), "statistics-differ 7"},
	} {
		r, err := monitor.Poll(t.Context(), write(t, c.lines), vkey, nil, nil)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := list(r); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A sample is what the secret draws that the request sealed, from the tree whose last
// leaf is the request: who draws otherwise, in whichever way, is found.
func TestSamples(t *testing.T) {
	secret := [32]byte{6}
	before := []line{{ledger.Release, ledger.Service, "2026-11-20", `"from":"2026-11-22"`}}
	for i := range 600 {
		before = append(before, line{ledger.Decision, []string{"9999", "1280"}[i%2], "2026-11-22", ""})
	}
	at := uint64(len(before))
	asked := func(count int, sealed [32]byte) line {
		seal := sample.Seal(sealed)
		return line{ledger.Access, "9999", "2026-11-22", fmt.Sprintf(`"what":"asked","auditor":"A","count":%d,"seal":"%x"`, count, seal)}
	}
	revealed := func(municipality string, at uint64, secret [32]byte, root []byte, indexes string) line {
		return line{ledger.Access, municipality, "2026-11-22", fmt.Sprintf(`"what":"revealed","asked":%d,"secret":"%x","root":"%x","indexes":[%s]`, at, secret, root, indexes)}
	}
	// The log up to the request, and what follows from it.
	base := append(before, asked(3, secret))
	signed, err := write(t, base).ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := ledger.OpenCheckpoint(signed, []string{vkey})
	if err != nil {
		t.Fatal(err)
	}
	var candidates []uint64
	for i := uint64(1); i < at; i += 2 {
		candidates = append(candidates, i)
	}
	drawn := sample.Seed{Root: c.Root, Size: at + 1, Secret: secret, Municipality: "9999"}.Draw(3, candidates)
	right := strings.Trim(strings.ReplaceAll(fmt.Sprint(drawn), " ", ","), "[]")
	other := fmt.Sprintf("%d,%d,%d", drawn[0], drawn[1], drawn[2]+2)
	if drawn[2]+2 >= at {
		t.Fatal("the sample ends where the log does")
	}
	for _, x := range []struct {
		name string
		last line
		want string
	}{
		{"as drawn", revealed("9999", at, secret, c.Root[:], right), ""},
		{"another decision", revealed("9999", at, secret, c.Root[:], other), "sample-differs 602"},
		{"one decision fewer", revealed("9999", at, secret, c.Root[:], fmt.Sprintf("%d,%d", drawn[0], drawn[1])), "sample-differs 602"},
		{"another root", revealed("9999", at, secret, make([]byte, 32), right), "sample-differs 602"},
		{"another secret", revealed("9999", at, [32]byte{7}, c.Root[:], right), "sample-differs 602"},
		{"another municipality's request", revealed("1280", at, secret, c.Root[:], right), "sample-differs 602"},
		{"a request that is none", revealed("9999", 0, secret, c.Root[:], right), "sample-differs 602"},
		{"a request after it", revealed("9999", at+5, secret, c.Root[:], right), "sample-differs 602"},
	} {
		r, err := monitor.Poll(t.Context(), write(t, append(base[:len(base):len(base)], x.last)), vkey, nil, nil)
		if err != nil || list(r) != x.want {
			t.Errorf("%s: %v: %q, want %q", x.name, err, list(r), x.want)
		}
	}
}

func list(r *monitor.Result) string {
	var all []string
	for _, f := range r.Faults {
		all = append(all, fmt.Sprintf("%s %d", f.Code, f.Index))
	}
	return strings.Join(all, ", ")
}

// What a monitor keeps of records counts on from poll to poll, through its file.
func TestPublicRecordsAreKept(t *testing.T) {
	lines := []line{{ledger.Release, ledger.Service, "2026-11-20", `"from":"2026-11-22"`}, {ledger.Decision, "9999", "2026-11-22", ""}}
	first, err := monitor.Poll(t.Context(), write(t, lines), vkey, nil, nil)
	if err != nil || !first.Sound() {
		t.Fatalf("%v: %v", err, first)
	}
	text := string(first.State.Marshal())
	for _, want := range []string{fmt.Sprintf("engine %x 2026-11-22\n", engine), "decisions 9999 2026-11 1\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("kept:\n%s", text)
		}
	}
	kept, err := monitor.ParseState([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{2: "", 1: "statistics-differ 3"} {
		grown := append(lines[:2:2], line{ledger.Decision, "9999", "2026-11-23", ""}, line{ledger.Statistics, "9999", "2026-12-01", fmt.Sprintf(`"month":"2026-11","decisions":%d`, n)})
		r, err := monitor.Poll(t.Context(), write(t, grown), vkey, kept, nil)
		if err != nil || list(r) != want {
			t.Errorf("%d decisions told: %v: %q, want %q", n, err, list(r), want)
		}
	}
}

// A record that anyone may read is shown, and is the one that the leaf commits to.
func TestRecordsShown(t *testing.T) {
	lines := []line{{ledger.Release, ledger.Service, "2026-11-20", `"from":"2026-11-22"`}, {ledger.Release, ledger.Service, "2026-11-21", `"from":"2026-11-23"`}}
	for name, c := range map[string]struct {
		change func(shown)
		want   string
	}{
		"not shown":             {func(s shown) { delete(s.records, 0) }, "record-missing 0"},
		"another leaf's":        {func(s shown) { s.records[0] = s.records[1] }, "record-differs 0"},
		"changed":               {func(s shown) { s.records[1] = []byte(strings.Replace(string(s.records[1]), "11-23", "11-24", 1)) }, "record-differs 1"},
		"no receipt but a page": {func(s shown) { s.records[1] = []byte("<html>") }, "record-differs 1"},
	} {
		s := write(t, lines)
		c.change(s)
		r, err := monitor.Poll(t.Context(), s, vkey, nil, nil)
		if err != nil || list(r) != c.want {
			t.Errorf("%s: %v: %q, want %q", name, err, list(r), c.want)
		}
	}
}
