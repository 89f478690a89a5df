package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// What waits for the disk is flushed together, and each is answered as if it were alone.
func TestFormsTogether(t *testing.T) {
	const n = 100
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // its answers were looked at
	log := func() int64 {
		info, err := os.Stat(filepath.Join(dir, "forms.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	add := func(ctx context.Context, of string, i int) error {
		return s.AddForm(ctx, alva, form(fmt.Sprintf("%s-%d", of, i), alva, store.Web))
	}
	for i := range n {
		if err := add(t.Context(), "alone", i); err != nil {
			t.Fatal(err)
		}
	}
	alone := log()

	release := s.HoldForms()
	leaves, left := context.WithCancel(t.Context())
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			ctx := t.Context()
			if i%10 == 3 {
				ctx = leaves
			}
			of := i
			if i%10 == 7 {
				of = 0 // the id of another: there can be one
			}
			errs[i] = add(ctx, "together", of)
		})
	}
	for s.WaitingForms() < n {
		time.Sleep(time.Millisecond)
	}
	left() // a caller that leaves tears nothing
	release()
	wg.Wait()
	refused := 0
	for i, err := range errs {
		if err != nil {
			if i != 0 && i%10 != 7 || !strings.Contains(err.Error(), "UNIQUE") {
				t.Errorf("form %d: %v", i, err)
			}
			refused++
		}
	}
	if refused != n/10 {
		t.Errorf("%d were refused, want the %d whose id was taken", refused, n/10)
	}

	release = s.HoldForms()
	before := log()
	for i := range n {
		wg.Go(func() { errs[i] = add(t.Context(), "again", i) })
	}
	for s.WaitingForms() < n {
		time.Sleep(time.Millisecond)
	}
	release()
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("form %d: %v", i, err)
		}
		if f, err := s.Form(t.Context(), alva, fmt.Sprintf("again-%d", i)); err != nil || string(f.Body) != personal {
			t.Errorf("form %d reads as %d bytes, %v", i, len(f.Body), err)
		}
	}
	if together := log() - before; together*4 > alone {
		t.Errorf("%d forms at once wrote %d bytes, one by one %d: each was flushed by itself", n, together, alone)
	}
}

// Where nothing is joined, a caller's patience bounds the write: the writer of a shared
// journal waits for its keys no longer than for the journal.
func TestWriteAlone(t *testing.T) {
	s := open(t, t.TempDir())
	release, err := s.TakeKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.WriteAlone(ctx) }()
	select {
	case err := <-ended:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on after its time")
	}
}
