package releasediff_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/skalig/skalig/server/releasediff"
)

// TestKept: who goes away does not wait, the work goes on for who comes, what is known
// is given meanwhile, and what failed is tried again.
func TestKept(t *testing.T) {
	var k releasediff.Kept
	known, want := &releasediff.Difference{}, &releasediff.Difference{}
	if d, err := k.Get(t.Context(), "known", func(context.Context) (*releasediff.Difference, error) { return known, nil }); d != known || err != nil {
		t.Fatal(d, err)
	}
	var computed atomic.Int64
	begun, finish := make(chan struct{}), make(chan struct{})
	slow := func(ctx context.Context) (*releasediff.Difference, error) {
		computed.Add(1)
		close(begun)
		<-finish
		return want, ctx.Err()
	}
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { _, err := k.Get(ctx, "slow", slow); gone <- err }()
	<-begun
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who went away got %v", err)
	}
	if d, err := k.Get(t.Context(), "known", slow); d != known || err != nil {
		t.Errorf("what is known, meanwhile: %v %v", d, err)
	}
	close(finish)
	if d, err := k.Get(t.Context(), "slow", slow); d != want || err != nil || computed.Load() != 1 {
		t.Errorf("who came later: %v %v, computed %d times", d, err, computed.Load())
	}
	for _, fails := range []func(context.Context) (*releasediff.Difference, error){
		func(context.Context) (*releasediff.Difference, error) { return nil, errors.New("no") },
		func(context.Context) (*releasediff.Difference, error) { panic("no") },
	} {
		if _, err := k.Get(t.Context(), "fails", fails); err == nil {
			t.Error("what fails is given")
		}
	}
	if d, err := k.Get(t.Context(), "fails", func(context.Context) (*releasediff.Difference, error) { return want, nil }); d != want || err != nil {
		t.Errorf("after a failure: %v %v", d, err)
	}
}
