package main

import (
	"context"
	"time"
)

// A reader asks for pages over and over, one after the other with a pause between.
type reader struct {
	as    string // a person to sign in as, or nobody
	pause time.Duration
	paths []struct{ name, path string }
}

// readers are beside those who apply: visitors at the calculator, programs that
// follow the log, somebody who looks at the own cases, a caseworker at the queue.
var readers = []reader{
	{"", 200 * time.Millisecond, []struct{ name, path string }{{"calculator", "/rakna"}, {"first page", "/"}, {"estimate", "/v1/parameters"}}},
	{"", 200 * time.Millisecond, []struct{ name, path string }{{"checkpoint", "/log/checkpoint"}, {"log tile", "/log/tile/0/000"}, {"audit page", "/audit"}}},
	{"alva", time.Second, []struct{ name, path string }{{"own cases", "/mina"}}},
	{"doris", time.Second, []struct{ name, path string }{{"caseworker's queue", "/handlaggare"}}},
}

// read goes on until ctx ends.
func (l *load) read(ctx context.Context, n int, r reader) {
	b := newBrowser(l.url, 1<<21+n, l.figures)
	defer b.close()
	if r.as != "" {
		p, err := b.ask(ctx, "to sign in", "/logga-in", nil)
		if err == nil {
			_, err = b.signIn(ctx, p, r.as)
		}
		if err != nil {
			l.figures.failed(err)
			return
		}
	}
	for i := 0; ctx.Err() == nil; i++ {
		at := r.paths[i%len(r.paths)]
		if at.name == "log tile" && l.figures.leaves() < 256 {
			continue // no tile is full yet
		}
		if _, err := b.ask(ctx, at.name, at.path, nil); err != nil && ctx.Err() == nil {
			l.figures.failed(err)
		}
		select {
		case <-time.After(r.pause):
		case <-ctx.Done():
		}
	}
}
