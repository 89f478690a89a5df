// Package retention says when a personal file must be erased, and which must be
// kept for research.
//
// Socialtjänstlagen (2025:400) 16 kap. 1 § has a file erased five years after its
// last note. It is kept, for research, in the counties of Östergötland, Gotland and
// Västernorrland and in the municipality of Göteborg, and elsewhere where it is
// about somebody born on the 5th, 15th or 25th of a month. A file about two adults
// is kept when either of them is such a person.
//
// The counties are the first two digits of the municipality's code: 05, 09 and 22;
// Göteborg is 1480. A day of birth is the last two of the eight digits with which an
// identity number begins; a coordination number's day is 60 higher.
//
// The file goes at once; the log's public leaf that names its decisions waits for those of
// other households (package store's ErasedTogether).
//
// What was paid is also in the municipality's books, which are kept to the end of the
// seventh year after (3 kap. lagen (2018:597) om kommunal bokföring och redovisning). A
// payment file is such a record: it outlives the cases in it, and is erased when both
// times have passed.
package retention

import (
	"slices"
	"strings"
	"time"
)

// Years after the last note.
const Years = 5

// BookYears are the years after the one in which a payment was ordered.
const BookYears = 7

// Before is the moment before which a last note is old enough.
func Before(now time.Time) time.Time { return now.AddDate(-Years, 0, 0) }

// Books is the moment before which a payment file must have been ordered for its books'
// time to have passed. now is in the zone of the books.
func Books(now time.Time) time.Time {
	return time.Date(now.Year()-BookYears, 1, 1, 0, 0, 0, 0, now.Location())
}

// Kept reports whether a file about these people is kept for research. A number
// that cannot be read keeps the file: nothing is erased by mistake.
func Kept(municipality string, numbers ...string) bool {
	for _, county := range []string{"05", "09", "22"} {
		if strings.HasPrefix(municipality, county) {
			return true
		}
	}
	return municipality == "1480" || len(numbers) == 0 || slices.ContainsFunc(numbers, researched)
}

func researched(number string) bool {
	if len(number) != 12 || strings.Trim(number, "0123456789") != "" {
		return true
	}
	day := int(number[6]-'0')*10 + int(number[7]-'0')
	if day > 60 {
		day -= 60
	}
	return day < 1 || day > 31 || day == 5 || day == 15 || day == 25
}
