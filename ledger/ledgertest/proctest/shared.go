package proctest

import (
	"sync"
	"testing"
)

// Shared is what all tests of a package use together: the first that needs it starts
// it, and [Shared.Stop] ends it after the last. The zero value is ready for use.
type Shared[T interface{ Stop() }] struct {
	mu      sync.Mutex
	begun   bool
	running T
	err     error
}

// Get returns it and starts it first if need be. A start that failed is not repeated:
// each test that needs it fails.
func (s *Shared[T]) Get(t testing.TB, start func() (T, error)) T {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		s.begun = true
		s.running, s.err = start()
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.running
}

// Stop ends it, if a test has started it.
func (s *Shared[T]) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun && s.err == nil {
		s.running.Stop()
	}
}
