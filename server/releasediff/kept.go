package releasediff

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Kept remembers differences. One is computed at a time, once for all who ask for it,
// and to its end though whoever asked has gone; a wait ends with who waits.
type Kept struct {
	asked     singleflight.Group
	computing sync.Mutex
	mu        sync.Mutex
	known     map[string]*Difference
}

// maxKept bounds what is kept; there are few releases and few months. patience bounds
// how long one may take.
const (
	maxKept  = 64
	patience = 2 * time.Minute
)

// Get gives what is kept under a key, or computes and keeps it. What fails is not kept.
func (k *Kept) Get(ctx context.Context, key string, compute func(context.Context) (*Difference, error)) (*Difference, error) {
	if d := k.look(key); d != nil {
		return d, nil
	}
	done := k.asked.DoChan(key, func() (any, error) { return k.make(context.WithoutCancel(ctx), key, compute) })
	select {
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*Difference), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (k *Kept) make(ctx context.Context, key string, compute func(context.Context) (*Difference, error)) (d *Difference, err error) {
	k.computing.Lock()
	defer k.computing.Unlock()
	defer func() {
		if p := recover(); p != nil { // no request is there to answer it
			d, err = nil, fmt.Errorf("couldn't compare two releases: a panic of type %T", p)
		}
	}()
	if d := k.look(key); d != nil { // made between the look and the asking
		return d, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if d, err = compute(ctx); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) >= maxKept {
		k.known = map[string]*Difference{}
	}
	k.known[key] = d
	return d, nil
}

func (k *Kept) look(key string) *Difference {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known[key]
}
