package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/skalig/skalig/server/demoidp"
)

// A household is who applies: an adult or two, children or none.
type household struct {
	kind     string
	share    int // of 1 000 households
	couple   bool
	children int
}

// households are as in the official statistics of 2021; the calculation asks no
// one's sex, so that single women and men are one kind.
var households = []household{
	{"single without children", 670, false, 0},
	{"single with children", 184, false, 2},
	{"couple with children", 115, true, 2},
	{"couple without children", 31, true, 0},
}

// kindOf is the n-th household's, spread evenly.
func kindOf(n int) household {
	at := n * 617 % 1000
	for _, h := range households {
		if at -= h.share; at < 0 {
			return h
		}
	}
	return households[0]
}

// An applicant is one household that applies once.
type applicant struct {
	household
	n        int
	person   demoidp.Person
	partner  demoidp.Person
	age, two int
}

// applicantOf takes two test persons, so that no two households share one.
func applicantOf(n int, now time.Time) (applicant, error) {
	if 2*n+1 >= demoidp.Tests {
		return applicant{}, fmt.Errorf("there are test persons for %d households only", demoidp.Tests/2)
	}
	a := applicant{household: kindOf(n), n: n, person: demoidp.Test(2 * n), partner: demoidp.Test(2*n + 1)}
	a.age, a.two = age(a.person, now), age(a.partner, now)
	return a, nil
}

func age(p demoidp.Person, now time.Time) int {
	born, err := time.Parse("20060102", p.Number[:8])
	if err != nil {
		panic(err)
	}
	years := now.Year() - born.Year()
	if now.YearDay() < born.YearDay() {
		years--
	}
	return years
}

// facts is what the calculator's page hands over. Amounts differ between households,
// so that decisions do.
func (a applicant) facts(now time.Time) string {
	month, last := now.Format("2006-01"), now.AddDate(0, 0, -now.Day()).Format("2006-01")
	var persons, incomes strings.Builder
	fmt.Fprintf(&persons, `{"id":"p1","role":"adult","age":%d,"monthsInRow":0}`, a.age)
	if a.couple {
		fmt.Fprintf(&persons, `,{"id":"p2","role":"adult","age":%d,"monthsInRow":0}`, a.two)
	}
	for i := range a.children {
		fmt.Fprintf(&persons, `,{"id":"c%d","role":"child","age":%d,"lunch":"home"}`, i+1, 3+2*i)
	}
	fmt.Fprintf(&incomes, `{"id":"i1","kind":"sicknessBenefit","person":"p1","amount":%d,"month":"%s","source":"declared"}`, 3000+a.n%1500, last)
	if a.children > 0 {
		fmt.Fprintf(&incomes, `,{"id":"i2","kind":"childBenefit","person":"p1","amount":%d,"month":"%s","source":"declared"}`, 1250*a.children, last)
		fmt.Fprintf(&incomes, `,{"id":"i3","kind":"childSupplement","person":"p1","amount":150,"month":"%s","source":"declared"}`, last)
	}
	return fmt.Sprintf(`{"schema":"skalig/facts/1","month":"%s","municipality":"9999","persons":[%s],"housing":{"tenure":"rent","rooms":%d},`+
		`"costs":[{"id":"k1","kind":"rent","amount":%d}],"incomes":[%s]}`, month, &persons, 2+a.children/2, 5000+a.n%1500, &incomes)
}
