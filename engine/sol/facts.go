package sol

import "github.com/skalig/skalig/engine"

// Facts are the circumstances of one household in one month.
type Facts struct {
	Month          engine.Month // the month support is asked for
	Municipality   string       // four digits; "" when not said
	Persons        []Person
	Housing        Housing
	Costs          []Cost
	Incomes        []Income
	Assets         engine.Ore   // can be used now
	EarlierSurplus engine.Ore   // of earlier months, not yet deducted
	SurplusMonth   engine.Month // the month it arose; 0 when not given
	Circumstances  []string     // of the closed list Circumstances
}

// A Count is a number that may be unknown.
type Count int64

// Unknown is the Count that was not given.
const Unknown Count = -1

// Never is the JobbstimulansFrom of who has not had it; "never" in JSON.
const Never engine.Month = -1

// An Answer is yes, no or not given.
type Answer int8

// The answers.
const (
	NotSaid Answer = iota
	Yes
	No
)

// A Person is a member of the household. Two adults are a couple who live
// together.
type Person struct {
	ID    string // names the person in this household only: a–z, 0–9, at most 8
	Adult bool
	Age   int // whole years at the end of the month that support is asked for

	School Answer // grundskola, gymnasium or the like; asked for from 18 to 20 years

	// of a child
	Lunch          string // "home", "away" (five days a week) or ""; asked for below seven years
	Days           Count  // days of the month in this home; Unknown = all
	EarnedThisYear Count  // öre earned by own work in the income month's calendar year, that month included

	// of an adult
	MonthsInRow       Count        // months in a row with försörjningsstöd just before this month
	JobbstimulansFrom engine.Month // first month of the last two years with jobbstimulans; Never; 0 when not given
	ActivityConfirmed bool         // a caseworker has confirmed that the activity duty is met
}

// Housing is where the household lives.
type Housing struct {
	Tenure      string // of the closed list Tenures; "" when not said
	Rooms       Count
	Community   Count // members of the household community, this household included; Unknown = none
	OwnRooms    Count // of Rooms, those that only this household uses
	SharedRooms Count // of Rooms, those that all in the community use
}

// noHousing is housing of which nothing is said.
var noHousing = Housing{Rooms: Unknown, Community: Unknown, OwnRooms: Unknown, SharedRooms: Unknown}

// A Cost is one cost that is applied for.
type Cost struct {
	ID     string
	Kind   CostKind
	Amount engine.Ore // per month
	Km     Count      // one way to work, of work travel
	Whole  bool       // the amount is the whole community's rent, to be shared
}

// An Income is one income of the month before.
type Income struct {
	ID     string
	Kind   string // of the closed list IncomeKinds
	Person string
	Amount engine.Ore // after tax
	Month  engine.Month
	Source string // of the closed list Sources
}

// The closed lists of facts.
var (
	Tenures = []string{"rent", "sublet", "lodger", "own", "homeless"}

	// IncomeKinds in the order they are shown.
	IncomeKinds = []string{"wage", "unemploymentBenefit", "activityGrant", "sicknessBenefit", "parentalBenefit",
		"pension", "childBenefit", "childSupplement", "housingBenefit", "maintenance", "studentAid", "taxRefund", "other",
		"grant", "disabilityCosts", "studySupplement"}

	Sources = []string{"declared", "register", "caseworker"}

	// Circumstances that a person must judge.
	Circumstances = []string{"selfEmployed", "property", "disputed", "specialReasons", "beyondRight", "labourMarket"}
)

// A CostKind is one of the costs beside the norm.
type CostKind string

// CostKinds in the order they are shown. The first six are those that
// försörjningsstöd covers (socialtjänstlagen 12 kap. 7 § first paragraph 2); the
// others are livsföring i övrigt, other costs of living (12 kap. 1 §).
var CostKinds = [...]CostKind{"rent", "electricity", "homeInsurance", "unemploymentFund", "unionFee", "workTravel",
	"broadband", "medicine", "healthCare", "dental", "childCare"}

// otherFrom is the place in CostKinds where livsföring i övrigt begins.
const otherFrom = 6

// limits of a household in facts
const (
	maxAdults   = 2
	maxChildren = 50
	maxRows     = 500
	maxPupil    = 20 // years, of who may belong to the parents' household
)

// adults and children count the household's members; whether a child who lives
// here a part of the month is one, the guideline says.
func (f *Facts) adults() (n int64) {
	for i := range f.Persons {
		if f.Persons[i].Adult {
			n++
		}
	}
	return n
}

func (f *Facts) children(g *Guideline) (n int64) {
	for i := range f.Persons {
		p := &f.Persons[i]
		away := g.PartTimeChild == "half" && p.Days != Unknown && int(p.Days) < f.Month.Days()/2
		if !p.Adult && !p.outside() && !away {
			n++
		}
	}
	return n
}

// outside says whether a child of 18–20 years is a household of its own: neither
// its needs nor its means are this household's.
func (p *Person) outside() bool { return !p.Adult && p.Age >= 18 && p.School == No }

func (f *Facts) person(id string) int {
	for i := range f.Persons {
		if f.Persons[i].ID == id {
			return i
		}
	}
	return -1
}

// wages are what a person has from employment.
func (f *Facts) wages(id string) (sum engine.Ore) {
	for i := range f.Incomes {
		if in := &f.Incomes[i]; in.Kind == "wage" && in.Person == id {
			sum += in.Amount
		}
	}
	return sum
}

// HasAdult says whether an adult of the household has the id.
func (f *Facts) HasAdult(id string) bool {
	i := f.person(id)
	return i >= 0 && f.Persons[i].Adult
}

// Fit says of each income that has no month which month it is of, and returns
// what in the facts does not fit the guideline. Facts must fit before they are
// assessed. Paths begin with "facts".
func (f *Facts) Fit(g *Guideline) []engine.Problem {
	v := validation{f: f}
	if f.Municipality != "" && g.Municipality != "" && f.Municipality != g.Municipality {
		v.fail("municipality", "guideline-municipality", g.Municipality)
	}
	if g.From > f.Month {
		v.fail("month", "guideline-later", g.From.String())
	}
	for i := range f.Incomes {
		switch in := &f.Incomes[i]; in.Month {
		case 0:
			in.Month = g.MonthOfIncomes(f.Month)
		case g.MonthOfIncomes(f.Month):
		default:
			v.fail(indexed("incomes", i)+".month", "income-month", g.MonthOfIncomes(f.Month).String())
		}
	}
	return v.problems
}
