package simulation_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store/fragile"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
)

// What every world has the same: the released engine, its words, its release, and the
// folder of a node that has never run.
var (
	module   *host.Module
	words    []byte
	approved []release.Approved
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
	binary, ok := wasm.Engine(wasm.Current().EngineSHA256)
	if !ok {
		return errors.New("this build holds no engine")
	}
	if module, err = host.Open(context.Background(), binary); err != nil {
		return err
	}
	if words, err = os.ReadFile("../../../site/words/sv.json"); err != nil {
		return err
	}
	if approved, err = approve(); err != nil {
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

// approve has two people approve this build's engine from the day of noon.
func approve() ([]release.Approved, error) {
	s, err := release.Current(noon.Format(time.DateOnly), municipal.All())
	if err != nil {
		return nil, err
	}
	var people []release.Approver
	var approvals [][]byte
	for _, name := range []string{"anna.test", "bertil.test"} {
		skey, vkey, err := note.GenerateKey(rand.Reader, name)
		if err != nil {
			return nil, err
		}
		signer, err := note.NewSigner(skey)
		if err != nil {
			return nil, err
		}
		approval, err := release.Approve(s.Marshal(), signer)
		if err != nil {
			return nil, err
		}
		people, approvals = append(people, release.Approver{Name: name, Key: vkey}), append(approvals, approval)
	}
	a, err := release.Open(approvals, people)
	return []release.Approved{a}, err
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
