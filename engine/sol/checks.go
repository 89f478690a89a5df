package sol

import "github.com/skalig/skalig/engine"

// A Check compares a fixed public benefit with what such a household usually
// has. It changes nothing: it is a note to whoever fills in the form.
type Check struct {
	Code     CheckCode
	Stated   engine.Ore
	Expected engine.Ore
}

// A CheckCode is one of the closed list of checks.
type CheckCode string

// Checks lists every CheckCode.
var Checks = []CheckCode{
	"child-benefit",    // barnbidrag, the same for every child under 16
	"child-supplement", // flerbarnstillägg, from the second child on
	"maintenance",      // underhållsstöd for the children of one parent, by age
}

// benefits are the fixed amounts of a calendar year, in kronor a month. Source:
// the Swedish Social Insurance Agency's amounts for the year, seen.
type benefits struct {
	year            int
	childBenefit    int64    // for each child
	childSupplement [4]int64 // for the second, third and fourth child, and for each from the fifth
	maintenance     [3]int64 // under 7, 7 to 14, from 15 years
}

var benefitRows = [...]benefits{
	{year: 2026, childBenefit: 1250, childSupplement: [4]int64{150, 580, 1010, 1250}, maintenance: [3]int64{1673, 1823, 2223}},
}

// supplement is the flerbarnstillägg in all for a number of children.
func (b *benefits) supplement(children int) (kr int64) {
	for child := 2; child <= children; child++ {
		kr += b.childSupplement[min(child, 5)-2]
	}
	return kr
}

// support is the underhållsstöd for a child.
func (b *benefits) support(age int) int64 {
	switch {
	case age < 7:
		return b.maintenance[0]
	case age < 15:
		return b.maintenance[1]
	case age < 18:
		return b.maintenance[2]
	}
	return 0
}

// checks compares what is stated with the fixed amounts of the income month's
// year. Children with two homes are left alone: how their benefits are shared
// is the parents' choice.
func (a *assessment) checks() {
	for i := range benefitRows {
		if b := &benefitRows[i]; b.year == a.guide.MonthOfIncomes(a.facts.Month).Year() {
			a.compare(b)
		}
	}
}

func (a *assessment) compare(b *benefits) {
	children, maintenance := 0, int64(0)
	for i := range a.facts.Persons {
		p := &a.facts.Persons[i]
		switch {
		case p.Adult:
			continue
		case p.Days != Unknown:
			return
		case p.Age < 16:
			children++
		}
		maintenance += b.support(p.Age)
	}
	a.check("child-benefit", "childBenefit", int64(children)*b.childBenefit, children > 0)
	a.check("child-supplement", "childSupplement", b.supplement(children), children > 1)
	a.check("maintenance", "maintenance", maintenance, a.adults == 1 && a.stated("maintenance") > 0)
}

func (a *assessment) check(code CheckCode, kind string, kr int64, usual bool) {
	if stated := a.stated(kind); usual && stated != engine.Kronor(kr) {
		a.result.Checks = append(a.result.Checks, Check{code, stated, engine.Kronor(kr)})
	}
}

func (a *assessment) stated(kind string) (sum engine.Ore) {
	for i := range a.facts.Incomes {
		if a.facts.Incomes[i].Kind == kind {
			sum += a.facts.Incomes[i].Amount
		}
	}
	return sum
}
