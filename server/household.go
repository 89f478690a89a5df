package server

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/application"
)

// household is what a person checks before sending: the parts of facts.
type household struct {
	Month        string `json:"month"`
	Municipality string `json:"municipality"`
	Persons      []struct {
		ID                string         `json:"id"`
		Role              string         `json:"role"`
		Age               int            `json:"age"`
		Days              int            `json:"days"`
		Lunch             string         `json:"lunch"`
		School            jsontext.Value `json:"school"`
		Earned            kronor         `json:"earnedThisYear"`
		MonthsInRow       jsontext.Value `json:"monthsInRow"`
		JobbstimulansFrom string         `json:"jobbstimulansFrom"`
	} `json:"persons"`
	Housing struct {
		Tenure    string `json:"tenure"`
		Rooms     int    `json:"rooms"`
		Community int    `json:"community"`
	} `json:"housing"`
	Costs         []row    `json:"costs"`
	Incomes       []row    `json:"incomes"`
	Assets        kronor   `json:"assets"`
	Surplus       kronor   `json:"earlierSurplus"`
	Circumstances []string `json:"circumstances"`
}

type row struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind"`
	Person string         `json:"person"`
	Km     jsontext.Value `json:"km"`
	Whole  bool           `json:"whole"`
	Amount kronor         `json:"amount"`
	Month  string         `json:"month"`
	Source string         `json:"source"`
}

// Whose names the person that something belongs to, where there are several.
func (h household) Whose(id string) string {
	adults, children := 0, 0
	for _, p := range h.Persons {
		n := &children
		if p.Role == "adult" {
			n = &adults
		}
		*n++
		switch {
		case p.ID != id:
		case p.Role == "child":
			return "barn " + strconv.Itoa(*n)
		case *n > 1:
			return "partner"
		case len(h.Persons) > 1:
			return "sökande"
		}
	}
	return ""
}

// Cost and Income are what the row is called as one or the other.
func (r row) Cost() string   { return application.Label("cost", r.Kind) }
func (r row) Income() string { return application.Label("income", r.Kind) }
