package rebuild_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skalig/skalig/server/rebuild"
)

// TestRows replays a row a second: the share is always right, the log is told
// every five seconds and not more often.
func TestRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		r := rebuild.New(slog.New(slog.NewTextHandler(&log, nil)))
		if r.Share() != 0 {
			t.Errorf("%v before the first row", r.Share())
		}
		for n := uint64(1); n <= 12; n++ {
			time.Sleep(time.Second)
			r.Rows(n, 16)
			if want := float64(n) / 16; r.Share() != want {
				t.Errorf("%v after %d of 16 rows", r.Share(), n)
			}
		}
		said := log.String()
		if strings.Count(said, "\n") != 2 || !strings.Contains(said, "rows=5 of=16 left=11s") || !strings.Contains(said, "rows=10 of=16 left=6s") {
			t.Errorf("the log was told:\n%s", said)
		}
		if r.Done(); r.Share() != 1 {
			t.Errorf("%v when it is done", r.Share())
		}
	})
}
