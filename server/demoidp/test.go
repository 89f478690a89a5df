package demoidp

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	personnummer "github.com/personnummer/go/v3"
)

// Tests is how many test persons there are: twenty for each day of twenty-five years.
const Tests = 20 * 9125

// testsBorn is the birthday of the first twenty.
var testsBorn = time.Date(1965, 1, 1, 0, 0, 0, 0, time.UTC)

const testID = "test-"

// Slow is how many of the last test persons are such that an agency answers too late.
const Slow = 2

// The ends of the ids of a test person before and after being registered as resident.
const (
	visiting   = "-samordning"
	registered = "-folkbokford"
)

// Test is the n-th test person, from 0.
func Test(n int) Person {
	born := testsBorn.AddDate(0, 0, n/20)
	nine := born.Format("060102") + strconv.Itoa(980+n%20)
	return Person{ID: testID + strconv.Itoa(n), Name: fmt.Sprintf("Prov Exempel %d", n), Number: born.Format("2006") + nine[2:] + check(nine)}
}

// Visiting is the n-th test person with the coordination number that they have until
// they are registered as resident, whose day is 60 more.
func Visiting(n int) Person {
	p := Test(n)
	day, _ := strconv.Atoi(p.Number[6:8])
	nine := p.Number[2:6] + strconv.Itoa(day+60) + p.Number[8:11]
	return Person{ID: p.ID + visiting, Name: p.Name, Coordination: p.Number[:2] + nine + check(nine)}
}

// Registered is the n-th test person, of whom the provider says that they were Visiting.
func Registered(n int) Person {
	p := Test(n)
	p.ID, p.Previous = p.ID+registered, Visiting(n).Coordination
	return p
}

// check is the digit after nine others that makes the number one.
func check(nine string) string {
	for digit := range 10 {
		if d := strconv.Itoa(digit); personnummer.Valid("19" + nine + d) {
			return d
		}
	}
	panic("demoidp: no digit fits")
}

// testPerson finds a test person by id.
func testPerson(id string) *Person {
	digits, ok := strings.CutPrefix(id, testID)
	digits, before := strings.CutSuffix(digits, visiting)
	digits, after := strings.CutSuffix(digits, registered)
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n >= Tests || strconv.Itoa(n) != digits {
		return nil
	}
	p := Test(n)
	switch {
	case before && !after:
		p = Visiting(n)
	case after && !before:
		p = Registered(n)
	case before:
		return nil
	}
	return &p
}
