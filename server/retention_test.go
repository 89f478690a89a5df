package server_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/server/inspection"
)

// TestRetention: a day before five years have gone nothing is erased, then a dry
// run only says it, and the running service does it. The person's page says that
// the case is erased, and the receipt that was saved still verifies.
func TestRetention(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	addr := strings.TrimPrefix(s.url, "http://")
	alva := s.as(t, "alva")
	granted := alva.apply(single, nil).path
	receipt := alva.get(granted + "/kvitto.json").body
	key := strings.TrimSpace(alva.get("/log/key").body)
	queued := alva.apply(over, nil).path
	s.stop()

	at := func(years, days int) func(*server.Config) {
		return func(c *server.Config) {
			c.Addr, c.Clock = addr, func() time.Time { return noon.AddDate(years, 0, days) }
		}
	}
	look := func(years, days int) int {
		t.Helper()
		c := server.Config{Addr: addr, Data: data, Demo: demo.New(), Log: slog.New(slog.DiscardHandler)}
		at(years, days)(&c)
		r, err := server.Retain(t.Context(), c, true)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, d := range r.Due {
			n += len(d.Cases)
		}
		return n
	}
	if n := look(5, -1); n != 0 {
		t.Errorf("a day too early %d cases are due", n)
	}
	if n := look(5, 1); n != 1 {
		t.Errorf("%d cases are due after five years; one of two is closed", n)
	}
	s = run(t, data, at(5, 1), func(c *server.Config) { c.EraseOld = true })
	alva = s.as(t, "alva")
	var page answer
	for range 100 {
		if page = alva.get(granted); page.code == 410 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if page.code != 410 || !strings.Contains(page.body, "gallrat") {
		t.Errorf("the erased case: %d", page.code)
	}
	if a := alva.get(queued); a.code != 200 {
		t.Errorf("the open case: %d", a.code)
	}
	if mine := alva.get("/mina"); !strings.Contains(mine.body, "Gallrat") || strings.Contains(mine.body, `href="`+granted) {
		t.Errorf("the list: %s", mine.body)
	}
	if rep := ledger.Verify([]byte(receipt), []string{key}); !rep.OK {
		t.Errorf("the saved receipt: %v", rep.Reason)
	}
	s.stop()
	r, err := inspection.Check(t.Context(), data, inspection.Options{})
	if err != nil || r.Wrong > 0 || r.Erased != 1 {
		t.Errorf("%v %+v", err, r)
	}
}
