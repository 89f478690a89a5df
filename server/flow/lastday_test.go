package flow_test

import (
	"testing"
	"time"

	"github.com/skalig/skalig/server/flow"
)

// TestLastDay: three weeks from the day in Stockholm, and past every holiday.
func TestLastDay(t *testing.T) {
	for received, want := range map[string]string{
		"2026-11-25T11:00:00Z": "2026-12-16",
		"2026-11-25T23:30:00Z": "2026-12-17", // it is the 26th in Stockholm
		"2026-11-28T12:00:00Z": "2026-12-21", // the 19th is a Saturday
		"2026-12-03T12:00:00Z": "2026-12-28", // Christmas Eve, Christmas, Boxing Day, a Sunday
		"2026-03-13T12:00:00Z": "2026-04-07", // Good Friday to Easter Monday
		"2026-05-29T12:00:00Z": "2026-06-22", // Midsummer's Eve
	} {
		at, err := time.Parse(time.RFC3339, received)
		if got := flow.LastDay(at).Format(time.DateOnly); err != nil || got != want {
			t.Errorf("received %s: until %s, want %s", received, got, want)
		}
	}
}
