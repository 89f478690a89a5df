package sol

import "github.com/skalig/skalig/engine"

// A Row is a cost or an income of the facts, by its place in their list.
type Row struct {
	Income bool
	Index  int
}

// Bounds say how much support there can be, whatever the facts are that are not
// known.
type Bounds struct {
	Lowest  engine.Ore
	Highest engine.Ore
	Open    bool // there is no highest: a cost that is not known has no limit
	Known   bool // false where too much is unknown, or nothing can be computed
}

// maxAssessments bounds what one call of Between may cost.
const maxAssessments = 2000

// Between returns the least and the most support for facts in which the amounts
// of the rows are not known, and of which questions may be unanswered. More of a
// cost never gives less support and more of an income never more, so the amounts
// are tried at their ends; every question is tried with each answer that can
// matter. Nothing is guessed: both bounds are results of [Assess].
func Between(f *Facts, g *Guideline, unknown []Row) Bounds {
	if g == nil {
		g = &Guideline{}
	}
	facts := *f
	facts.Persons = append([]Person(nil), f.Persons...)
	facts.Costs = append([]Cost(nil), f.Costs...)
	facts.Incomes = append([]Income(nil), f.Incomes...)
	s := search{facts: &facts, guide: g, left: maxAssessments, lowest: engine.MaxAmount}
	s.amounts(unknown, 0, engine.MaxAmount)
	s.vary()
	s.amounts(unknown, engine.MaxAmount, 0)
	s.vary()
	b := Bounds{Lowest: s.lowest, Highest: s.highest, Known: s.found && s.left > 0}
	s.highest = 0
	s.amounts(unknown, engine.MaxAmount-engine.Kronor(1000), 0)
	s.vary()
	b.Open = s.highest != b.Highest
	b.Known = b.Known && s.left > 0
	return b
}

// A search assesses the facts with every answer to what they leave open.
type search struct {
	facts   *Facts
	guide   *Guideline
	left    int // assessments
	lowest  engine.Ore
	highest engine.Ore
	found   bool
}

func (s *search) amounts(rows []Row, cost, income engine.Ore) {
	for _, r := range rows {
		if r.Income {
			s.facts.Incomes[r.Index].Amount = income
		} else {
			s.facts.Costs[r.Index].Amount = cost
		}
	}
}

// vary assesses, and where a question stands tries each answer to it.
func (s *search) vary() {
	if s.left == 0 {
		return
	}
	s.left--
	r := Assess(s.facts, s.guide, nil)
	if len(r.Questions) > 0 {
		s.answer(r.Questions[0])
		return
	}
	if r.Computed() {
		s.found = true
		s.lowest, s.highest = min(s.lowest, r.Support), max(s.highest, r.Support)
	}
}

// answer tries the answers to a question and takes them back.
func (s *search) answer(q Question) {
	i := 0
	for k := 0; k < len(q.Path); k++ {
		if c := q.Path[k]; '0' <= c && c <= '9' {
			i = i*10 + int(c-'0')
		}
	}
	h := &s.facts.Housing
	switch q.Code {
	case "lunch":
		try(s, &s.facts.Persons[i].Lunch, lunches...)
	case "school":
		try(s, &s.facts.Persons[i].School, Yes, No)
	case "months-in-row":
		try(s, &s.facts.Persons[i].MonthsInRow, 0, qualifyingMonths)
	case "jobbstimulans-from":
		s.start(&s.facts.Persons[i])
	case "earned-this-year":
		// above the ceiling a person judges, and the proposal is the same
		try(s, &s.facts.Persons[i].EarnedThisYear, Count(s.facts.wages(s.facts.Persons[i].ID)))
	case "travel-km":
		try(s, &s.facts.Costs[i].Km, 0, 1000)
	case "rooms":
		try(s, &h.Rooms, s.rooms()...)
	case "own-rooms":
		s.ownRooms(h)
	}
}

// try gives a fact each of the values in turn.
func try[T any](s *search, fact *T, values ...T) {
	before := *fact
	for _, v := range values {
		*fact = v
		s.vary()
	}
	*fact = before
}

// start tries the months in which a person's jobbstimulans may have begun, as far
// as they fit the months in a row: never, now, before those months, two years ago.
func (s *search) start(p *Person) {
	month := s.facts.Month
	var all []engine.Month
	for _, m := range [...]engine.Month{Never, month, month - engine.Month(p.MonthsInRow) - 1, month - stimulusMonths} {
		tried := *p
		tried.JobbstimulansFrom = m
		if branch, _ := stimulus(&tried, month); branch != "start-unknown" {
			all = append(all, m)
		}
	}
	try(s, &p.JobbstimulansFrom, all...)
}

// stated is the least number of rooms: those that are said to be own and shared.
func (s *search) stated() int64 {
	return int64(max(s.facts.Housing.OwnRooms, 0) + max(s.facts.Housing.SharedRooms, 0))
}

// rooms are the numbers of rooms at which a row of the guideline begins or ends.
func (s *search) rooms() []Count {
	all := []Count{Count(s.stated())}
	for n := s.stated() + 1; n <= 50; n++ {
		for i := range s.guide.Housing {
			if r := s.guide.Housing[i].Rooms; r.Limited && (n == r.Low || n == r.High+1) {
				all = append(all, Count(n))
				break
			}
		}
	}
	return all
}

// ownRooms tries that nothing more of the home, and all the rest, is the household's
// own, or shared where its own rooms are said.
func (s *search) ownRooms(h *Housing) {
	if h.Rooms == Unknown {
		var all []Count
		for n := s.stated(); n <= 50; n++ {
			all = append(all, Count(n))
		}
		try(s, &h.Rooms, all...)
		return
	}
	before, rest := *h, h.Rooms-Count(s.stated())
	for _, more := range [...]Count{0, rest} {
		h.OwnRooms, h.SharedRooms = max(before.OwnRooms, 0), max(before.SharedRooms, 0)
		if before.OwnRooms == Unknown {
			h.OwnRooms += more
		} else {
			h.SharedRooms += more
		}
		s.vary()
	}
	*h = before
}
