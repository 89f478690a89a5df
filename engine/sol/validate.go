package sol

import "github.com/skalig/skalig/engine"

// Validate returns what is wrong with facts taken together; an empty list means
// that Assess may be called. Paths begin with "facts".
func (f *Facts) Validate() []engine.Problem {
	v := validation{f: f}
	v.month()
	v.persons()
	v.housing()
	v.costs()
	v.incomes()
	return v.problems
}

type validation struct {
	f        *Facts
	problems []engine.Problem
}

func (v *validation) fail(path, code, detail string) {
	v.problems = append(v.problems, engine.Problem{Code: code, Path: "facts." + path, Detail: detail})
}

func (v *validation) month() {
	switch {
	case v.f.Month == 0:
		v.fail("month", "required", "")
	case normOf(v.f.Month) == nil:
		v.fail("month", "no-norm", number(v.f.Month.Year()))
	}
}

func (v *validation) persons() {
	f := v.f
	switch n := f.adults(); {
	case n == 0:
		v.fail("persons", "no-adult", "")
	case n > maxAdults:
		v.fail("persons", "too-many-adults", number(maxAdults))
	}
	if int64(len(f.Persons))-f.adults() > maxChildren {
		v.fail("persons", "too-many-children", number(maxChildren))
	}
	for i := range f.Persons {
		p, at := &f.Persons[i], indexed("persons", i)
		v.id(at, p.ID, f.person(p.ID) != i)
		if p.Adult {
			v.adult(p, at)
		} else {
			v.child(p, at)
		}
	}
}

func (v *validation) adult(p *Person, at string) {
	if p.Age < 18 {
		v.fail(at+".age", "adult-age", "18")
	}
	for _, given := range [...]struct {
		field string
		is    bool
	}{{"lunch", p.Lunch != ""}, {"school", p.School != NotSaid && p.Age > maxPupil}, {"days", p.Days != Unknown}, {"earnedThisYear", p.EarnedThisYear != Unknown}} {
		if given.is {
			v.fail(at+"."+given.field, "not-for-adult", "")
		}
	}
	if p.JobbstimulansFrom > v.f.Month {
		v.fail(at+".jobbstimulansFrom", "month-in-future", v.f.Month.String())
	}
}

func (v *validation) child(p *Person, at string) {
	if p.Age > maxPupil {
		v.fail(at+".age", "child-age", number(maxPupil))
	}
	if v.f.Month != 0 && p.Days > Count(v.f.Month.Days()) {
		v.fail(at+".days", "days", number(v.f.Month.Days()))
	}
	for _, given := range [...]struct {
		field string
		is    bool
	}{{"monthsInRow", p.MonthsInRow != Unknown}, {"jobbstimulansFrom", p.JobbstimulansFrom != 0}, {"activity", p.ActivityConfirmed}} {
		if given.is {
			v.fail(at+"."+given.field, "not-for-child", "")
		}
	}
}

func (v *validation) housing() {
	n := len(v.f.Persons)
	if c := v.f.Housing.Community; c != Unknown && c <= Count(n) {
		v.fail("housing.community", "community-size", number(n+1))
	}
	if h := v.f.Housing; h.Rooms != Unknown && max(h.OwnRooms, 0)+max(h.SharedRooms, 0) > h.Rooms {
		v.fail("housing.rooms", "rooms-sum", "")
	}
	if v.f.SurplusMonth >= v.f.Month && v.f.Month != 0 && v.f.SurplusMonth != 0 {
		v.fail("surplusMonth", "month-not-before", v.f.Month.String())
	}
}

func (v *validation) costs() {
	for i := range v.f.Costs {
		c := &v.f.Costs[i]
		v.id(indexed("costs", i), c.ID, v.f.cost(c.ID) != i)
		if c.Km != Unknown && c.Kind != "workTravel" {
			v.fail(indexed("costs", i)+".km", "not-for-kind", "")
		}
		switch {
		case c.Whole && c.Kind != "rent":
			v.fail(indexed("costs", i)+".whole", "not-for-kind", "")
		case c.Whole && v.f.Housing.Community == Unknown:
			v.fail("housing.community", "required", "")
		}
	}
}

func (v *validation) incomes() {
	for i := range v.f.Incomes {
		in, at := &v.f.Incomes[i], indexed("incomes", i)
		v.id(at, in.ID, v.f.income(in.ID) != i)
		if v.f.person(in.Person) < 0 {
			v.fail(at+".person", "unknown-person", "")
		}
	}
}

func (v *validation) id(at, id string, repeated bool) {
	ok := 0 < len(id) && len(id) <= 8
	for i := 0; ok && i < len(id); i++ {
		ok = ('a' <= id[i] && id[i] <= 'z') || ('0' <= id[i] && id[i] <= '9')
	}
	switch {
	case !ok:
		v.fail(at+".id", "id-form", "")
	case repeated:
		v.fail(at+".id", "repeated-id", "")
	}
}

func (f *Facts) cost(id string) int {
	for i := range f.Costs {
		if f.Costs[i].ID == id {
			return i
		}
	}
	return -1
}

func (f *Facts) income(id string) int {
	for i := range f.Incomes {
		if f.Incomes[i].ID == id {
			return i
		}
	}
	return -1
}

func number(n int) string { return string(engine.AppendInt(nil, int64(n))) }

// indexed returns the path of an element: "persons[0]".
func indexed(list string, i int) string { return list + "[" + number(i) + "]" }
