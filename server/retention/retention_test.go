package retention_test

import (
	"testing"
	"time"

	"github.com/skalig/skalig/server/retention"
)

func TestKept(t *testing.T) {
	for _, c := range []struct {
		municipality string
		numbers      []string
		want         bool
	}{
		{"9999", []string{"199211222386"}, false}, // the 22nd
		{"9999", []string{"199002152390"}, true},  // the 15th
		{"9999", []string{"199002052390"}, true},
		{"9999", []string{"199002252390"}, true},
		{"9999", []string{"199002652390"}, true},                  // a coordination number of the 5th
		{"9999", []string{"199002822390"}, false},                 // and of the 22nd
		{"9999", []string{"199211222386", "199002252390"}, true},  // the co-applicant
		{"9999", []string{"199211222386", "199303012398"}, false}, //
		{"0580", []string{"199211222386"}, true},                  // Linköping, Östergötland
		{"0980", []string{"199211222386"}, true},                  // Gotland
		{"2281", []string{"199211222386"}, true},                  // Sundsvall, Västernorrland
		{"1480", []string{"199211222386"}, true},                  // Göteborg
		{"1481", []string{"199211222386"}, false},                 // Mölndal beside it
		{"9999", nil, true},
		{"9999", []string{"19921122"}, true},
		{"9999", []string{"19921122238x"}, true},
	} {
		if got := retention.Kept(c.municipality, c.numbers...); got != c.want {
			t.Errorf("%s %v: %v", c.municipality, c.numbers, got)
		}
	}
}

func TestBefore(t *testing.T) {
	now := time.Date(2031, 11, 22, 12, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]int{time.Date(2033, 12, 31, 23, 0, 0, 0, time.UTC): 2026, time.Date(2034, 1, 1, 0, 0, 0, 0, time.UTC): 2027} {
		if got := retention.Books(at); !got.Equal(time.Date(want, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%v: files from before %v", at, got)
		}
	}
	if got := retention.Before(now); !got.Equal(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("got %v", got)
	}
}
