package contract_test

import (
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/wasm/contract"
)

// TestBounds: a single adult in 2026 has a norm of 5 220, and the limits of the
// demonstration's municipality are 7 000 for rent and 900 for electricity. A
// single parent of a five-year-old has 3 940 + 2 720 or 3 060 + 1 410.
func TestBounds(t *testing.T) {
	guideline, _ := municipal.File(municipal.Demo)
	ask := func(persons, rows, unknown string) string {
		return string(contract.Call("bounds", []byte(`{"facts":{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999","persons":[`+persons+`]`+rows+
			`},"guideline":`+string(guideline)+`,"unknown":[`+unknown+`]}`)))
	}
	row := func(list, kind, more string) string {
		return `,"` + list + `":[{"id":"x","kind":"` + kind + `","amount":0` + more + `}]`
	}
	one := `{"id":"p1","role":"adult","age":34,"monthsInRow":0}`
	for _, c := range []struct{ name, persons, rows, unknown, want string }{
		{"nothing is unknown", one, ``, ``, `{"lowest":5220,"highest":5220}`},
		{"a rent with a limit", one, row("costs", "rent", ``), `"costs[0]"`, `{"lowest":5220,"highest":12220}`},
		{"a fee without a limit", one, row("costs", "unionFee", ``), `"costs[0]"`, `{"lowest":5220,"open":true}`},
		{"an income", one, row("incomes", "pension", `,"person":"p1"`), `"incomes[0]"`, `{"lowest":0,"highest":5220}`},
		{"a lunch", one + `,{"id":"c1","role":"child","age":5}`, ``, ``, `{"lowest":8070,"highest":8410}`},
		// A wage of 4 000 counts wholly, or three quarters of it.
		{"months in a row", adult, `,"incomes":[{"id":"i1","kind":"wage","person":"p1","amount":4000}]`, ``, `{"lowest":1220,"highest":2220}`},
		// Whoever of 18 goes to school belongs to the household: 3 940 + 4 960 + 1 410. Outside school the proposal leaves the norm of the young one out
		// and the joint costs are of one: 3 940 + 1 280.
		{"school", one + `,{"id":"c1","role":"child","age":18}`, ``, ``, `{"lowest":5220,"highest":10310}`},
	} {
		if got := ask(c.persons, c.rows, c.unknown); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for in, want := range map[string]string{
		`"costs[0]"`: "unknown unknown-choice", `"incomes[0]"`: "unknown unknown-choice", `""`: "unknown unknown-choice",
		`"costs[]"`: "unknown unknown-choice", `"costs[0"`: "unknown unknown-choice", `"costs[999]"`: "unknown unknown-choice", `"costs[-1]"`: "unknown unknown-choice", `1`: "unknown[0] type",
	} {
		if got := first(t, []byte(ask(one, ``, in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{``: " syntax", `{}`: "facts required", `{"unknown":[],"unknown":[]}`: "unknown repeated-field"} {
		if got := first(t, contract.Bounds([]byte(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
