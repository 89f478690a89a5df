package site_test

import (
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/contract"
)

// The first page's example is what the engine computes: norm 5 220 + rent 6 000 + electricity and insurance 480 − sickness benefit 7 000 = 4 700.
func TestTheExampleIsRight(t *testing.T) {
	guideline, ok := municipal.File(municipal.Demo)
	if !ok {
		t.Fatal("there is no guideline of the demonstration's municipality")
	}
	answer := string(contract.Assess([]byte(`{"facts":{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999",` +
		`"persons":[{"id":"p1","role":"adult","age":40,"monthsInRow":0}],"housing":{"tenure":"rent","rooms":1},` +
		`"costs":[{"id":"k1","kind":"rent","amount":6000},{"id":"k2","kind":"electricity","amount":350},{"id":"k3","kind":"homeInsurance","amount":130}],` +
		`"incomes":[{"id":"i1","kind":"sicknessBenefit","person":"p1","amount":7000}]},"guideline":` + string(guideline) + `}`)))
	if !strings.Contains(answer, `"outcome":"support","support":4700,`) {
		t.Errorf("the engine answers the example with %.300s", answer)
	}
	page := strings.ReplaceAll(render(t, "start", site.Page{Title: "x", Path: "/"}), "\u00a0", " ")
	for _, amount := range []string{"5 220 kr", "6 000 kr", "480 kr", "7 000 kr", "4 700 kr"} {
		if !strings.Contains(page, amount) {
			t.Errorf("the example lacks %s", amount)
		}
	}
}
