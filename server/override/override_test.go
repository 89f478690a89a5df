package override_test

import (
	"errors"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/override"
)

const facts = `{"costs":[{"amount":6500,"id":"k1","kind":"rent"}],"incomes":[{"amount":5000,"id":"i1","kind":"wage","month":"2026-10","person":"p1","source":"declared"}],` +
	`"month":"2026-11","persons":[{"age":34,"id":"p1","role":"adult"}]}`

// FuzzApply: whatever a caseworker types, what comes out is JSON, or nothing comes out.
func FuzzApply(f *testing.F) {
	f.Add([]byte(facts), "income-set", "i1", "", "", int64(100), 0)
	f.Add([]byte(facts), "income-add", "", "wage", "p1", int64(1), 0)
	f.Add([]byte(facts), "cost-add", "", "\x00\"", "", int64(1), 0)
	f.Add([]byte(facts), "months", "", "", "p1", int64(0), 7)
	f.Add([]byte(facts), "activity", "", "", "p2", int64(0), 0)
	f.Add([]byte(`{"incomes":[{"id":1},{}],"persons":null}`), "income-drop", "1", "", "", int64(-1), -1)
	f.Fuzz(func(t *testing.T, in []byte, kind, row, income, person string, amount int64, months int) {
		o := override.Override{Type: override.Type(kind), Row: row, Kind: income, Person: person, Amount: household.Ore(amount), Months: months,
			Reason: "Enligt lönebesked", Ground: override.Grounds[0], Name: "Doris Test"}
		out, additions, err := override.Apply(in, "2026-10", []override.Override{o})
		switch {
		case err != nil:
			if out != nil {
				t.Errorf("%v, and facts all the same", err)
			}
		case !jsontext.Value(out).IsValid():
			t.Errorf("what comes out is no JSON: %s", out)
		case (additions != 0) != (o.Type == override.Addition):
			t.Errorf("%d is added by %s", additions, kind)
		}
		if err == nil && o.Valid() != nil {
			t.Error("an override that lacks something was applied")
		}
	})
}

// TestApply changes one row of each kind.
func TestApply(t *testing.T) {
	o := override.Override{Type: override.IncomeSet, Row: "i1", Amount: 480000, Reason: "Enligt lönebesked", Ground: override.Grounds[0], Name: "Doris Test"}
	out, _, err := override.Apply([]byte(facts), "2026-10", []override.Override{o})
	want := `{"costs":[{"amount":6500,"id":"k1","kind":"rent"}],"incomes":[{"amount":4800,"id":"i1","kind":"wage","month":"2026-10","person":"p1","source":"caseworker"}],` +
		`"month":"2026-11","persons":[{"age":34,"id":"p1","role":"adult"}]}`
	if err != nil || string(out) != want {
		t.Errorf("%v: %s", err, out)
	}
	o.Row = "i2"
	if _, _, err := override.Apply([]byte(facts), "2026-10", []override.Override{o}); !errors.Is(err, override.ErrRow) {
		t.Errorf("a row that is not there: %v", err)
	}
}
