// Package calendar knows on which days in Sweden nothing has to be done and no bank
// pays.
//
// # Free days
//
// Public holidays (lag (1989:253) om allmänna helgdagar):
//
//	every Sunday
//	1 January, 6 January, 1 May, 6 June, 25 and 26 December
//	Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday
//	Midsummer's Day: the Saturday from 20 to 26 June
//	All Saints' Day: the Saturday from 31 October to 6 November
//
// And those that count as such (lag (1930:173) om beräkning av lagstadgad tid, 2 §):
// every Saturday, Midsummer's Eve, 24 and 31 December. The banks are closed on the
// same days.
//
// # A last day
//
// A time that a statute sets, and whose last day is free, ends on the next day that
// is not. A day that somebody sets themselves, a caseworker's for instance, does not
// move: who sets it can see what day it is.
//
// 6 June is a holiday since 2005, and Whit Monday is none since then; earlier years
// are not asked for here.
package calendar

import "time"

// Free holds for a day on which nothing has to be done.
func Free(t time.Time) bool {
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		return true
	}
	switch t.Month()*100 + time.Month(t.Day()) {
	case 101, 106, 501, 606, 1224, 1225, 1226, 1231:
		return true
	}
	if t.Month() == time.June && t.Weekday() == time.Friday && t.Day() >= 19 && t.Day() <= 25 { // Midsummer's Eve
		return true
	}
	switch t.YearDay() - Easter(t.Year()).YearDay() {
	case -2, 1, 39: // Good Friday, Easter Monday, Ascension Day
		return true
	}
	return false
}

// Next is the day itself where it is not free, else the next that is not.
func Next(t time.Time) time.Time {
	for Free(t) {
		t = t.AddDate(0, 0, 1)
	}
	return t
}

// Easter is Easter Sunday of a year, by the Gregorian reckoning of Gauss in the form
// that Butcher published.
func Easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 12, 0, 0, 0, time.UTC)
}
