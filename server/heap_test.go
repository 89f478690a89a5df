package server

import "testing"

func TestPercent(t *testing.T) {
	for live, want := range map[uint64]int{0: 6400, 1 << 20: 6400, 32 << 20: 200, 64 << 20: 100, 4 << 30: 100} {
		if got := percent(live); got != want {
			t.Errorf("%d bytes alive: %d percent, want %d", live, got, want)
		}
	}
}
