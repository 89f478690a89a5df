package household_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/household"
)

const base = `{"month":"2026-11","persons":[{"id":"p1","role":"adult","age":34},{"id":"c1","role":"child","age":5}],` +
	`"housing":{"tenure":"rent","rooms":2},"costs":[{"kind":"rent","amount":6500},{"kind":"electricity","amount":400}],` +
	`"incomes":[{"kind":"wage","person":"p1","amount":5000},{"kind":"childBenefit","person":"p1","amount":1250}]}`

func facts(t *testing.T, change ...string) *household.Facts {
	t.Helper()
	text := strings.NewReplacer(change...).Replace(base)
	if len(change) > 0 && text == base {
		t.Fatalf("%q is not in the facts", change[0])
	}
	f, err := household.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &f
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		change []string
		want   string
	}{
		"as it was":                    {nil, "[]"},
		"12 per cent more":             {[]string{`"amount":5000`, `"amount":5600`}, "[]"},
		"an öre beyond":                {[]string{`"amount":5000`, `"amount":5600.01`}, "[income-changed.wage.p1 500000→560001]"},
		"12 per cent less":             {[]string{`"amount":5000`, `"amount":4400`}, "[]"},
		"an öre below":                 {[]string{`"amount":5000`, `"amount":4399.99`}, "[income-changed.wage.p1 500000→439999]"},
		"the wage is gone":             {[]string{`{"kind":"wage","person":"p1","amount":5000},`, ``}, "[dropped-income.wage.p1 500000→0]"},
		"another kind":                 {[]string{`"wage"`, `"pension"`}, "[new-income.pension.p1 0→500000 dropped-income.wage.p1 500000→0]"},
		"in two rows, the same":        {[]string{`"amount":5000}`, `"amount":2000},{"kind":"wage","person":"p1","amount":3000}`}, "[]"},
		"another's":                    {[]string{`"wage","person":"p1"`, `"wage","person":"c1"`}, "[new-income.wage.c1 0→500000 dropped-income.wage.p1 500000→0]"},
		"a child more":                 {[]string{`"age":5}`, `"age":5},{"id":"c2","role":"child","age":1}`}, "[household-changed 0→0]"},
		"a child half of the time":     {[]string{`"age":5}`, `"age":5,"days":15}`}, "[household-changed 0→0]"},
		"a year older at once":         {[]string{`"age":5`, `"age":6`}, "[household-changed 0→0]"},
		"a birthday":                   {[]string{`"2026-11"`, `"2026-12"`, `"age":5`, `"age":6`}, "[]"},
		"no birthday":                  {[]string{`"2026-11"`, `"2026-12"`}, "[]"},
		"two birthdays":                {[]string{`"2026-11"`, `"2026-12"`, `"age":5`, `"age":7`}, "[household-changed 0→0]"},
		"younger":                      {[]string{`"2026-11"`, `"2026-12"`, `"age":5`, `"age":4`}, "[household-changed 0→0]"},
		"a year without a birthday":    {[]string{`"2026-11"`, `"2027-11"`, `"age":34`, `"age":35`}, "[household-changed 0→0]"},
		"a year, and both are older":   {[]string{`"2026-11"`, `"2027-11"`, `"age":34`, `"age":35`, `"age":5`, `"age":6`}, "[]"},
		"an adult of another age":      {[]string{`"2026-11"`, `"2026-12"`, `"age":34`, `"age":40`}, "[household-changed 0→0]"},
		"lunch at home":                {[]string{`"age":5`, `"age":5,"lunch":"home"`}, "[household-changed 0→0]"},
		"an adult goes to school":      {[]string{`"age":34`, `"age":34,"school":true`}, "[household-changed 0→0]"},
		"another rent":                 {[]string{`6500`, `6501`}, "[housing-changed.rent 650000→650100]"},
		"moved":                        {[]string{`"rooms":2`, `"rooms":3`}, "[housing-changed.rent 650000→650000]"},
		"electricity 12 per cent more": {[]string{`400`, `448`}, "[]"},
		"more than that":               {[]string{`400`, `448.01`}, "[cost-raised.electricity 40000→44801]"},
		"less electricity":             {[]string{`400`, `4`}, "[]"},
		"a new cost":                   {[]string{`"costs":[`, `"costs":[{"kind":"unionFee","amount":9000},`}, "[new-cost.unionFee 0→900000]"},
	} {
		var got []string
		for _, w := range household.Compare(facts(t), facts(t, c.change...)) {
			got = append(got, fmt.Sprintf("%s %d→%d", w.Key(), w.Before, w.After))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// TestChildrenAsAsked: what a birthday makes moot is no change, and what it asks for is.
func TestChildrenAsAsked(t *testing.T) {
	child := func(month, rest string) *household.Facts {
		f, err := household.Parse([]byte(`{"month":"` + month + `","persons":[{"id":"c1","role":"child",` + rest + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return &f
	}
	for name, c := range map[string]struct {
		was, is string
		same    bool
	}{
		"no lunch from seven years":    {`"age":6,"lunch":"away"`, `"age":7`, true},
		"school is first said at 18":   {`"age":17`, `"age":18,"school":true`, false},
		"school goes on":               {`"age":18,"school":true`, `"age":18,"school":true`, true},
		"school has ended":             {`"age":18,"school":true`, `"age":19,"school":false`, false},
		"school before it is asked of": {`"age":9`, `"age":10,"school":true`, true},
	} {
		if got := len(household.Compare(child("2026-11", c.was), child("2026-12", c.is))) == 0; got != c.same {
			t.Errorf("%s: %v", name, got)
		}
	}
	two := func(first, second string) *household.Facts {
		f, err := household.Parse([]byte(`{"month":"2026-11","persons":[{"id":"p1","role":"adult","age":` + first + `},{"id":"p2","role":"adult","age":` + second + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return &f
	}
	if got := household.Compare(two("30", "40"), two("40", "30")); len(got) > 0 {
		t.Errorf("the other adult applies: %v", got)
	}
}

func TestCaps(t *testing.T) {
	result := `{"trace":{"rule":"result","steps":[{"rule":"costs","steps":[` +
		`{"rule":"cost","branch":"above-limit","subject":"rent","value":6000},{"rule":"cost","branch":"within-limit","subject":"electricity","value":400}]}]}}`
	got, err := household.Caps([]byte(result), facts(t))
	if err != nil || len(got) != 1 || got[0] != (household.Warning{Code: household.CapHit, Kind: "rent", Before: 650000, After: 600000}) {
		t.Errorf("%v: %v", err, got)
	}
	if _, err := household.Caps([]byte(`{"trace":1}`), facts(t)); err == nil {
		t.Error("what is no result was read")
	}
}

func TestBounds(t *testing.T) {
	bounds := func(change func(*household.Bounds)) household.Bounds {
		b := household.Bounds{From: "2026-11", Until: "2027-01", Adults: 1, Children: 1, MaxRent: 650000, Percent: 20, Reason: "r", Name: "n"}
		change(&b)
		return b
	}
	same := func(*household.Bounds) {}
	for name, c := range map[string]struct {
		bounds func(*household.Bounds)
		now    []string
		want   bool
	}{
		"inside":                 {same, nil, true},
		"the last month":         {same, []string{"2026-11", "2027-01"}, true},
		"a month too late":       {same, []string{"2026-11", "2027-02"}, false},
		"a month too early":      {same, []string{"2026-11", "2026-10"}, false},
		"another household":      {same, []string{`,{"id":"c1","role":"child","age":5}`, ``}, false},
		"a rent too high":        {same, []string{`6500`, `6500.01`}, false},
		"20 per cent more":       {same, []string{`"amount":5000`, `"amount":6000`}, true},
		"more than that":         {same, []string{`"amount":5000`, `"amount":6000.01`}, false},
		"a new income":           {same, []string{`"childBenefit"`, `"pension"`}, false},
		"nothing may change":     {func(b *household.Bounds) { b.Percent = 0 }, []string{`"amount":5000`, `"amount":5000.01`}, false},
		"a new cost":             {same, []string{`"costs":[`, `"costs":[{"kind":"unionFee","amount":9000},`}, false},
		"a child of another age": {same, []string{`"age":5`, `"age":15`}, false},
		"a lower rent":           {same, []string{`6500`, `5000`}, true},
		"two adults are bounds":  {func(b *household.Bounds) { b.Adults = 2 }, nil, false},
	} {
		b := bounds(c.bounds)
		if got := b.Inside(facts(t), facts(t, c.now...)); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, change := range map[string]func(*household.Bounds){
		"thirteen months": func(b *household.Bounds) { b.Until = "2027-11" },
		"backwards":       func(b *household.Bounds) { b.Until = "2026-10" },
		"no month":        func(b *household.Bounds) { b.From = "2026-13" },
		"nobody":          func(b *household.Bounds) { b.Adults = 0 },
		"no reason":       func(b *household.Bounds) { b.Reason = "" },
		"no name":         func(b *household.Bounds) { b.Name = "" },
		"101 per cent":    func(b *household.Bounds) { b.Percent = 101 },
	} {
		if b := bounds(change); b.Valid() == nil {
			t.Errorf("%s: valid", name)
		}
	}
	if b := bounds(func(b *household.Bounds) { b.Until = "2027-10" }); b.Valid() != nil {
		t.Errorf("twelve months: %v", b.Valid())
	}
}

// FuzzParse: whatever facts are, they are read or refused, the refusal quotes nothing of
// them, and facts can be compared with themselves: nothing has changed.
func FuzzParse(f *testing.F) {
	f.Add([]byte(base))
	f.Add([]byte(`{"persons":[{"id":"p1","role":"adult","days":null}],"costs":[{"kind":"rent","amount":-0.01}],"incomes":null}`))
	f.Add([]byte(`{"costs":[{"amount":92233720368547758.07}]}`))
	f.Add([]byte(`{"month":"2026-11","month":"2026-12"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, err := household.Parse(text)
		if err != nil {
			if err.Error() != "couldn't read facts" {
				t.Errorf("the refusal says %q", err)
			}
			return
		}
		if facts.Adults()+facts.Children() > len(facts.Persons) {
			t.Errorf("%d adults and %d children are %d persons", facts.Adults(), facts.Children(), len(facts.Persons))
		}
		if found := household.Compare(&facts, &facts); len(found) > 0 {
			t.Errorf("facts differ from themselves: %v", found)
		}
	})
}
