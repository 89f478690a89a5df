package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/skalig/skalig/wasm/module"
	"github.com/skalig/skalig/wasm/recipe"
)

const tinygoModule = "github.com/tinygo-org/tinygo"

// A toolchain is an installed TinyGo with the LLVM and Go that it works with.
type toolchain struct {
	root     string // of our module
	llvm     llvm
	env      []string
	tinygo   string // 0.41.1
	goCmd    string // go1.26.8
	tinyroot string // TINYGOROOT: bin, src and targets
}

func (t *toolchain) String() string {
	return "tinygo " + t.tinygo + ", llvm " + t.llvm.version + ", go " + strings.TrimPrefix(t.goCmd, "go")
}

// openToolchain reads which toolchain it is to be and installs what is missing.
func openToolchain(ctx context.Context, root string) (*toolchain, error) {
	t := &toolchain{root: root}
	if err := t.readVersions(); err != nil {
		return nil, err
	}
	var err error
	if t.llvm, err = openLLVM(ctx); err != nil {
		return nil, err
	}
	if t.env, err = environment(ctx, t.goCmd); err != nil {
		return nil, err
	}
	t.env = append(t.env, "PATH="+t.llvm.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.tinyroot = filepath.Join(root, ".cache", "tinygo", t.tinygo+"-llvm"+t.llvm.version+"-"+t.goCmd)
	if _, err := os.Stat(t.tinyroot); errors.Is(err, os.ErrNotExist) {
		return t, t.install(ctx)
	} else if err != nil {
		return nil, fmt.Errorf("couldn't open TinyGo: %w", err)
	}
	return t, nil
}

func (t *toolchain) readVersions() error {
	path := filepath.Join(t.root, filepath.FromSlash(recipe.Toolchain))
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("couldn't read which toolchain it is to be: %w", err)
	}
	file, err := modfile.Parse(path, data, nil)
	if err != nil {
		return fmt.Errorf("couldn't read which toolchain it is to be: %w", err)
	}
	for _, r := range file.Require {
		if r.Mod.Path == tinygoModule {
			t.tinygo = strings.TrimPrefix(r.Mod.Version, "v")
		}
	}
	if t.tinygo == "" || file.Toolchain == nil {
		return fmt.Errorf("%s names no TinyGo or no Go", recipe.Toolchain)
	}
	t.goCmd = file.Toolchain.Name
	return nil
}

// install compiles TinyGo. It is made in a folder of its own that gets its name
// last, so an interrupted installation leaves nothing that looks like one, and
// of two at once one stays.
func (t *toolchain) install(ctx context.Context) error {
	fmt.Fprintf(os.Stderr, "compiling TinyGo %s against LLVM %s; this takes a minute, once\n", t.tinygo, t.llvm.version)
	if err := os.MkdirAll(filepath.Dir(t.tinyroot), 0o777); err != nil {
		return fmt.Errorf("couldn't install TinyGo: %w", err)
	}
	part, err := os.MkdirTemp(filepath.Dir(t.tinyroot), "part-")
	if err != nil {
		return fmt.Errorf("couldn't install TinyGo: %w", err)
	}
	defer os.RemoveAll(part)
	cgo, err := t.llvm.cgo(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Dir(filepath.Join(t.root, filepath.FromSlash(recipe.Toolchain)))
	env := append(t.env[:len(t.env):len(t.env)], cgo...)
	compile := []string{"build", "-tags", "llvm19", "-o", filepath.Join(part, "bin", "tinygo"), tinygoModule}
	if err := show(ctx, command{dir: dir, env: env, name: "go", args: compile}); err != nil {
		return err
	}
	module, err := output(ctx, command{dir: dir, env: env, name: "go", args: []string{"list", "-m", "-f", "{{.Dir}}", tinygoModule}})
	if err != nil {
		return err
	}
	for _, folder := range []string{"src", "targets"} {
		if err := os.CopyFS(filepath.Join(part, folder), os.DirFS(filepath.Join(strings.TrimSpace(module), folder))); err != nil {
			return fmt.Errorf("couldn't install TinyGo: %w", err)
		}
	}
	// A submodule that Go's module of TinyGo doesn't hold and we don't use, but
	// whose folder TinyGo looks into.
	if err := os.MkdirAll(filepath.Join(part, "src", "net"), 0o777); err != nil {
		return fmt.Errorf("couldn't install TinyGo: %w", err)
	}
	if err := os.Chmod(part, 0o755); err != nil {
		return fmt.Errorf("couldn't install TinyGo: %w", err)
	}
	err = os.Rename(part, t.tinyroot)
	if _, other := os.Stat(t.tinyroot); err != nil && other != nil {
		return fmt.Errorf("couldn't install TinyGo: %w", err)
	}
	return nil
}

// build compiles every artefact from nothing; the answer is by name.
func (t *toolchain) build(ctx context.Context) (map[string][]byte, error) {
	dir, err := os.MkdirTemp(filepath.Join(t.root, ".cache"), "build-")
	if err != nil {
		return nil, fmt.Errorf("couldn't build the artefacts: %w", err)
	}
	defer os.RemoveAll(dir)
	env := append(t.env[:len(t.env):len(t.env)],
		"TINYGOROOT="+t.tinyroot,
		"XDG_CACHE_HOME="+filepath.Join(dir, "cache"),
		"WASMOPT="+filepath.Join(t.root, "wasm", "toolchain", "wasm-opt"),
	)
	built := map[string][]byte{}
	for _, a := range recipe.Artefacts() {
		file := filepath.Join(dir, a.Name+".wasm")
		args := append([]string{"build", "-target", filepath.Join(t.root, filepath.FromSlash(recipe.Target)), "-o", file}, a.Flags()...)
		tinygo := command{dir: t.root, env: env, name: filepath.Join(t.tinyroot, "bin", "tinygo"), args: append(args, a.Package)}
		if err := show(ctx, tinygo); err != nil {
			return nil, err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("couldn't read what was built: %w", err)
		}
		if built[a.Name], err = module.Narrow(data, a.Exports()); err != nil {
			return nil, fmt.Errorf("couldn't narrow %s.wasm to its exports: %w", a.Name, err)
		}
	}
	return built, nil
}
