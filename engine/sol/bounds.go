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
		try(s, &s.facts.Persons[i].JobbstimulansFrom, s.facts.Month, s.facts.Month-stimulusMonths)
	case "earned-this-year":
		try(s, &s.facts.Persons[i].EarnedThisYear, 0) // above the ceiling a person judges, and the proposal is the same
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

// rooms are the numbers of rooms at which a row of the guideline begins or ends.
func (s *search) rooms() []Count {
	all := []Count{0}
	for n := int64(1); n <= 50; n++ {
		for i := range s.guide.Housing {
			if r := s.guide.Housing[i].Rooms; r.Limited && (n == r.Low || n == r.High+1) {
				all = append(all, Count(n))
				break
			}
		}
	}
	return all
}

// ownRooms tries that nothing of the home, and all of it, is the household's own.
func (s *search) ownRooms(h *Housing) {
	if h.Rooms == Unknown {
		all := make([]Count, 51)
		for n := range all {
			all[n] = Count(n)
		}
		try(s, &h.Rooms, all...)
		return
	}
	before := *h
	for _, own := range [...]Count{0, h.Rooms} {
		h.OwnRooms, h.SharedRooms = own, 0
		s.vary()
	}
	*h = before
}
