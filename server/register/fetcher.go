package register

import (
	"context"
	"sync"
	"time"
)

// The bounds of a Fetcher.
const (
	keep     = 30 * time.Minute // how long answers are remembered
	keepMute = time.Minute      // how long, where no agency has answered
	maxKept  = 5000             // persons at most; the oldest is forgotten first
	maxAsked = 32               // a municipality's questions under way at once; more wait their turn
)

// A Fetcher asks in the background. It remembers a bounded number of answers, in
// memory only: after a restart the agencies are asked again.
type Fetcher struct {
	connector Connector
	bound     time.Duration
	clock     func() time.Time
	answered  func([]Answer, time.Duration)
	run       sync.WaitGroup
	ctx       context.Context
	stop      context.CancelFunc

	mu    sync.Mutex
	by    map[string]*fetch
	age   []*fetch                 // oldest first, with those that were dropped
	slots map[string]chan struct{} // by municipality: one whose agencies are slow holds up no other
}

type fetch struct {
	key     string
	begun   time.Time
	done    chan struct{} // closed when answers are there
	answers []Answer
	at      time.Time
}

// NewFetcher asks c, and waits for it no longer than bound from when it is asked. answered, where set,
// is told what came and how long it took.
func NewFetcher(c Connector, bound time.Duration, clock func() time.Time, answered func([]Answer, time.Duration)) *Fetcher {
	f := &Fetcher{connector: c, bound: bound, clock: clock, answered: answered, by: map[string]*fetch{}, slots: map[string]chan struct{}{}}
	f.ctx, f.stop = context.WithCancel(context.Background())
	if f.answered == nil {
		f.answered = func([]Answer, time.Duration) {}
	}
	return f
}

// Close ends the questions that are under way.
func (f *Fetcher) Close() {
	f.stop()
	f.run.Wait()
}

// Begin asks about a person unless it has been done lately. who names the
// question, and is opaque.
func (f *Fetcher) Begin(who string, q Query) { f.begin(who, q) }

func (f *Fetcher) begin(who string, q Query) *fetch {
	key := who + "/" + q.From + "/" + q.To
	now := f.clock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if old := f.by[key]; old != nil && !old.past(now) {
		return old
	}
	f.forget(now)
	one := &fetch{key: key, begun: now, done: make(chan struct{})}
	f.by[key] = one
	f.age = append(f.age, one)
	slots := f.slots[q.Municipality]
	if slots == nil {
		slots = make(chan struct{}, maxAsked)
		f.slots[q.Municipality] = slots
	}
	f.run.Go(func() { f.ask(one, q, slots) })
	return one
}

// past holds for answers that are asked for anew: old ones, and before long those of
// agencies none of which has answered.
func (one *fetch) past(now time.Time) bool {
	select {
	case <-one.done:
		mute := len((&Result{Answers: one.answers}).Silent()) == len(one.answers)
		return now.Sub(one.begun) >= keep || mute && now.Sub(one.at) >= keepMute
	default:
		return now.Sub(one.begun) >= keep
	}
}

// forget drops what is old, and the oldest where there are too many.
func (f *Fetcher) forget(now time.Time) {
	for len(f.age) > 0 && (now.Sub(f.age[0].begun) >= keep || len(f.age) >= maxKept) {
		if one := f.age[0]; f.by[one.key] == one { // else it was dropped, and maybe asked again
			delete(f.by, one.key)
		}
		f.age[0] = nil
		f.age = f.age[1:]
	}
}

// ask waits for its turn as long as anybody may want the answer, and then for the agencies.
func (f *Fetcher) ask(one *fetch, q Query, slots chan struct{}) {
	defer close(one.done)
	wait, leave := context.WithTimeout(f.ctx, keep)
	defer leave()
	var got []Answer
	began := time.Now()
	select {
	case slots <- struct{}{}:
		began = time.Now()
		ctx, cancel := context.WithTimeout(f.ctx, f.bound)
		got = f.connector.Ask(ctx, q)
		cancel()
		<-slots
	case <-wait.Done():
	}
	one.answers, one.at = complete(got, Late), f.clock()
	f.answered(one.answers, time.Since(began))
}

// Result gives the answers about a person, asking where nobody has yet. It waits
// until ctx ends; agencies that have not answered by then are silent.
func (f *Fetcher) Result(ctx context.Context, who string, q Query) Result {
	one := f.begin(who, q)
	select {
	case <-one.done:
		return Result{At: one.at.UnixMilli(), Answers: one.answers}
	default:
	}
	select {
	case <-one.done:
		return Result{At: one.at.UnixMilli(), Answers: one.answers}
	case <-ctx.Done():
		return Result{At: f.clock().UnixMilli(), Answers: complete(nil, Late), Waiting: true}
	}
}

// Forget drops what was answered about a person, so that the next question is
// asked anew.
func (f *Fetcher) Forget(who string, q Query) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.by, who+"/"+q.From+"/"+q.To)
}
