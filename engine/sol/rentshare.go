package sol

import "github.com/skalig/skalig/engine"

// applied is what a household applies for: the amount, or its share of a
// community's whole rent.
func (a *assessment) applied(c *Cost) engine.Ore {
	if !c.Whole {
		return c.Amount
	}
	num, den, ok := a.rentShare()
	if !ok {
		return c.Amount
	}
	share, _ := engine.Share(c.Amount, num, den, engine.ToOre)
	return share
}

// rentShare is the household's part of a community's rent. The law gives no
// method, so the guideline chooses: by head, or by room. By room, the rooms of
// one's own count wholly, and the shared rooms and the kitchen by head; what
// others have for themselves is theirs.
func (a *assessment) rentShare() (num, den int64, ok bool) {
	h := &a.facts.Housing
	own, members := a.members(), int64(h.Community)
	if a.guide.RentShare != "rooms" {
		return own, members, true
	}
	if h.Rooms == Unknown || h.OwnRooms == Unknown || h.SharedRooms == Unknown {
		if !a.asked("own-rooms", "housing.ownRooms") {
			a.ask("own-rooms", "housing.ownRooms")
		}
		return 0, 0, false
	}
	const kitchen = 1
	return int64(h.OwnRooms)*members + (int64(h.SharedRooms)+kitchen)*own, (int64(h.Rooms) + kitchen) * members, true
}

// sharedRent are the inputs that show how a whole rent was shared.
func (a *assessment) sharedRent() []engine.Input {
	var whole engine.Ore
	for i := range a.facts.Costs {
		if a.facts.Costs[i].Whole {
			whole += a.facts.Costs[i].Amount
		}
	}
	if whole == 0 {
		return nil
	}
	method := a.guide.RentShare
	if method == "" {
		method = RentShares[0]
	}
	return []engine.Input{
		{Name: "whole-rent", Unit: engine.UnitOre, N: int64(whole), Source: "declared"},
		{Name: "rent-share", Unit: engine.UnitText, Text: method, Source: "guideline"},
		{Name: "household-size", Unit: engine.UnitCount, N: a.members(), Source: "declared"},
		{Name: "community-members", Unit: engine.UnitCount, N: int64(a.facts.Housing.Community), Source: "declared"},
	}
}
