package register_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skalig/skalig/server/register"
)

// A tardy connector answers after a while, unless it is called off; mute agencies never do.
type tardy struct {
	after map[string]time.Duration // by municipality
	mute  bool
	asked atomic.Int64
}

func (c *tardy) Ask(ctx context.Context, q register.Query) []register.Answer {
	select {
	case <-time.After(c.after[q.Municipality]):
	case <-ctx.Done():
		return nil
	}
	c.asked.Add(1)
	if c.mute {
		return nil
	}
	var all []register.Answer
	for _, a := range register.Agencies {
		all = append(all, register.Answer{Agency: a})
	}
	return all
}

// TestWaitingLine: who stands in a line for slow agencies is answered all the same, and a
// municipality's line is its own.
func TestWaitingLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &tardy{after: map[string]time.Duration{"9999": 5 * time.Second}}
		f := register.NewFetcher(c, 20*time.Second, time.Now, nil)
		defer f.Close()
		slow := register.Query{Municipality: "9999"}
		const n = 320 // ten times those who are asked at once: 50 seconds
		for i := range n {
			f.Begin(fmt.Sprint(i), slow)
		}
		synctest.Wait()
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if r := f.Result(soon, "beside", register.Query{Municipality: "1287"}); r.Waiting || len(r.Silent()) > 0 {
			t.Error("one municipality's line holds up another")
		}
		time.Sleep(time.Minute)
		for i := range n {
			if r := f.Result(t.Context(), fmt.Sprint(i), slow); len(r.Silent()) > 0 {
				t.Errorf("person %d: %v", i, r.Silent())
			}
		}
		if c.asked.Load() != n+1 {
			t.Errorf("%d were asked about, want %d", c.asked.Load(), n+1)
		}
	})
}

// TestSilenceIsForgotten: that no agency answered is not remembered for as long as answers.
func TestSilenceIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &tardy{mute: true}
		f := register.NewFetcher(c, 20*time.Second, time.Now, nil)
		defer f.Close()
		ask := func() int { return len(f.Result(t.Context(), "p", register.Query{}).Silent()) }
		if n := ask(); n != len(register.Agencies) {
			t.Fatalf("%d are silent", n)
		}
		c.mute = false
		time.Sleep(30 * time.Second)
		if n := ask(); n == 0 || c.asked.Load() != 1 {
			t.Errorf("asked %d times within a minute, %d are silent", c.asked.Load(), n)
		}
		time.Sleep(31 * time.Second)
		if n := ask(); n != 0 || c.asked.Load() != 2 {
			t.Errorf("asked %d times, %d are silent after a minute", c.asked.Load(), n)
		}
		time.Sleep(20 * time.Minute)
		if ask(); c.asked.Load() != 2 {
			t.Errorf("answers were asked for again: %d times", c.asked.Load())
		}
	})
}
