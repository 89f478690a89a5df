package sol

import "github.com/skalig/skalig/engine"

// A place is a rule's seat in the law, whatever act and section hold it at the
// time.
type place int

const (
	right         place = iota // the right to assistance
	beyondRight                // assistance beyond the right
	labourMarket               // to be at the labour market's disposal
	practice                   // practice and training
	normPurposes               // the purposes that the norm covers
	otherCosts                 // housing, electricity, travel, insurance, fees
	higherNorm                 // the norm shall be higher, may be lower
	jobbstimulans              // a quarter of earnings left out of account
	childEarnings              // the children's own earnings
	normTable                  // the table of the norm
	normMore                   // households of more than seven
	community                  // an adult in a household community
	places                     // number of places
)

// A law is the act and the ordinance in force from a month.
type law struct {
	from           engine.Month
	act, ordinance string
	provisions     [places]engine.Provision
}

const (
	sol2001 = "socialtjänstlagen (2001:453)"
	sof2001 = "socialtjänstförordningen (2001:937)"
	sol2025 = "socialtjänstlagen (2025:400)"
	sof2025 = "socialtjänstförordningen (2025:468)"
)

// laws are the laws that have applied, oldest first.
var laws = [...]law{
	{from: engine.MonthOf(2014, 1), act: "sol2001", ordinance: "sof2001", provisions: [places]engine.Provision{
		right:         {ID: "sol2001-4-1", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "1"},
		beyondRight:   {ID: "sol2001-4-2", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "2"},
		labourMarket:  {ID: "sol2001-4-1", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "1"},
		practice:      {ID: "sol2001-4-4", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "4"},
		normPurposes:  {ID: "sol2001-4-3-p1", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "3", Part: "första stycket 1"},
		otherCosts:    {ID: "sol2001-4-3-p2", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "3", Part: "första stycket 2"},
		higherNorm:    {ID: "sol2001-4-3", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "3"},
		jobbstimulans: {ID: "sol2001-4-1b", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "1 b"},
		childEarnings: {ID: "sol2001-4-1a", Act: sol2001, SFS: "2001:453", Chapter: 4, Section: "1 a"},
		normTable:     {ID: "sof2001-2-1", Act: sof2001, SFS: "2001:937", Chapter: 2, Section: "1"},
		normMore:      {ID: "sof2001-2-1", Act: sof2001, SFS: "2001:937", Chapter: 2, Section: "1"},
		community:     {ID: "sof2001-2-1", Act: sof2001, SFS: "2001:937", Chapter: 2, Section: "1"},
	}},
	{from: engine.MonthOf(2025, 7), act: "sol2025", ordinance: "sof2025", provisions: [places]engine.Provision{
		right:         {ID: "sol2025-12-1", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "1"},
		beyondRight:   {ID: "sol2025-12-2", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "2"},
		labourMarket:  {ID: "sol2025-12-3", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "3"},
		practice:      {ID: "sol2025-12-4", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "4"},
		normPurposes:  {ID: "sol2025-12-7-p1", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "7", Part: "första stycket 1"},
		otherCosts:    {ID: "sol2025-12-7-p2", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "7", Part: "första stycket 2"},
		higherNorm:    {ID: "sol2025-12-7", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "7"},
		jobbstimulans: {ID: "sol2025-12-8", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "8"},
		childEarnings: {ID: "sol2025-12-9", Act: sol2025, SFS: "2025:400", Chapter: 12, Section: "9"},
		normTable:     {ID: "sof2025-12-2", Act: sof2025, SFS: "2025:468", Chapter: 12, Section: "2"},
		normMore:      {ID: "sof2025-12-3-1", Act: sof2025, SFS: "2025:468", Chapter: 12, Section: "3", Part: "första stycket"},
		community:     {ID: "sof2025-12-3-2", Act: sof2025, SFS: "2025:468", Chapter: 12, Section: "3", Part: "andra stycket"},
	}},
}

// lawOf returns the law in force in a month; the oldest for months before it,
// which have no norm and are refused.
func lawOf(m engine.Month) *law {
	for i := len(laws) - 1; i >= 0; i-- {
		if m >= laws[i].from {
			return &laws[i]
		}
	}
	return &laws[0]
}

// Provision returns the provision with the id that a step or reason cites.
func Provision(id string) (engine.Provision, bool) {
	for i := range laws {
		for _, p := range laws[i].provisions {
			if p.ID == id {
				return p, true
			}
		}
	}
	return engine.Provision{}, false
}

// Provisions returns every provision that the rules can cite, each once.
func Provisions() []engine.Provision {
	var all []engine.Provision
	for i := range laws {
		for _, p := range laws[i].provisions {
			if !cited(all, p.ID) {
				all = append(all, p)
			}
		}
	}
	return all
}

func cited(all []engine.Provision, id string) bool {
	for _, p := range all {
		if p.ID == id {
			return true
		}
	}
	return false
}
