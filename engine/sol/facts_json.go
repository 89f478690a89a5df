package sol

import "github.com/skalig/skalig/engine"

// FactsSchema names the JSON form of facts.
const FactsSchema = "skalig/facts/1"

var (
	factsFields   = []string{"schema", "month", "municipality", "persons", "housing", "costs", "incomes", "assets", "earlierSurplus", "surplusMonth", "circumstances"}
	personFields  = []string{"id", "role", "age", "lunch", "school", "days", "earnedThisYear", "monthsInRow", "jobbstimulansFrom", "activity"}
	housingFields = []string{"tenure", "rooms", "community", "ownRooms", "sharedRooms"}
	costFields    = []string{"id", "kind", "amount", "km", "whole"}
	incomeFields  = []string{"id", "kind", "person", "amount", "month", "source"}

	roles      = []string{"adult", "child"}
	lunches    = []string{"home", "away"}
	activities = []string{"confirmed"}
)

const never = "never"

// ReadFacts reads facts and checks them. They are valid if the reader has no
// problems afterwards. An income without a source is declared; one without a
// month is of the month that counts, which [Facts.Fit] fills in.
func ReadFacts(r *engine.Reader) *Facts {
	before := len(r.Problems())
	f := &Facts{Housing: noHousing}
	present := r.Object(factsFields, func(i int) {
		switch factsFields[i] {
		case "schema":
			r.Choice([]string{FactsSchema}, "schema")
		case "month":
			f.Month = r.Month()
		case "municipality":
			f.Municipality = readMunicipality(r)
		case "persons":
			r.Array(maxAdults+maxChildren+8, func(int) { f.Persons = append(f.Persons, readPerson(r)) })
		case "housing":
			readHousing(r, &f.Housing)
		case "costs":
			r.Array(maxRows, func(int) { f.Costs = append(f.Costs, readCost(r)) })
		case "incomes":
			r.Array(maxRows, func(int) { f.Incomes = append(f.Incomes, readIncome(r)) })
		case "assets":
			f.Assets = r.Amount()
		case "earlierSurplus":
			f.EarlierSurplus = r.Amount()
		case "surplusMonth":
			f.SurplusMonth = r.Month()
		case "circumstances":
			r.Array(len(Circumstances), func(int) {
				f.Circumstances = append(f.Circumstances, r.Choice(Circumstances, "unknown-choice"))
			})
		}
	})
	if len(r.Problems()) > before {
		return f
	}
	require(r, present, factsFields, "schema", "month", "persons")
	if len(r.Problems()) == before {
		for _, p := range f.Validate() {
			r.FailAt(p.Path[len("facts"):], p.Code, p.Detail)
		}
	}
	return f
}

func readPerson(r *engine.Reader) Person {
	p := Person{Days: Unknown, EarnedThisYear: Unknown, MonthsInRow: Unknown}
	present := r.Object(personFields, func(i int) {
		switch personFields[i] {
		case "id":
			p.ID = r.Text(64)
		case "role":
			p.Adult = r.Choice(roles, "unknown-choice") == "adult"
		case "age":
			p.Age = int(r.Int(0, 120, "age"))
		case "lunch":
			p.Lunch = r.Choice(lunches, "unknown-choice")
		case "school":
			p.School = No
			if r.Bool() {
				p.School = Yes
			}
		case "days":
			p.Days = Count(r.Int(1, 31, "days"))
		case "earnedThisYear":
			p.EarnedThisYear = Count(r.Amount())
		case "monthsInRow":
			p.MonthsInRow = Count(r.Int(0, 600, "months-in-row"))
		case "jobbstimulansFrom":
			p.JobbstimulansFrom = readStart(r)
		case "activity":
			p.ActivityConfirmed = r.Choice(activities, "unknown-choice") == "confirmed"
		}
	})
	require(r, present, personFields, "id", "role", "age")
	return p
}

// readStart reads a month, or "never".
func readStart(r *engine.Reader) engine.Month {
	before := len(r.Problems())
	text := r.Text(16)
	if text == never {
		return Never
	}
	m, ok := engine.ParseMonth(text)
	if !ok && len(r.Problems()) == before {
		r.Fail("month-form", "")
	}
	return m
}

func readHousing(r *engine.Reader, h *Housing) {
	r.Object(housingFields, func(i int) {
		switch housingFields[i] {
		case "tenure":
			h.Tenure = r.Choice(Tenures, "unknown-choice")
		case "rooms":
			h.Rooms = Count(r.Int(0, 50, "rooms"))
		case "community":
			h.Community = Count(r.Int(1, 100, "community-size"))
		case "ownRooms":
			h.OwnRooms = Count(r.Int(0, 50, "rooms"))
		case "sharedRooms":
			h.SharedRooms = Count(r.Int(0, 50, "rooms"))
		}
	})
}

func readCost(r *engine.Reader) Cost {
	c := Cost{Km: Unknown}
	present := r.Object(costFields, func(i int) {
		switch costFields[i] {
		case "id":
			c.ID = r.Text(64)
		case "kind":
			c.Kind = readCostKind(r)
		case "amount":
			c.Amount = r.Amount()
		case "km":
			c.Km = Count(r.Int(0, 1000, "travel-km"))
		case "whole":
			c.Whole = r.Bool()
		}
	})
	require(r, present, costFields, "id", "kind", "amount")
	return c
}

func readCostKind(r *engine.Reader) CostKind {
	text := r.Text(64)
	for _, k := range CostKinds {
		if string(k) == text {
			return k
		}
	}
	if text != "" {
		r.Fail("unknown-choice", "")
	}
	return ""
}

func readIncome(r *engine.Reader) Income {
	in := Income{Source: Sources[0]}
	present := r.Object(incomeFields, func(i int) {
		switch incomeFields[i] {
		case "id":
			in.ID = r.Text(64)
		case "kind":
			in.Kind = r.Choice(IncomeKinds, "unknown-choice")
		case "person":
			in.Person = r.Text(64)
		case "amount":
			in.Amount = r.Amount()
		case "month":
			in.Month = r.Month()
		case "source":
			in.Source = r.Choice(Sources, "unknown-choice")
		}
	})
	require(r, present, incomeFields, "id", "kind", "person", "amount")
	return in
}

func readMunicipality(r *engine.Reader) string {
	code := r.Text(64)
	ok := len(code) == 4
	for i := 0; ok && i < 4; i++ {
		ok = '0' <= code[i] && code[i] <= '9'
	}
	if !ok {
		r.Fail("municipality-form", "")
	}
	return code
}

// require reports every wanted field that is not among those present.
func require(r *engine.Reader, present uint64, names []string, wanted ...string) {
	for _, w := range wanted {
		for i := range names {
			if names[i] == w && present&(1<<uint(i)) == 0 {
				r.FailAt("."+w, "required", "")
			}
		}
	}
}

// Write writes the facts in canonical form.
func (f *Facts) Write(w *engine.Writer) {
	w.Open('{')
	w.Text("schema", FactsSchema)
	w.Text("month", f.Month.String())
	w.OptText("municipality", f.Municipality)
	list(w, "persons", len(f.Persons), func(i int) { f.Persons[i].write(w) })
	if f.Housing != noHousing {
		w.Key("housing")
		w.Open('{')
		w.OptText("tenure", f.Housing.Tenure)
		optCount(w, "rooms", f.Housing.Rooms)
		optCount(w, "community", f.Housing.Community)
		optCount(w, "ownRooms", f.Housing.OwnRooms)
		optCount(w, "sharedRooms", f.Housing.SharedRooms)
		w.Close('}')
	}
	list(w, "costs", len(f.Costs), func(i int) {
		c := &f.Costs[i]
		w.Open('{')
		w.Text("id", c.ID)
		w.Text("kind", string(c.Kind))
		w.Kronor("amount", c.Amount)
		optCount(w, "km", c.Km)
		if c.Whole {
			w.Bool("whole", true)
		}
		w.Close('}')
	})
	list(w, "incomes", len(f.Incomes), func(i int) {
		in := &f.Incomes[i]
		w.Open('{')
		w.Text("id", in.ID)
		w.Text("kind", in.Kind)
		w.Text("person", in.Person)
		w.Kronor("amount", in.Amount)
		if in.Month != 0 {
			w.Text("month", in.Month.String())
		}
		w.Text("source", in.Source)
		w.Close('}')
	})
	if f.Assets != 0 {
		w.Kronor("assets", f.Assets)
	}
	if f.EarlierSurplus != 0 {
		w.Kronor("earlierSurplus", f.EarlierSurplus)
	}
	if f.SurplusMonth != 0 {
		w.Text("surplusMonth", f.SurplusMonth.String())
	}
	list(w, "circumstances", len(f.Circumstances), func(i int) { w.Str(f.Circumstances[i]) })
	w.Close('}')
}

func (p *Person) write(w *engine.Writer) {
	w.Open('{')
	w.Text("id", p.ID)
	if p.Adult {
		w.Text("role", "adult")
	} else {
		w.Text("role", "child")
	}
	w.Int("age", int64(p.Age))
	w.OptText("lunch", p.Lunch)
	if p.School != NotSaid {
		w.Bool("school", p.School == Yes)
	}
	optCount(w, "days", p.Days)
	if p.EarnedThisYear != Unknown {
		w.Kronor("earnedThisYear", engine.Ore(p.EarnedThisYear))
	}
	optCount(w, "monthsInRow", p.MonthsInRow)
	switch p.JobbstimulansFrom {
	case 0:
	case Never:
		w.Text("jobbstimulansFrom", never)
	default:
		w.Text("jobbstimulansFrom", p.JobbstimulansFrom.String())
	}
	if p.ActivityConfirmed {
		w.Text("activity", "confirmed")
	}
	w.Close('}')
}

// list writes a field with an array of n elements, or nothing when n is 0.
func list(w *engine.Writer, name string, n int, element func(i int)) {
	if n == 0 {
		return
	}
	w.Key(name)
	w.Open('[')
	for i := range n {
		element(i)
	}
	w.Close(']')
}

func optCount(w *engine.Writer, name string, n Count) {
	if n != Unknown {
		w.Int(name, int64(n))
	}
}
