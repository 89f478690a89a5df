package population

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

const maxChildren = 5

var (
	adultIDs = [...]string{"p1", "p2"}
	childIDs = [maxChildren]string{"c1", "c2", "c3", "c4", "c5"}
	costIDs  = [...]string{"k1", "k2", "k3", "k4", "k5", "k6", "k7"}
	rowIDs   = [...]string{"i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "i9"}
)

// persons: adults of 18–64, parents of 20–55; one to five children of 0–18, of
// whom those of 18 go to school; no adult does. Of a single parent's children 15 % live there
// half the month.
func (h *Household) persons(d *draw) {
	low, high := 18, 64
	if h.Kind.children() {
		low, high = 20, 55
	}
	for i := range h.Kind.adults() {
		months := min(d.n(0, 47), d.n(0, 47))
		h.facts.Persons = append(h.facts.Persons, sol.Person{ID: adultIDs[i], Adult: true, Age: d.n(low, high),
			Days: sol.Unknown, EarnedThisYear: sol.Unknown, MonthsInRow: sol.Count(months), ActivityConfirmed: d.one(90)})
		if h.facts.Persons[i].Age <= 20 {
			h.facts.Persons[i].School = sol.No
		}
		h.stimulus[i] = -1
		if months >= 6 {
			h.stimulus[i] = engine.Month(d.n(0, months-6))
		}
	}
	if !h.Kind.children() {
		return
	}
	half := h.Kind.adults() == 1 && d.one(15)
	for i := range 1 + d.among(45, 32, 15, 6, 2) {
		h.facts.Persons = append(h.facts.Persons, child(d, childIDs[i], half))
	}
}

func child(d *draw, id string, half bool) sol.Person {
	p := sol.Person{ID: id, Age: d.n(0, 18), Days: sol.Unknown, EarnedThisYear: sol.Unknown, MonthsInRow: sol.Unknown}
	if half {
		p.Days = 15
	}
	switch {
	case p.Age == 0, p.Age < 7 && d.one(20):
		p.Lunch = "home"
	case p.Age < 7:
		p.Lunch = "away"
	case p.Age == 18:
		p.School = sol.Yes
	}
	return p
}

// housing: 85 % rent a flat of their own, the others from somebody; a fifth of
// these, when they live alone, share the household's joint costs with others.
func (h *Household) housing(d *draw) {
	size := len(h.facts.Persons)
	home := &h.facts.Housing
	home.Tenure = sol.Tenures[d.among(85, 8, 7)]
	home.Rooms = sol.Count(min(5, 1+size/2+d.n(0, 1)))
	if home.Tenure != "rent" && size == 1 && d.one(20) {
		home.Community = sol.Count(d.n(2, 5))
	}
}

// costs: a rent that grows with the household, electricity, insurance, fees, and
// travel of one adult in ten.
func (h *Household) costs(d *draw) {
	adults, children := h.Kind.adults(), len(h.facts.Persons)-h.Kind.adults()
	low := 4300 + 900*(adults-1) + 1000*children
	h.cost("rent", d.kronor(low, low+3900+700*children), sol.Unknown)
	if d.one(85) {
		h.cost("electricity", d.kronor(200, 500+100*len(h.facts.Persons)), sol.Unknown)
	}
	if d.one(80) {
		h.cost("homeInsurance", d.kronor(90, 240), sol.Unknown)
	}
	if d.one(35) {
		h.cost("unemploymentFund", d.kronor(120, 180), sol.Unknown)
	}
	if d.one(15) {
		h.cost("unionFee", d.kronor(150, 420), sol.Unknown)
	}
	if d.one(10) {
		h.cost("workTravel", d.kronor(400, 1100), sol.Count(d.n(1, 40)))
	}
}

func (h *Household) cost(kind sol.CostKind, amount engine.Ore, km sol.Count) {
	h.facts.Costs = append(h.facts.Costs, sol.Cost{ID: costIDs[len(h.facts.Costs)], Kind: kind, Amount: amount, Km: km})
}

// incomes: six adults in ten have none of their own; families have child
// benefit, often housing benefit, and single parents often maintenance.
func (h *Household) incomes(d *draw) {
	for _, id := range adultIDs[:h.Kind.adults()] {
		switch d.among(60, 14, 7, 11, 8) {
		case 1:
			h.income("wage", id, d.kronor(1500, 12000))
		case 2:
			h.income("unemploymentBenefit", id, d.kronor(4000, 10000))
		case 3:
			h.income("activityGrant", id, d.kronor(3500, 7500))
		case 4:
			h.income("sicknessBenefit", id, d.kronor(5000, 10500))
		}
	}
	if !h.Kind.children() {
		return
	}
	children := h.facts.Persons[h.Kind.adults():]
	h.benefits(children)
	if d.one(55) {
		h.income("housingBenefit", adultIDs[0], d.kronor(600, 2200+500*len(children)))
	}
	if h.Kind.adults() == 1 && d.one(50) {
		h.income("maintenance", adultIDs[0], engine.Kronor(int64(1700*len(children))))
	}
}

// supplement is flerbarnstillägg in kronor by the number of children.
var supplement = [maxChildren + 1]int64{2: 150, 3: 730, 4: 1740, 5: 2990}

// benefits are 1 250 kronor a child, as child benefit or from 16 years as
// studiehjälp, and flerbarnstillägg; half for children who live here half the
// month.
func (h *Household) benefits(children []sol.Person) {
	var benefit, study int64
	for i := range children {
		if children[i].Age >= 16 {
			study += 1250
		} else {
			benefit += 1250
		}
	}
	part := int64(1)
	if children[0].Days != sol.Unknown {
		part = 2
	}
	for _, row := range [...]struct {
		kind   string
		kronor int64
	}{{"childBenefit", benefit}, {"studentAid", study}, {"childSupplement", supplement[len(children)]}} {
		if row.kronor > 0 {
			h.income(row.kind, adultIDs[0], engine.Kronor(row.kronor)/engine.Ore(part))
		}
	}
}

func (h *Household) income(kind, person string, amount engine.Ore) {
	h.facts.Incomes = append(h.facts.Incomes, sol.Income{ID: rowIDs[len(h.facts.Incomes)], Kind: kind, Person: person, Amount: amount, Source: "declared"})
}
