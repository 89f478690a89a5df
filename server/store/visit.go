package store

import (
	"context"
	"strings"
	"sync"
)

// A visit is one request's: what it reads of one file, part by part, is one access.
type visit struct {
	mu   sync.Mutex
	made map[string]bool // by who reads and what
}

type visitKey struct{}

// Visit gives a context in which the parts of a file that one caller reads are one
// access event, durable before the first of them is shown. Documents are read one by
// one, and lists are lists: each of those is an event as ever, and so is a refusal.
func Visit(ctx context.Context) context.Context {
	return context.WithValue(ctx, visitKey{}, &visit{made: map[string]bool{}})
}

// part says whether an action is a look at a part of a file, given by its id.
func part(action string) bool {
	switch {
	case action == "list documents": // of one file
		return true
	case strings.HasPrefix(action, "read document"), action == "read sample", action == "read batch", action == "read account":
		return false
	}
	return action == "read" || strings.HasPrefix(action, "read ")
}

// noted reports whether the visit has read of the file before; the second value is
// called when it has.
func (c Caller) noted(ctx context.Context, action string, refused bool, cases []string) (bool, func()) {
	v, ok := ctx.Value(visitKey{}).(*visit)
	if !ok || refused || len(cases) != 1 || !part(action) {
		return false, func() {}
	}
	key := string(c.Role) + " " + c.Municipality + " " + c.Ref + " " + cases[0]
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.made[key], func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.made[key] = true
	}
}
