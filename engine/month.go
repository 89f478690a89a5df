package engine

// A Month is a calendar month: year × 12 + month − 1. The zero Month means that
// no month was given.
type Month int32

// MonthOf returns the Month of a year and a month 1–12.
func MonthOf(year, month int) Month { return Month(year*12 + month - 1) }

// Year returns the calendar year.
func (m Month) Year() int { return int(m) / 12 }

// Number returns the month of the year, 1–12.
func (m Month) Number() int { return int(m)%12 + 1 }

// Days returns the number of days of the month in the Gregorian calendar.
func (m Month) Days() int {
	switch m.Number() {
	case 2:
		if y := m.Year(); y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// String returns the month as YYYY-MM.
func (m Month) String() string { return string(m.Append(nil)) }

// Append appends the month as YYYY-MM.
func (m Month) Append(b []byte) []byte {
	y, n := m.Year(), m.Number()
	return append(b, byte('0'+y/1000%10), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10),
		'-', byte('0'+n/10), byte('0'+n%10))
}

// ParseMonth reads YYYY-MM with a year from 1900 to 2199.
func ParseMonth(s string) (Month, bool) {
	if len(s) != 7 || s[4] != '-' {
		return 0, false
	}
	var n [6]int
	for i, at := range [...]int{0, 1, 2, 3, 5, 6} {
		if s[at] < '0' || s[at] > '9' {
			return 0, false
		}
		n[i] = int(s[at] - '0')
	}
	year, month := n[0]*1000+n[1]*100+n[2]*10+n[3], n[4]*10+n[5]
	if year < 1900 || year > 2199 || month < 1 || month > 12 {
		return 0, false
	}
	return MonthOf(year, month), true
}
