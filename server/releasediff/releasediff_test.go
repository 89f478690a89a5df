package releasediff_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/engine/sol/population"
	"github.com/skalig/skalig/server/releasediff"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
)

// raised is the native engine with the norm of 2026 in which a single adult's
// costs are 4 040 and not 3 940.
type raised struct{}

func (raised) Call(_ context.Context, name string, in []byte) ([]byte, error) {
	if name == "parameters" {
		old, text := []byte(`"name":"riksnorm.adult.single","value":3940,"unit":"kr/month","from":"2026-01"`), contract.Parameters(nil)
		if !bytes.Contains(text, old) {
			panic("the figure is not in the parameters")
		}
		return bytes.Replace(text, old, bytes.Replace(old, []byte("3940"), []byte("4040"), 1), 1), nil
	}
	r := engine.NewReader(in, "")
	var f *sol.Facts
	var g *sol.Guideline
	r.Object([]string{"facts", "guideline"}, func(i int) {
		if i == 0 {
			f = sol.ReadFacts(r)
		} else {
			g = sol.ReadGuideline(r)
		}
	})
	norm := sol.Norm{Year: 2026, Status: "S", Single: 4040, Couple: 7100, Children: [8]int64{2740, 3060, 2720, 3060, 3820, 4390, 4960, 5000},
		LunchAway: [4]int64{2560, 2800, 2500, 2720}, Joint: [7]int64{1280, 1410, 1790, 2030, 2330, 2640, 2830}, Prisbasbelopp: 59200}
	t := &engine.Trace{}
	res := sol.AssessDraft(f, g, t, &norm)
	var w engine.Writer
	w.Open('{')
	w.Key("facts")
	f.Write(&w)
	w.Key("result")
	res.Write(&w, t)
	w.Close('}')
	return w.Bytes(), nil
}

// TestBetween: the released artefact against one with 100 kronor more for a single
// adult. Households of one adult gain at most that, those of two gain nothing, and
// nobody loses.
func TestBetween(t *testing.T) {
	module, ok := wasm.Engine(wasm.Current().EngineSHA256)
	if !ok {
		t.Fatal("this build holds no engine")
	}
	artefact, err := host.Open(t.Context(), module)
	if err != nil {
		t.Fatal(err)
	}
	defer artefact.Close(t.Context())
	guideline, _ := municipal.File(municipal.Demo)
	month, _ := engine.ParseMonth("2026-09")
	d, err := releasediff.Between(t.Context(), artefact, raised{}, month, municipal.Demo, guideline)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Figures) != 1 || d.Figures[0] != (releasediff.Figure{Name: "riksnorm.adult.single", Unit: "kr/month", From: "2026-01", Before: "3940", After: "4040"}) {
		t.Errorf("the figures: %+v", d.Figures)
	}
	if d.Sum.Households != releasediff.Households || d.Sum.Less != 0 || d.Sum.Unknown > d.Sum.Households/10 {
		t.Errorf("all: %+v", d.Sum)
	}
	for kind, g := range d.Groups {
		couple := population.Kind(kind) == population.Couple || population.Kind(kind) == population.CoupleChildren
		switch {
		case couple && g.More != 0:
			t.Errorf("%s: %+v", g.Name, g.Tally)
		case !couple && (g.More < g.Households*3/4 || g.Gain > engine.Kronor(int64(100*g.More)) || g.Gain < engine.Kronor(int64(95*g.More))):
			t.Errorf("%s: %+v", g.Name, g.Tally)
		}
	}
	same, err := releasediff.Between(t.Context(), artefact, artefact, month, municipal.Demo, guideline)
	if err != nil || len(same.Figures) != 0 || same.Sum.More != 0 || same.Sum.Less != 0 || same.Sum.A != same.Sum.B || same.Sum.A == 0 {
		t.Errorf("an engine against itself: %v %+v", err, same)
	}
}
