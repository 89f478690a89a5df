// Package population makes invented households in the numbers in which
// households receive ekonomiskt bistånd, to show what a change of the rules
// costs and whom it meets before it is decided. No household is a real one and
// none is drawn from one. The same seed gives the same households, whatever the
// order in which they are asked for.
//
// # What the shape covers
//
// The kinds of household have the shares of the official statistics, exact to a
// household ([Kinds]):
//
//	ensam man utan barn      42,2 %     par med barn         11,5 %
//	ensam kvinna utan barn   24,8 %     par utan barn         3,2 %
//	ensam kvinna med barn    15,5 %     ensam man med barn    2,9 %
//
// Source: Socialstyrelsen, official statistics of ekonomiskt bistånd for 2021,
// 172 958 households whose applicant is 18–64 years. The shares as published sum
// to 100,1. The size [Sweden] is that of 2024: 145 456 households, Socialstyrelsen.
//
// # What it does not cover
//
// Everything else is chosen, not measured: ages, the number of children, rents,
// other costs, incomes, months with support, and an even spread over
// municipalities and, within a kind, over all of these. The figures were chosen
// so that the mean support comes near the 10 700 kronor a month that the
// statistics give for 2024 (75 045 kronor a household and year, six to seven
// months). Every household is treated as entitled for the whole month, and a year
// is not twelve such months.
//
// Left out are homes that are owned, people without a home, assets, earlier
// surpluses, circumstances that a person must judge and other costs of living.
// Households whose incomes keep them just above the norm occur by chance alone, so
// a table knows better who loses support than who begins to have it. Nobody
// moves, works more or stops applying because of a change.
//
// So: trust the direction, the kinds of household and the order of size; do not
// quote the kronor as a forecast.
package population

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// Sweden is the number of households with ekonomiskt bistånd in 2024.
const Sweden = 145_456

// A Kind is a kind of household in the statistics.
type Kind int

// The kinds, in the order of their shares.
const (
	SingleMan Kind = iota
	SingleWoman
	SingleWomanChildren
	CoupleChildren
	Couple
	SingleManChildren
)

// Kinds are the kinds with their names in Swedish and their shares per mille in
// 2021.
var Kinds = [...]struct {
	Name  string
	Share int
}{
	SingleMan:           {"Ensam man utan barn", 422},
	SingleWoman:         {"Ensam kvinna utan barn", 248},
	SingleWomanChildren: {"Ensam kvinna med barn", 155},
	CoupleChildren:      {"Par med barn", 115},
	Couple:              {"Par utan barn", 32},
	SingleManChildren:   {"Ensam man med barn", 29},
}

func (k Kind) adults() int {
	if k == Couple || k == CoupleChildren {
		return 2
	}
	return 1
}

func (k Kind) children() bool {
	return k == SingleWomanChildren || k == CoupleChildren || k == SingleManChildren
}

// A Population is a number of households spread evenly over municipalities.
type Population struct {
	Seed           uint64
	Households     int
	Municipalities []string // four digits each; at least one
}

// A Household is one invented household. It may be filled again and again; its
// facts share their memory.
type Household struct {
	Kind         Kind
	Municipality int // index in the population's municipalities
	facts        sol.Facts
	stimulus     [2]engine.Month // months since jobbstimulans began, of each adult; −1 when it has not
}

// At returns the household's facts for a month: the same circumstances,
// whatever the month. They are valid until the household is filled again.
func (h *Household) At(m engine.Month) *sol.Facts {
	h.facts.Month = m
	for i := range h.facts.Incomes {
		h.facts.Incomes[i].Month = m - 1
	}
	for i, since := range h.stimulus[:h.Kind.adults()] {
		h.facts.Persons[i].JobbstimulansFrom = sol.Never
		if since >= 0 {
			h.facts.Persons[i].JobbstimulansFrom = m - since
		}
	}
	return &h.facts
}

// Fill makes household i of the population, counted from 0.
func (p *Population) Fill(i int, h *Household) {
	h.Kind, h.Municipality = p.kind(i), i%len(p.Municipalities)
	f := &h.facts
	*f = sol.Facts{Municipality: p.Municipalities[h.Municipality],
		Persons: f.Persons[:0], Costs: f.Costs[:0], Incomes: f.Incomes[:0],
		Housing: sol.Housing{Rooms: sol.Unknown, Community: sol.Unknown}}
	d := drawOf(p.Seed, uint64(i))
	h.persons(&d)
	h.housing(&d)
	h.costs(&d)
	h.incomes(&d)
}

// kind gives each kind its share of the numbers from 0 to below Households.
func (p *Population) kind(i int) Kind {
	total := 0
	for _, k := range Kinds {
		total += k.Share
	}
	place, k := int64(i)*int64(total)/int64(p.Households), Kind(0)
	for sum := int64(Kinds[0].Share); place >= sum; sum += int64(Kinds[k].Share) {
		k++
	}
	return k
}
