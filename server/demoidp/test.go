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

// Test is the n-th test person, from 0.
func Test(n int) Person {
	born := testsBorn.AddDate(0, 0, n/20)
	nine := born.Format("060102") + strconv.Itoa(980+n%20)
	return Person{ID: testID + strconv.Itoa(n), Name: fmt.Sprintf("Prov Exempel %d", n), Number: born.Format("2006") + nine[2:] + check(nine)}
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
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n >= Tests || strconv.Itoa(n) != digits {
		return nil
	}
	p := Test(n)
	return &p
}
