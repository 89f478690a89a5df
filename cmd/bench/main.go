// Command bench measures Skälig beside what else one could use, in one run, and
// prints one table:
//
//	go run ./cmd/bench [-rounds 5] [-write .ci/figures [-curves=false]] [-only engine,wire,…]
//
// Each row is a figure of ours and, where there is one, that of a peer which does
// the same work, or of the physical limit: median and spread of the rounds, and
// how they stand to each other. Rows whose peer computes another amount are never
// printed: the peers' programs compare every shared case before they are measured,
// and end where one differs. With -write the table goes to <date>.md, and how cost
// grows to one SVG a curve.
//
// # Samples
//
// A sample is a name and its values. Go's benchmarks give "package Benchmark/part
// unit", each round one; the programs in Node print {"name","unit","values"} a
// line. Times are milliseconds. What cannot be had here is named below the table.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each figure is measured")
	write := flag.String("write", "", "a folder for the table and the curves")
	curves := flag.Bool("curves", true, "with -write: measure how cost grows too, which takes minutes")
	only := flag.String("only", "", "parts, with commas: "+strings.Join(names(), ", "))
	flag.Parse()
	if err := run(*rounds, *write, *only, *curves); err != nil {
		fmt.Fprintf(os.Stderr, "error: couldn't measure: %v\n", err)
		os.Exit(1)
	}
}

func run(rounds int, write, only string, curves bool) error {
	m := &measured{rounds: rounds, samples: map[string][]float64{}}
	var rows []row
	var failed []error
	for _, p := range parts {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", p.name)
		if err := p.measure(m); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
			continue // the other parts are still worth their time
		}
		rows = append(rows, p.rows...)
	}
	table, err := m.table(rows)
	if err != nil {
		return err
	}
	text := about() + "\n" + table + "\n" + missing()
	fmt.Print(text)
	if write == "" || len(failed) > 0 {
		return errors.Join(failed...)
	}
	if err := os.MkdirAll(write, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(write, time.Now().UTC().Format("2006-01-02")+".md"), []byte(text), 0o644); err != nil {
		return err
	}
	if !curves {
		return nil
	}
	return grow(m, write)
}
