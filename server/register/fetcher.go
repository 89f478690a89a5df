package register

import (
	"context"
	"sync"
	"time"
)

// The bounds of a Fetcher.
const (
	keep     = 30 * time.Minute // how long answers are remembered
	maxKept  = 5000             // persons at most; the oldest is forgotten first
	maxAsked = 32               // questions under way at once; more wait their turn within their bound
)

// A Fetcher asks in the background. It remembers a bounded number of answers, in
// memory only: after a restart the agencies are asked again.
type Fetcher struct {
	connector Connector
	bound     time.Duration
	clock     func() time.Time
	answered  func([]Answer, time.Duration)
	slots     chan struct{}
	run       sync.WaitGroup
	ctx       context.Context
	stop      context.CancelFunc

	mu  sync.Mutex
	by  map[string]*fetch
	age []*fetch // oldest first, with those that were dropped
}

type fetch struct {
	key     string
	begun   time.Time
	done    chan struct{} // closed when answers are there
	answers []Answer
	at      time.Time
}

// NewFetcher asks c, and waits for it no longer than bound. answered, where set,
// is told what came and how long it took.
func NewFetcher(c Connector, bound time.Duration, clock func() time.Time, answered func([]Answer, time.Duration)) *Fetcher {
	f := &Fetcher{connector: c, bound: bound, clock: clock, answered: answered, slots: make(chan struct{}, maxAsked), by: map[string]*fetch{}}
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
	if old := f.by[key]; old != nil && now.Sub(old.begun) < keep {
		return old
	}
	f.forget(now)
	one := &fetch{key: key, begun: now, done: make(chan struct{})}
	f.by[key] = one
	f.age = append(f.age, one)
	f.run.Go(func() { f.ask(one, q) })
	return one
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

func (f *Fetcher) ask(one *fetch, q Query) {
	defer close(one.done)
	began := time.Now()
	ctx, cancel := context.WithTimeout(f.ctx, f.bound)
	defer cancel()
	var got []Answer
	select {
	case f.slots <- struct{}{}:
		got = f.connector.Ask(ctx, q)
		<-f.slots
	case <-ctx.Done():
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
