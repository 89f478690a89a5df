package simulation_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/flow/flowtest"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store/fragile"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
)

// What every world has the same: the released engine, what a service decides by, and the
// folder of a node that has never run.
var (
	module   *host.Module
	deciding flow.Config
	pristine string
	logKey   string
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp(scratch(), "simulation-")
	if err == nil {
		err = prepare(dir)
	}
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	debug.SetGCPercent(400)
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func prepare(dir string) (err error) {
	if module, err = flowtest.Engine(); err != nil {
		return err
	}
	if deciding, err = flowtest.Config(); err != nil {
		return err
	}
	pristine = dir
	for _, name := range []string{"kek", "digest"} {
		if _, err := secret.LoadOrCreate(filepath.Join(dir, "keys", name)); err != nil {
			return err
		}
	}
	s := newSigner(func() time.Duration { return 0 })
	logKey, err = trillian.Init(context.Background(), wire{s, fragile.Perfect{}, never}, filepath.Join(dir, "log"), "simulation.test/log", 0)
	return err
}

// settle makes a node's folder, as if it had been given its keys.
func settle(dir string) error {
	return filepath.WalkDir(pristine, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(pristine, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(dir, name), info.Mode().Perm())
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), data, info.Mode().Perm())
	})
}

// remembered are the answers of the engine and of the native build: the same question has
// the same answer, and a simulation asks few.
var remembered sync.Map

type question struct{ of, name, in string }

// engine is the released one.
type engine struct{}

// Call implements flow.Artefact.
func (engine) Call(ctx context.Context, name string, in []byte) ([]byte, error) {
	q := question{"artefact", name, string(in)}
	if answer, ok := remembered.Load(q); ok {
		return answer.([]byte), nil
	}
	answer, err := module.Call(ctx, name, in)
	if err == nil {
		remembered.Store(q, answer)
	}
	return answer, err
}

// SHA256 implements flow.Artefact.
func (engine) SHA256() [32]byte { return module.SHA256() }

func native(name string, in []byte) []byte {
	q := question{"native", name, string(in)}
	if answer, ok := remembered.Load(q); ok {
		return answer.([]byte)
	}
	answer := contract.Call(name, in)
	remembered.Store(q, answer)
	return answer
}
