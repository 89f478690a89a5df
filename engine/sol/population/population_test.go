package population_test

import (
	"reflect"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/engine/sol/population"
)

var months = []engine.Month{engine.MonthOf(2023, 2), engine.MonthOf(2025, 11), engine.MonthOf(2026, 2), engine.MonthOf(2026, 11)}

func people(households int) *population.Population {
	p := &population.Population{Seed: 1, Households: households}
	for _, e := range municipal.List() {
		p.Municipalities = append(p.Municipalities, e.Code)
	}
	return p
}

// rules are those that are kept for a month.
func rules(t testing.TB, m engine.Month) population.Rules {
	t.Helper()
	r := population.Rules{Month: m, Guidelines: map[string]*sol.Guideline{}}
	for _, e := range municipal.List() {
		if e, ok := municipal.For(e.Code, m); ok {
			in := engine.NewReader(e.Bytes, "guideline")
			r.Guidelines[e.Code] = sol.ReadGuideline(in)
			if p := in.Problems(); len(p) > 0 {
				t.Fatal(p)
			}
		}
	}
	return r
}

// TestSharesAreThoseOfTheStatistics holds the kinds to the published shares of
// 172 958 households in 2021, within a household and the rounding of the shares.
func TestSharesAreThoseOfTheStatistics(t *testing.T) {
	p := people(10_010)
	var h population.Household
	count := map[population.Kind]int{}
	cross := map[[2]int]int{}
	for i := range p.Households {
		p.Fill(i, &h)
		count[h.Kind]++
		cross[[2]int{int(h.Kind), h.Municipality}]++
	}
	for kind, want := range map[population.Kind]int{
		population.SingleMan: 4220, population.SingleWoman: 2480, population.SingleWomanChildren: 1550,
		population.CoupleChildren: 1150, population.Couple: 320, population.SingleManChildren: 290,
	} {
		if count[kind] != want {
			t.Errorf("%s: %d of 10 010, want %d", population.Kinds[kind].Name, count[kind], want)
		}
		for m := range p.Municipalities {
			if n := cross[[2]int{int(kind), m}]; n != want/10 {
				t.Errorf("%s: %d in %s, want %d", population.Kinds[kind].Name, n, p.Municipalities[m], want/10)
			}
		}
	}
}

// TestHouseholdsAreValidAndComplete: in every month each household can be
// assessed without a question, and is what its kind says.
func TestHouseholdsAreValidAndComplete(t *testing.T) {
	p := people(4000)
	var h population.Household
	kept := map[engine.Month]population.Rules{}
	for _, m := range months {
		kept[m] = rules(t, m)
	}
	for i := range p.Households {
		p.Fill(i, &h)
		for _, m := range months {
			f := h.At(m)
			if problems := f.Validate(); len(problems) > 0 {
				t.Fatalf("household %d in %s: %v", i, m, problems)
			}
			g := kept[m].Guidelines[f.Municipality]
			if r := sol.Assess(f, g, nil); !r.Computed() || len(r.Questions) > 0 {
				t.Fatalf("household %d in %s: %+v", i, m, r)
			}
		}
		adults, children := 0, 0
		for _, person := range h.At(months[0]).Persons {
			if person.Adult {
				adults++
			} else {
				children++
			}
		}
		couple := h.Kind == population.Couple || h.Kind == population.CoupleChildren
		childless := h.Kind == population.SingleMan || h.Kind == population.SingleWoman || h.Kind == population.Couple
		if couple != (adults == 2) || childless != (children == 0) {
			t.Fatalf("household %d is of the kind %s and has %d adults and %d children", i, population.Kinds[h.Kind].Name, adults, children)
		}
	}
}

// TestOrderIsIrrelevant: a household is the same whichever was made before it,
// and parts add up to the whole.
func TestOrderIsIrrelevant(t *testing.T) {
	p := people(999)
	var fresh, used population.Household
	p.Fill(998, &used)
	p.Fill(7, &used)
	p.Fill(7, &fresh)
	if a, b := text(&used), text(&fresh); a != b {
		t.Errorf("%s, alone %s", a, b)
	}
	a, b := rules(t, months[1]), rules(t, months[3])
	whole, parts := p.Compare(0, 999, a, b), p.Compare(500, 999, a, b)
	parts.Add(p.Compare(0, 500, a, b))
	if !reflect.DeepEqual(whole, parts) {
		t.Errorf("%+v, in parts %+v", whole, parts)
	}
	other := *p
	other.Seed = 2
	if reflect.DeepEqual(whole, other.Compare(0, 999, a, b)) {
		t.Error("another seed gives the same households")
	}
}

func text(h *population.Household) string {
	var w engine.Writer
	h.At(months[3]).Write(&w)
	return string(w.Bytes())
}

// TestANormThatRisesByARow: from 2025 to 2026 the riksnorm of a single adult
// rises by 30 + 10 kronor (3 910 → 3 940 and joint costs 1 270 → 1 280). A single
// adult who has support both years, a guideline that is the same and no share of
// a community has exactly 40 kronor more; nobody has less.
func TestANormThatRisesByARow(t *testing.T) {
	p := people(2000)
	p.Municipalities = []string{"1280"}
	var h population.Household
	a, b := rules(t, months[1]), rules(t, months[3])
	seen := 0
	for i := range p.Households {
		p.Fill(i, &h)
		x, y := sol.Assess(h.At(a.Month), a.Guidelines["1280"], nil), sol.Assess(h.At(b.Month), b.Guidelines["1280"], nil)
		if single := h.Kind == population.SingleMan || h.Kind == population.SingleWoman; !single || h.At(b.Month).Housing.Community != sol.Unknown || x.Support == 0 {
			continue
		}
		seen++
		if y.Support-x.Support != engine.Kronor(40) {
			t.Errorf("household %d: %d → %d öre", i, x.Support, y.Support)
		}
	}
	table := p.Compare(0, 2000, a, b)
	if sum := table.Sum(); seen < 900 || sum.Less != 0 || sum.Unknown != 0 || sum.B-sum.A != sum.Gain || sum.Households != 2000 {
		t.Errorf("%d single adults; %+v", seen, sum)
	}
}

// TestMeanSupportIsNearTheStatistics: 10 700 kronor a month in 2024. The
// households are chosen, so the margin is wide.
func TestMeanSupportIsNearTheStatistics(t *testing.T) {
	p := people(20_000)
	r := rules(t, engine.MonthOf(2024, 6))
	sum := p.Compare(0, p.Households, r, r).Sum()
	mean := sum.A / engine.Ore(sum.Households)
	t.Logf("mean support %s kronor", engine.AppendKronor(nil, mean))
	if mean < engine.Kronor(9700) || mean > engine.Kronor(11700) {
		t.Errorf("the mean support is %s kronor", engine.AppendKronor(nil, mean))
	}
	if sum.More+sum.Less != 0 || sum.A != sum.B {
		t.Errorf("the same rules differ: %+v", sum)
	}
}

// BenchmarkCompare makes a thousand households and assesses each twice.
func BenchmarkCompare(b *testing.B) {
	p := people(1000)
	x, y := rules(b, months[1]), rules(b, months[3])
	b.ReportAllocs()
	for b.Loop() {
		p.Compare(0, p.Households, x, y)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*p.Households), "ns/household")
}
