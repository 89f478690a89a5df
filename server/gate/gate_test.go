package gate_test

import (
	"math/bits"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/gate"
)

// TestTable holds the gate to testdata/table.md, row by row.
func TestTable(t *testing.T) {
	text, err := os.ReadFile("testdata/table.md")
	if err != nil {
		t.Fatal(err)
	}
	var header []string
	automatic := 0
	alone := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := cells(line)
		if len(cells) < 3 || strings.HasPrefix(cells[0], "---") {
			continue
		}
		if header == nil {
			header = cells
			continue
		}
		name, answers, want := cells[0], cells[1:len(cells)-1], cells[len(cells)-1]
		got := gate.Check(input(t, header[1:], answers))
		if s := verdict(got); s != want {
			t.Errorf("%s: got %s, want %s", name, s, want)
		}
		if got.Automatic {
			automatic++
		}
		alone[want] = true
	}
	if automatic != 1 {
		t.Errorf("%d rows lead to an automatic decision, want 1", automatic)
	}
	for _, r := range gate.All() {
		if !alone[string(r.Code)] {
			t.Errorf("no row has %s as its only reason", r.Code)
		}
	}
}

// TestPairsAreDescribed: each two conditions that the table breaks together give
// exactly the reasons that each gives alone, and so does any other pair.
func TestPairsAreDescribed(t *testing.T) {
	n := reflect.TypeFor[gate.Input]().NumField()
	code := func(broken ...int) []gate.Code {
		var in gate.Input
		v := reflect.ValueOf(&in).Elem()
		for i := range n {
			v.Field(i).Set(reflect.ValueOf(gate.Yes))
		}
		for _, i := range broken {
			v.Field(i).Set(reflect.ValueOf(gate.No))
		}
		return gate.Check(in).Reasons
	}
	for i := range n {
		for k := i + 1; k < n; k++ {
			if got, want := code(i, k), append(code(i), code(k)...); !slices.Equal(got, want) && !slices.Equal(got, []gate.Code{want[1], want[0]}) {
				t.Errorf("conditions %d and %d: %v, want %v", i, k, got, want)
			}
		}
	}
}

// TestOnlyOneRowGrants walks combinations of yes and anything else: every one with
// at most three answers missing or with at most three given, and many in between.
func TestOnlyOneRowGrants(t *testing.T) {
	n := reflect.TypeFor[gate.Input]().NumField()
	random := rand.New(rand.NewPCG(1, 2))
	for k := range 1<<n + 100_000 {
		mask := k
		if few := min(bits.OnesCount(uint(k)), n-bits.OnesCount(uint(k))); k < 1<<n && few > 3 {
			continue
		} else if k >= 1<<n {
			mask = random.IntN(1 << n)
		}
		var in gate.Input
		v := reflect.ValueOf(&in).Elem()
		for i := range n {
			answer := gate.Yes
			if mask>>i&1 == 1 {
				answer = gate.Answer(mask>>((i+1)%n)&1) * gate.No
			}
			v.Field(i).Set(reflect.ValueOf(answer))
		}
		got := gate.Check(in)
		if got.Automatic != (mask == 0) {
			t.Fatalf("%+v: automatic = %v", in, got.Automatic)
		}
		want := 0
		for i := range n {
			want += mask >> i & 1
		}
		if len(got.Reasons) != want {
			t.Fatalf("%+v: %d reasons, want %d", in, len(got.Reasons), want)
		}
		for _, code := range got.Reasons {
			if code == gate.Undecidable {
				t.Fatalf("%+v: a condition has no reason", in)
			}
		}
	}
}

func TestReasonsAreComplete(t *testing.T) {
	seen := map[gate.Code]bool{}
	for _, r := range gate.All() {
		if seen[r.Code] || r.Text == "" || !strings.HasSuffix(r.Text, ".") || r.Provision == "" {
			t.Errorf("reason %q is repeated or incomplete", r.Code)
		}
		seen[r.Code] = true
		if got, ok := gate.Text(r.Code); !ok || got.Text != r.Text {
			t.Errorf("Text(%q) does not find the reason", r.Code)
		}
	}
	if n := reflect.TypeFor[gate.Input]().NumField(); n != len(seen) {
		t.Errorf("%d conditions and %d reasons", n, len(seen))
	}
	if _, ok := gate.Text(gate.Undecidable); ok {
		t.Error("undecidable is not a reason to give")
	}
}

func cells(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	parts := strings.Split(strings.Trim(line, "|"), "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func input(t *testing.T, names, answers []string) gate.Input {
	t.Helper()
	var in gate.Input
	v := reflect.ValueOf(&in).Elem()
	if len(names)-1 != v.NumField() || len(answers) != v.NumField() {
		t.Fatalf("the table has %d conditions, Input has %d", len(answers), v.NumField())
	}
	for i, a := range answers {
		answer, ok := map[string]gate.Answer{"yes": gate.Yes, "no": gate.No, "-": gate.Unknown}[a]
		if !ok {
			t.Fatalf("answer %q", a)
		}
		v.FieldByName(names[i]).Set(reflect.ValueOf(answer))
	}
	return in
}

func verdict(v gate.Verdict) string {
	if v.Automatic {
		return "automatic"
	}
	codes := make([]string, len(v.Reasons))
	for i, c := range v.Reasons {
		codes[i] = string(c)
	}
	return strings.Join(codes, ", ")
}
