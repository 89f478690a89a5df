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

// isDay is for the days that the library lets through: the 0th and the 60th.
func isDay(day string) bool {
	n := int(day[6]-'0')*10 + int(day[7]-'0')
	if n > 60 {
		n -= 60
	}
	_, err := time.Parse("20060102", fmt.Sprintf("%s%02d", day[:6], n))
	return err == nil
}
