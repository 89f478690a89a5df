package host_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/skalig/skalig/wasm/host"
)

func open(t testing.TB, module []byte) *host.Module {
	t.Helper()
	m, err := host.Open(t.Context(), module)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close(context.Background()) })
	return m
}

func TestCall(t *testing.T) {
	m := open(t, trial())
	if want := sha256.Sum256(trial()); m.SHA256() != want {
		t.Errorf("SHA256 is %x, want %x", m.SHA256(), want)
	}
	for _, in := range []string{"", "a", "\x00\xff", strings.Repeat("long", 10_000)} {
		got, err := m.Call(t.Context(), "echo", []byte(in))
		if err != nil || string(got) != in {
			t.Errorf("echo of %.10q: %.10q, %v", in, got, err)
		}
	}
}

// What one call leaves in the memory is not there for the next.
func TestFreshInstance(t *testing.T) {
	m := open(t, trial())
	for range 3 {
		got, err := m.Call(t.Context(), "count", nil)
		if err != nil || !bytes.Equal(got, []byte{1, 0, 0, 0}) {
			t.Fatalf("count: %v, %v", got, err)
		}
	}
}

func TestRefused(t *testing.T) {
	m := open(t, trial())
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"absent", nil, host.ErrCall},
		{"input", nil, host.ErrCall},
		{"output", nil, host.ErrCall},
		{"memory", nil, host.ErrCall},
		{"_initialize", nil, host.ErrCall},
		{"", nil, host.ErrCall},
		{"echo", make([]byte, host.MaxInput+1), host.ErrTooLarge},
		{"echo", make([]byte, host.MaxInput), host.ErrTrap}, // the memory of trial is one page
		{"trap", nil, host.ErrTrap},
		{"outside", nil, host.ErrTrap},
		{"grow", nil, host.ErrTrap},
	} {
		got, err := m.Call(t.Context(), c.name, c.in)
		if !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n$") {
			t.Errorf("%s: the error is not one plain line: %q", c.name, err)
		}
	}
	if got, err := m.Call(t.Context(), "echo", []byte("still")); string(got) != "still" {
		t.Errorf("after failures: %q, %v", got, err)
	}
}

func TestContext(t *testing.T) {
	m := open(t, trial())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := m.Call(ctx, "echo", nil); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("echo after cancellation: %v, %v", got, err)
	}
}

// Close takes nothing away from a call under way.
func TestClose(t *testing.T) {
	m := open(t, trial())
	var all sync.WaitGroup
	began := make(chan bool, 4)
	for range cap(began) {
		all.Go(func() {
			for n := 0; ; n++ {
				got, err := m.Call(t.Context(), "echo", []byte("still"))
				if n == 0 {
					began <- true
				}
				if errors.Is(err, host.ErrClosed) {
					return
				}
				if err != nil || string(got) != "still" {
					t.Errorf("a call while it is closed: %q, %v", got, err)
					return
				}
			}
		})
	}
	for range cap(began) {
		<-began
	}
	if err := m.Close(context.Background()); err != nil {
		t.Errorf("Close: %v", err)
	}
	all.Wait()
	if _, err := m.Call(t.Context(), "echo", nil); !errors.Is(err, host.ErrClosed) {
		t.Errorf("a call after Close: %v", err)
	}
}

func TestConcurrent(t *testing.T) {
	m := open(t, trial())
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			in := bytes.Repeat([]byte{byte(i)}, 1000+i)
			for range 200 {
				if got, err := m.Call(t.Context(), "echo", in); err != nil || !bytes.Equal(got, in) {
					t.Errorf("goroutine %d: %v", i, err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		module []byte
	}{
		{"nothing", nil},
		{"text", []byte("engine")},
		{"half a module", trial()[:100]},
		{"an import", withImport()},
		{"no exports", assemble(section(types, signature(0, 0)))},
	} {
		if m, err := host.Open(t.Context(), c.module); err == nil {
			m.Close(context.Background())
			t.Errorf("%s was opened", c.name)
		}
	}
}
