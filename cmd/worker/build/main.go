// Command build makes the edge worker:
//
//	go run ./cmd/worker/build [-o bin/worker]
//
// It compiles ./cmd/worker for js/wasm as app.wasm, puts the released artefact
// beside it as engine.wasm, takes wasm_exec.js from the library
// (`go tool workers-assets-gen`), and bundles entry.ts into entry.js with what
// only the build knows: the artefact's digest and the headers of an answer. It
// says what the worker weighs, compressed as the platform counts it.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/estimate"
)

// source is the worker's folder, from the project's root.
const source = "cmd/worker"

// The platform's limits of a compressed worker, in bytes.
const (
	freePlan = 3 << 20
	paidPlan = 10 << 20
)

func main() {
	out := flag.String("o", filepath.Join("bin", "worker"), "the folder to make; what is in it is removed")
	flag.Parse()
	if err := build(*out); err != nil {
		fmt.Fprintf(os.Stderr, "error: couldn't build the worker: %v\n", err)
		if errors.Is(err, os.ErrNotExist) {
			fmt.Fprintln(os.Stderr, "hint: run it from the project's root")
		}
		os.Exit(1)
	}
}

func build(out string) error {
	if _, err := os.Stat(filepath.Join(source, "entry.ts")); err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(out, "assets"), 0o755); err != nil {
		return err
	}
	release := wasm.Current()
	engine, ok := wasm.Engine(release.EngineSHA256)
	if !ok {
		return errors.New("the newest release lacks its engine")
	}
	if err := os.WriteFile(filepath.Join(out, "engine.wasm"), engine, 0o644); err != nil {
		return err
	}
	if err := program(out); err != nil {
		return err
	}
	known, err := knowledge(hex.EncodeToString(release.EngineSHA256[:]))
	if err != nil {
		return err
	}
	if err := bundle(out, known); err != nil {
		return err
	}
	return weigh(out)
}

// program compiles the Go program and takes what starts it from the library.
func program(out string) error {
	app, err := filepath.Abs(filepath.Join(out, "app.wasm"))
	if err != nil {
		return err
	}
	if err := run([]string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", app, "./"+source); err != nil {
		return err
	}
	assets, err := os.MkdirTemp("", "skalig-worker-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(assets)
	if err := run(nil, "go", "tool", "workers-assets-gen", "-mode=go", "-o", assets); err != nil {
		return err
	}
	start, err := os.ReadFile(filepath.Join(assets, "wasm_exec.js"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "wasm_exec.js"), start, 0o644)
}

func run(env []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said)
	}
	return nil
}

// built is what the entry is told.
type built struct {
	SHA256 string                       `json:"sha256"`
	Assess map[string]map[string]string `json:"assess"`
}

// knowledge asks the handler for an answer and a refusal, for their headers.
func knowledge(sha string) (built, error) {
	h, err := estimate.New(estimate.Config{Engine: native{}, SHA256: sha, Words: site.EngineWords})
	if err != nil {
		return built{}, err
	}
	b := built{SHA256: sha, Assess: map[string]map[string]string{}}
	for code, body := range map[string]string{"200": example, "422": "{}"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/assess", strings.NewReader(body)))
		if fmt.Sprint(w.Code) != code {
			return built{}, fmt.Errorf("the handler answers %d, not %s", w.Code, code)
		}
		head := map[string]string{}
		for name, values := range w.Header() {
			head[strings.ToLower(name)] = strings.Join(values, ", ")
		}
		b.Assess[code] = head
	}
	return b, nil
}

const example = `{"facts":{"schema":"skalig/facts/1","month":"2026-11","persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}]}}`

// native stands in for the artefact: only headers are asked for.
type native struct{}

func (native) Call(_ context.Context, name string, in []byte) ([]byte, error) {
	return contract.Call(name, in), nil
}

func bundle(out string, known built) error {
	knows, err := json.Marshal(known, json.Deterministic(true))
	if err != nil {
		return err
	}
	r := api.Build(api.BuildOptions{
		EntryPoints:      []string{filepath.Join(source, "entry.ts")},
		Outfile:          filepath.Join(out, "entry.js"),
		Bundle:           true,
		Write:            true,
		Format:           api.FormatESModule,
		Target:           api.ES2022,
		Charset:          api.CharsetUTF8,
		External:         []string{"./wasm_exec.js", "./app.wasm", "./engine.wasm"},
		Define:           map[string]string{"BUILT": string(knows)},
		MinifyWhitespace: true,
		MinifySyntax:     true,
		LogLevel:         api.LogLevelSilent,
	})
	if all := append(r.Errors, r.Warnings...); len(all) > 0 {
		m := all[0]
		if m.Location == nil {
			return errors.New(m.Text)
		}
		return fmt.Errorf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text)
	}
	return nil
}

// weigh prints what the worker weighs and refuses one that fits no plan. Assets
// do not count.
func weigh(out string) error {
	sum := 0
	for _, name := range []string{"app.wasm", "engine.wasm", "wasm_exec.js", "entry.js"} {
		body, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			return err
		}
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		w.Write(body) // a bytes.Buffer takes everything
		w.Close()
		fmt.Printf("%-13s %9d bytes, %9d compressed\n", name, len(body), z.Len())
		sum += z.Len()
	}
	switch {
	case sum <= freePlan:
		fmt.Printf("together %d bytes compressed: fits the free plan (%d)\n", sum, freePlan)
	case sum <= paidPlan:
		fmt.Printf("together %d bytes compressed: needs the paid plan (%d)\n", sum, paidPlan)
	default:
		return fmt.Errorf("the worker is %d bytes compressed, above the platform's %d", sum, paidPlan)
	}
	return nil
}
