package application

import (
	"strconv"
	"strings"
)

// Birth months are kept where there is one to know: a child's is asked for, an adult's
// is in the identity number. Ages follow from them, so that nobody stays as old as when
// they first applied.

// A Birth is a child's month of birth.
type Birth struct {
	Child string `json:"child"` // id
	Month string `json:"month"` // 2019-05
}

// Age is how old the person with an identity number is at the end of a month, ""
// where that cannot be read.
func Age(number, month string) string {
	if len(number) != 12 {
		return ""
	}
	return ageOf(number[:4]+"-"+number[4:6], month)
}

// ageOf is how old who was born in one month is at the end of another, "" where that
// cannot be.
func ageOf(born, month string) string {
	if !isMonth(born) || !isMonth(month) || born > month {
		return ""
	}
	age := *count(month[:4]) - *count(born[:4])
	if month[5:] < born[5:] {
		age--
	}
	if age > 120 {
		return ""
	}
	return strconv.FormatInt(age, 10)
}

// knownAge is a person's age in the month that is applied for, "" where it must be
// asked for.
func (a *Answers) knownAge(p *Person) string {
	switch number, ok := Number(a.Partner.Number); {
	case p.ID == "p1":
		return Age(a.Number, a.Month)
	case p.ID == "p2" && ok:
		return Age(number, a.Month)
	}
	return ageOf(p.Born, a.Month)
}

// KnowsAge says whether a person's age need not be asked for.
func (a *Answers) KnowsAge(p Person) bool { return a.knownAge(&p) != "" }

// AsksSchool says whether an adult may be a pupil, whom the parents support.
func (a *Answers) AsksSchool(p Person) bool {
	age := count(a.knownAge(&p))
	return age == nil || *age <= oldestChild
}

// SetAges gives each person the age in the month that is applied for, where it is known.
func (a *Answers) SetAges() {
	for i := range a.Persons {
		if known := a.knownAge(&a.Persons[i]); known != "" {
			a.Persons[i].Age = known
		}
	}
}

// Births are the children's months of birth, as far as they are known.
func (a *Answers) Births() []Birth {
	var out []Birth
	for _, p := range a.Persons {
		if p.Born != "" {
			out = append(out, Birth{p.ID, p.Born})
		}
	}
	return out
}

// oldestChild is the age up to which somebody at school is the parents' to support.
const oldestChild = 20

func (p *Person) readBorn(r *reader, month string) {
	p.Born = r.text(p.ID + "-born")
	if digits := strings.NewReplacer("-", "", " ", "", ".", "", "/", "").Replace(p.Born); len(digits) == 6 && isMonth(digits[:4]+"-"+digits[4:]) {
		p.Born = digits[:4] + "-" + digits[4:] // many a keyboard of digits has no hyphen
	}
	switch age := count(ageOf(p.Born, month)); {
	case !isMonth(p.Born):
		r.fail(p.ID+"-born", "Skriv barnets födelseår och månad, till exempel 2019-05")
	case p.Born > month:
		r.fail(p.ID+"-born", "Månaden kommer efter den du söker för. Kontrollera den")
	case age == nil || *age > oldestChild:
		r.fail(p.ID+"-born", "Räkna bara barn som inte har fyllt 21 år")
	default:
		p.Age = number(age)
	}
}

// asksOfChildren says whether a renewal must ask about the children again although nothing
// has changed: how old one is, or whether one who has come of age goes to school.
func (a *Answers) asksOfChildren() bool {
	for _, p := range a.Persons {
		if age := count(p.Age); !p.Adult() && (p.Born == "" || age != nil && *age >= 18 && p.School == "") {
			return true
		}
	}
	return false
}
