package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/calendar"
)

// free are the days from Monday to Friday on which banks are closed, as they stand in
// the almanacs of these years.
const free = `
2025-01-01 2025-01-06 2025-04-18 2025-04-21 2025-05-01 2025-05-29 2025-06-06 2025-06-20 2025-12-24 2025-12-25 2025-12-26 2025-12-31
2026-01-01 2026-01-06 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-06-19 2026-12-24 2026-12-25 2026-12-31
2027-01-01 2027-01-06 2027-03-26 2027-03-29 2027-05-06 2027-06-25 2027-12-24 2027-12-31
`

func TestFree(t *testing.T) {
	want := strings.Fields(free)
	var got []string
	for d := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2028; d = d.AddDate(0, 0, 1) {
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		switch {
		case weekend && !calendar.Free(d):
			t.Errorf("%v %v is not free", d.Weekday(), d)
		case !weekend && calendar.Free(d):
			got = append(got, d.Format(time.DateOnly))
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("free are\n%s\nwant\n%s", got, want)
	}
}

func TestEaster(t *testing.T) {
	for year, want := range map[int]string{2000: "2000-04-23", 2008: "2008-03-23", 2011: "2011-04-24", 2024: "2024-03-31", 2038: "2038-04-25", 2049: "2049-04-18"} {
		if got := calendar.Easter(year).Format(time.DateOnly); got != want {
			t.Errorf("%d: %s, want %s", year, got, want)
		}
	}
}

func TestNext(t *testing.T) {
	for day, want := range map[string]string{"2026-12-24": "2026-12-28", "2026-12-31": "2027-01-04", "2026-06-19": "2026-06-22", "2026-06-18": "2026-06-18", "2026-04-03": "2026-04-07", "2026-05-14": "2026-05-15", "2026-11-28": "2026-11-30"} {
		at, err := time.Parse(time.DateOnly, day)
		if got := calendar.Next(at).Format(time.DateOnly); err != nil || got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
}
