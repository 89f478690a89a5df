// Package host runs an artefact in this process, through wazero.
//
// A [Module] is compiled once. Each call has an instance of its own, with fresh
// memory and no imports, which is gone when the call returns: nothing of one
// household can reach the next. An instance has at most 64 MiB of memory; what
// it can't do within them, or a trap, is an error, and the caller has no answer.
//
//	m, err := host.Open(ctx, artefact)
//	answer, err := m.Call(ctx, "amount", []byte("1 200,50 kr")) // {"amount":1200.5}
//
// A context that has ended stops a call before it starts and between its steps,
// not within one. wazero can interrupt a running module only through a check at
// every turn of every loop, which makes explain take seven times as long; and a
// released artefact ends by itself: the tests of package wasm hand it a mebibyte
// of this and that, which takes it a fraction of a second.
//
// The calls and how bytes move are specified in package wasm. A Module may be
// used by several goroutines at once.
package host

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

const (
	// MaxInput is the largest input of a call in bytes.
	MaxInput = 1 << 20

	// memoryPages is the most memory of an instance in pages of 64 KiB, 64 MiB
	// together; no input of MaxInput has been seen to take more than 16.
	memoryPages = 1024
)

var (
	// ErrTooLarge says that an input is above MaxInput.
	ErrTooLarge = errors.New("the input is above 1 MiB")
	// ErrCall says that the module has no call of that name.
	ErrCall = errors.New("the module has no such call")
	// ErrTrap says that the module failed.
	ErrTrap = errors.New("the module failed")
	// ErrClosed says that the Module has been closed.
	ErrClosed = errors.New("the module is closed")
)

// A Module is a compiled artefact.
type Module struct {
	sha      [32]byte
	runtime  wazero.Runtime
	compiled wazero.CompiledModule

	// Closing takes away the code that a call runs, so it waits for the calls.
	calls  sync.RWMutex
	closed bool
}

// Open compiles a module. It refuses one that imports anything or lacks the
// exports every artefact has.
func Open(ctx context.Context, module []byte) (*Module, error) {
	m := &Module{sha: sha256.Sum256(module)}
	m.runtime = wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithMemoryLimitPages(memoryPages))
	var err error
	if m.compiled, err = m.runtime.CompileModule(ctx, module); err == nil {
		err = fits(m.compiled)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't open module %x: %w", m.sha[:4], err), m.runtime.Close(ctx))
	}
	return m, nil
}

func fits(c wazero.CompiledModule) error {
	if len(c.ImportedFunctions())+len(c.ImportedMemories()) > 0 {
		return errors.New("it has imports")
	}
	if c.ExportedMemories()["memory"] == nil {
		return errors.New("it exports no memory")
	}
	functions := c.ExportedFunctions()
	for name, signature := range map[string]string{"_initialize": "", "input": "i32 → i32", "output": "→ i32"} {
		f := functions[name]
		if f == nil || !is(f.ParamTypes(), name == "input") || !is(f.ResultTypes(), name != "_initialize") {
			return fmt.Errorf("it exports no %s(%s)", name, signature)
		}
	}
	return nil
}

// is reports whether types are one i32, or none.
func is(types []api.ValueType, one bool) bool {
	if !one {
		return len(types) == 0
	}
	return len(types) == 1 && types[0] == api.ValueTypeI32
}

// SHA256 is the digest of the module's bytes.
func (m *Module) SHA256() [32]byte { return m.sha }

// Close waits for the calls under way and frees the module.
func (m *Module) Close(ctx context.Context) error {
	m.calls.Lock()
	defer m.calls.Unlock()
	m.closed = true
	return m.runtime.Close(ctx)
}

// Call answers one call in a fresh instance.
func (m *Module) Call(ctx context.Context, name string, in []byte) ([]byte, error) {
	if len(in) > MaxInput {
		return nil, fmt.Errorf("couldn't call %s: %w", name, ErrTooLarge)
	}
	if f := m.compiled.ExportedFunctions()[name]; f == nil || name == "input" || !is(f.ParamTypes(), true) || !is(f.ResultTypes(), true) {
		return nil, fmt.Errorf("couldn't call %s: %w", name, ErrCall)
	}
	m.calls.RLock()
	defer m.calls.RUnlock()
	if m.closed {
		return nil, fmt.Errorf("couldn't call %s: %w", name, ErrClosed)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("couldn't call %s: %w", name, err)
	}
	// No name, so that instances don't meet in the runtime's name space.
	i, err := m.runtime.InstantiateModule(ctx, m.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		return nil, fmt.Errorf("couldn't call %s: %w at its start", name, ErrTrap)
	}
	defer i.Close(ctx)
	return exchange(ctx, i, name, in)
}

// exchange moves the input in, calls, and moves the answer out.
func exchange(ctx context.Context, i api.Module, name string, in []byte) ([]byte, error) {
	at, err := call(ctx, i, "input", uint64(len(in)))
	if err != nil {
		return nil, err
	}
	if at == 0 || !i.Memory().Write(at, in) {
		return nil, fmt.Errorf("couldn't call %s: %w: it gave no room for %d bytes", name, ErrTrap, len(in))
	}
	n, err := call(ctx, i, name, uint64(len(in)))
	if err != nil {
		return nil, err
	}
	if at, err = call(ctx, i, "output"); err != nil {
		return nil, err
	}
	view, ok := i.Memory().Read(at, n)
	if !ok {
		return nil, fmt.Errorf("couldn't call %s: %w: its answer lies outside its memory", name, ErrTrap)
	}
	// The view is the instance's memory, which ends with it.
	return append(make([]byte, 0, n), view...), nil
}

func call(ctx context.Context, i api.Module, name string, args ...uint64) (uint32, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("couldn't call %s: %w", name, err)
	}
	results, err := i.ExportedFunction(name).Call(ctx, args...)
	if err != nil {
		// wazero's text is not passed on: it holds a stack and could come to hold more.
		return 0, fmt.Errorf("couldn't call %s: %w", name, ErrTrap)
	}
	return api.DecodeU32(results[0]), nil
}
