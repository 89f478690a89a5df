package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// A part is measured together: what it runs, and the rows that come of it.
type part struct {
	name    string
	measure func(*measured) error
	rows    []row
}

func names() []string {
	var all []string
	for _, p := range parts {
		all = append(all, p.name)
	}
	return all
}

// gobench runs benchmarks of a package, a round after the other.
func gobench(pkg, pattern, time string) func(*measured) error {
	return func(m *measured) error {
		out, err := command(".", "go", "test", "-run", "XXX", "-bench", pattern, "-benchtime", time, "-count", strconv.Itoa(m.rounds), "-timeout", "30m", pkg)
		if err != nil {
			return err
		}
		return m.take(pkg, out)
	}
}

// take reads what Go's benchmarks of a package print.
func (m *measured) take(pkg string, out []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimSuffix(fields[0], "-"+strconv.Itoa(runtime.GOMAXPROCS(0)))
		for i := 2; i+1 < len(fields); i += 2 {
			v, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return fmt.Errorf("couldn't read %q: %w", lines.Text(), err)
			}
			if fields[i+1] == "ns/op" {
				v /= 1e6 // times are milliseconds in every sample
			}
			key := pkg + " " + name + " " + fields[i+1]
			m.samples[key] = append(m.samples[key], v)
		}
	}
	return lines.Err()
}

// node runs the bench script of a folder with its packages.
func node(folder string) func(*measured) error {
	return func(m *measured) error {
		if _, err := os.Stat(filepath.Join(folder, "node_modules")); errors.Is(err, os.ErrNotExist) {
			if _, err := command(folder, "npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"); err != nil {
				return err
			}
		}
		out, err := command(folder, "npm", "run", "-s", "bench")
		if err != nil {
			return err
		}
		return m.lines(out)
	}
}

// lines reads what the other programs print: a sample a line.
func (m *measured) lines(out []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		var s struct {
			Name   string    `json:"name"`
			Unit   string    `json:"unit"`
			Values []float64 `json:"values"`
		}
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return fmt.Errorf("couldn't read %q: %w", lines.Text(), err)
		}
		m.samples[s.Name] = append(m.samples[s.Name], s.Values...)
	}
	return lines.Err()
}

// errAbsent: a peer cannot be had here.
var errAbsent = errors.New("not installed here")

// openfisca runs the rules of a folder by OpenFisca, where Python has it. Our figure
// beside it is the engine's part's.
func openfisca(folder string) func(*measured) error {
	return func(m *measured) error {
		if exec.Command("python3", "-c", "import openfisca_core").Run() != nil {
			return errAbsent
		}
		if len(m.samples[engine+"with-trace ns/op"]) == 0 {
			if err := gobench("./wasm/peers", "Engine/with-trace", "300ms")(m); err != nil {
				return err
			}
		}
		out, err := command(folder, "sh", "-c", "node list.mjs peer | python3 openfisca.py bench")
		if err != nil {
			return err
		}
		return m.lines(out)
	}
}

func all(of ...func(*measured) error) func(*measured) error {
	return func(m *measured) error {
		for _, f := range of {
			if err := f(m); err != nil {
				return err
			}
		}
		return nil
	}
}

func command(dir, name string, args ...string) ([]byte, error) {
	return output(dir, exec.Command(name, args...))
}

// output runs a program in a folder and gives what it prints.
func output(dir string, cmd *exec.Cmd) ([]byte, error) {
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "CLOUDFLARE_CF_FETCH_ENABLED=false", "WRANGLER_SEND_METRICS=false"), cmd.Env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s%s", strings.Join(cmd.Args, " "), err, out, said.Bytes())
	}
	return out, nil
}

// about says what was measured, where and with what.
func about() string {
	said := func(name string, args ...string) string {
		out, err := command(".", name, args...)
		if err != nil {
			return name + " not here"
		}
		first, _, _ := strings.Cut(string(out), "\n")
		return strings.TrimSpace(first)
	}
	load := strings.Fields(read("/proc/loadavg") + " ? ? ?")
	return fmt.Sprintf("Measured %s UTC on %d cores (%s/%s), load %s when it ended; %s, node %s, %s; commit %s.\nMedian, and in brackets the lowest and the highest of the rounds.\n",
		time.Now().UTC().Format("2006-01-02 15:04"), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, load[0],
		runtime.Version(), said("node", "--version"), said("chromium", "--version"), said("git", "rev-parse", "--short", "HEAD"))
}

func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(b)
}

// missing names the peers that cannot be measured here.
func missing(absent []string) string {
	if len(absent) == 0 {
		return ""
	}
	return "Not measured, since not installed here: " + strings.Join(absent, ", ") + ".\n"
}
