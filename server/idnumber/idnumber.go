// Package idnumber tells whether twelve digits are a Swedish identity number: a
// personal number, or a coordination number, whose day is 60 more.
package idnumber

import (
	"fmt"
	"regexp"
	"time"

	personnummer "github.com/personnummer/go/v3"
)

var twelve = regexp.MustCompile(`^(19|20)[0-9]{10}$`)

// Valid reports whether s is the number of a day that there was, with its check digit.
func Valid(s string) bool {
	return twelve.MatchString(s) && personnummer.Valid(s) && isDay(s[:8])
}

// Coordination reports whether s is a valid coordination number.
func Coordination(s string) bool { return Valid(s) && s[6] >= '6' }

// Born reports whether the day of a valid number, which it begins with, has come. now is
// in the zone of the day.
func Born(s string, now time.Time) bool {
	return s[:6] < now.Format("200601") || s[:6] == now.Format("200601") && dayOf(s) <= now.Day()
}

// isDay is for the days that the library lets through: the 0th and the 60th.
func isDay(day string) bool {
	_, err := time.Parse("20060102", fmt.Sprintf("%s%02d", day[:6], dayOf(day)))
	return err == nil
}

// dayOf is the day of the month with which a number was made.
func dayOf(s string) int {
	n := int(s[6]-'0')*10 + int(s[7]-'0')
	if n > 60 {
		n -= 60
	}
	return n
}
