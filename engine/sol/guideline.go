package sol

import "github.com/skalig/skalig/engine"

// A Guideline is a municipality's own rules: it fills the holes that the law
// leaves (what a reasonable cost is, how a share is rounded). It is data; a
// municipality is added without touching code.
type Guideline struct {
	Municipality  string
	Name          string
	Board         string // who decides
	Status        GuidelineStatus
	From          engine.Month
	Source        string
	SignedOffBy   string // office that signed it; required when Status is Signed
	Housing       []HousingCap
	Costs         [len(CostKinds)]CostRule // by position in CostKinds
	DayDivisor    string                   // of the closed list DayDivisors; "" = the first
	JointShare    string                   // of the closed list JointShares; "" = the first
	RentShare     string                   // of the closed list RentShares; "" = the first
	PartTimeChild string                   // of the closed list PartTimeChildren; "" = the first
	IncomeMonth   string                   // of the closed list IncomeMonths; "" = the first
	SurplusMonths int                      // an earlier surplus counts for so many months; 0 = no limit stated
}

// A GuidelineStatus says whether a guideline binds anyone.
type GuidelineStatus string

// The statuses.
const (
	Signed  GuidelineStatus = "signed"  // by the municipality, in force
	Example GuidelineStatus = "example" // published figures, not signed for use here
	Empty   GuidelineStatus = "empty"   // no figures known: every limit is a caseworker's
)

// The choices a guideline makes where the law is silent; the first is the default.
var (
	// DayDivisors: a part of a month is days/30, days/30.4 or days/days of the month.
	DayDivisors = []string{"30", "30.4", "calendar"}
	// JointShares: a share of joint costs is kept to the öre or rounded to whole kronor.
	JointShares = []string{"ore", "krona"}
	// RentShares: a community's rent is shared by head, or by room: rooms of one's
	// own wholly, shared rooms and the kitchen by head.
	RentShares = []string{"heads", "rooms"}
	// PartTimeChildren: a child who lives here a part of the month counts as a whole
	// member of the household, for joint costs and limits, or only from half the
	// month's days (rounded down).
	PartTimeChildren = []string{"whole", "half"}
	// IncomeMonths: incomes of the month before count, or of the same month.
	IncomeMonths = []string{"before", "same"}
)

// MonthOfIncomes returns the month whose incomes count for a month.
func (g *Guideline) MonthOfIncomes(m engine.Month) engine.Month {
	if g.IncomeMonth == "same" {
		return m
	}
	return m - 1
}

// A CostRule says what is a reasonable cost of a kind.
type CostRule struct {
	Rule     string     // "" none stated, "actual", "max", "beyondKm"
	Max      engine.Ore // of rule max
	BeyondKm Count      // of rule beyondKm: only travel at least this far
}

// A HousingCap is one row of a municipality's housing limits. A row fits a
// household that meets all its conditions; the first row that fits decides.
type HousingCap struct {
	Label           string
	Adults          Range
	Children        Range
	Rooms           Range
	AllAdultsUnder  int // years; 0 = no condition
	Max             engine.Ore
	PerFurtherChild engine.Ore // added for each child beyond Children.Low
}

// A Range is an inclusive interval; the zero Range has no limits.
type Range struct {
	Low, High int64
	Limited   bool
}

func (r Range) has(n int64) bool {
	return !r.Limited || (r.Low <= n && n <= r.High)
}

// fits says whether a row fits the household; known is false when that depends
// on the number of rooms and it is not given.
func (c *HousingCap) fits(f *Facts, adults, children int64) (fits, known bool) {
	if !c.Adults.has(adults) || !c.Children.has(children) {
		return false, true
	}
	if c.AllAdultsUnder > 0 {
		for i := range f.Persons {
			if p := &f.Persons[i]; p.Adult && p.Age >= c.AllAdultsUnder {
				return false, true
			}
		}
	}
	if c.Rooms.Limited && f.Housing.Rooms == Unknown {
		return false, false
	}
	return c.Rooms.has(int64(f.Housing.Rooms)), true
}

// limit returns the row's limit for the household.
func (c *HousingCap) limit(children int64) engine.Ore {
	limit := c.Max
	if further := children - c.Children.Low; further > 0 {
		limit += c.PerFurtherChild * engine.Ore(further)
	}
	return limit
}
