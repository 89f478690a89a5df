package idnumber_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/idnumber"
)

const number = "199211222386" // from the Swedish Tax Agency's list of test numbers

// checked adds the check digit to eleven digits, by the rule of the law on national
// registration: each digit from the third on times two and one by turns, summed by
// digit, up to the next ten.
func checked(eleven string) string {
	sum := 0
	for i, c := range eleven[2:] {
		n := int(c-'0') * (2 - i%2)
		sum += n/10 + n%10
	}
	return fmt.Sprintf("%s%d", eleven, (10-sum%10)%10)
}

// TestNumbers: numbers of the test series (238 and 239) on every kind of day. A number of
// no day, of no check digit or of another form is nobody's.
func TestNumbers(t *testing.T) {
	if checked("19921122238") != number {
		t.Fatal("the check digit is reckoned wrongly")
	}
	seen, refused := 0, 0
	hold := func(what, n string, want bool) {
		t.Helper()
		seen++
		if !want {
			refused++
		}
		if got := idnumber.Valid(n); got != want {
			t.Errorf("%s: %v", what, got)
		}
	}
	for _, day := range []string{"19000101", "19160229", "19261231", "19991231", "20000229", "20240229", "20260101"} {
		n := checked(day + "239")
		hold("born "+day, n, true)
		for i := range n { // any one digit changed
			for d := '0'; d <= '9'; d++ {
				changed := n[:i] + string(d) + n[i+1:]
				if i >= 2 && changed != n {
					hold("born "+day+", one digit changed", changed, false)
				}
			}
		}
		coordination := checked(fmt.Sprintf("%s%02d238", day[:6], 60+int(day[6]-'0')*10+int(day[7]-'0')))
		hold("coordination number of "+day, coordination, true)
	}
	for _, day := range []string{"20260230", "20260431", "20230229", "20261301", "20260001", "20260100", "20260132", "20260160", "20260192", "19000229"} {
		hold("no day "+day, checked(day+"238"), false)
	}
	hold("of the century before", checked("18921122238"), false)
	for _, form := range []string{"", number[2:], number[2:8] + "-" + number[8:], number[:8] + "-" + number[8:], number + " ", " " + number, number + "\n", number + "0",
		strings.Map(func(r rune) rune { return r - '0' + '٠' }, number), strings.Repeat("0", 12), strings.Repeat("9", 1<<20)} {
		hold(fmt.Sprintf("the form %.14q", form), form, false)
	}
	t.Logf("%d numbers, %d of them nobody's", seen, refused)
}

// TestBorn: a day has come when it has begun, and a coordination number's with it.
func TestBorn(t *testing.T) {
	now := time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)
	for day, want := range map[string]bool{"20261121": true, "20261122": true, "20261123": false, "20261181": true, "20261182": true, "20261183": false,
		"20261001": true, "20261201": false, "20261261": false, "20270101": false, "20991231": false, "19000101": true, "20251231": true} {
		n := checked(day + "238")
		if !idnumber.Valid(n) || idnumber.Born(n, now) != want {
			t.Errorf("%s: %v, want %v", day, idnumber.Born(n, now), want)
		}
	}
}
