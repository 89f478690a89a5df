package household

import "errors"

// Bounds are what a caseworker has set for a household.
type Bounds struct {
	From     string `json:"from"`     // first month
	Until    string `json:"until"`    // last month
	Adults   int    `json:"adults"`   // who belongs to the household
	Children int    `json:"children"` //
	MaxRent  Ore    `json:"maxRent"`  // the highest rent
	Percent  int64  `json:"percent"`  // by which an income may change
	Reason   string `json:"reason"`
	Name     string `json:"name"` // of the caseworker
}

// MaxMonths is how long bounds may hold before someone looks again.
const MaxMonths = 12

// Valid says what is wrong with bounds.
func (b *Bounds) Valid() error {
	switch months := apart(b.From, b.Until); {
	case months < 0 || months >= MaxMonths:
		return errors.New("the months are not one to twelve")
	case b.Adults < 1 || b.Adults > 2 || b.Children < 0 || b.Children > 50:
		return errors.New("the household is none that can be")
	case b.MaxRent < 0 || b.Percent < 0 || b.Percent > 100:
		return errors.New("the rent or the percentage is out of range")
	case b.Reason == "" || b.Name == "":
		return errors.New("nobody says who sets the bounds and why")
	}
	return nil
}

// apart counts the months between two, −1 where either is no month.
func apart(from, until string) int {
	month := func(s string) int {
		if len(s) != 7 || s[4] != '-' {
			return -1
		}
		n := 0
		for _, c := range s[:4] + s[5:] {
			if c < '0' || c > '9' {
				return -1
			}
			n = 10*n + int(c-'0')
		}
		if y, m := n/100, n%100; m >= 1 && m <= 12 {
			return 12*y + m - 1
		}
		return -1
	}
	a, b := month(from), month(until)
	if a < 0 || b < a {
		return -1
	}
	return b - a
}

// Holds says whether the bounds hold in a month.
func (b *Bounds) Holds(month string) bool { return b.From <= month && month <= b.Until }

// Inside says whether facts lie within the bounds, given those of the decision
// before: nil where there is none.
func (b *Bounds) Inside(before, now *Facts) bool {
	if !b.Holds(now.Month) || now.Adults() != b.Adults || now.Children() != b.Children || now.cost("rent") > b.MaxRent {
		return false
	}
	if before == nil {
		return true
	}
	for _, w := range compare(before, now, b.Percent) {
		switch w.Code {
		case NewIncome, DroppedIncome, IncomeChanged, NewCost, CostRaised:
			return false
		}
	}
	return sameLife(before, now)
}
