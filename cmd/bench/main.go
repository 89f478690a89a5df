// Command bench measures Skälig beside what else one could use, in one run, and
// prints one table:
//
//	go run ./cmd/bench [-rounds 5] [-write .ci/figures [-within 6m]] [-only engine,log,…]
//
// Each row is a figure of ours and, where there is one, that of a peer which does
// the same work, or of the physical limit: median and spread of the rounds, and
// how they stand to each other. Rows whose peer computes another amount are never
// printed: the peers' programs compare every shared case before they are measured,
// and end where one differs. With -write the table goes to <date>.md, and how cost
// grows to one SVG a curve: size after size, each ten times the one before, until the
// time that -within gives all curves is over. A size that is not done by then is cut
// off, and named below the table. -within 0 draws no curves.
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
	within := flag.Duration("within", 6*time.Minute, "with -write: how long to measure how cost grows; 0: not at all")
	only := flag.String("only", "", "parts, with commas: "+strings.Join(names(), ", "))
	flag.Parse()
	if err := run(*rounds, *write, *only, *within); err != nil {
		fmt.Fprintf(os.Stderr, "error: couldn't measure: %v\n", err)
		os.Exit(1)
	}
}

func run(rounds int, write, only string, within time.Duration) error {
	m := &measured{rounds: rounds, samples: map[string][]float64{}}
	var rows []row
	var failed []error
	var absent []string
	for _, p := range parts {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", p.name)
		start := time.Now()
		err := p.measure(m)
		fmt.Fprintf(os.Stderr, "  %s took %s\n", p.name, time.Since(start).Round(time.Second))
		if errors.Is(err, errAbsent) {
			absent = append(absent, p.name)
			continue
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
			continue // the other parts are still worth their time
		}
		rows = append(rows, p.rows...)
	}
	table, err := m.table(rows)
	if err != nil {
		return err
	}
	text := about() + "\n" + table + "\n" + missing(absent)
	fmt.Print(text)
	if write == "" || len(failed) > 0 {
		return errors.Join(failed...)
	}
	if err := os.MkdirAll(write, 0o755); err != nil {
		return err
	}
	file := filepath.Join(write, time.Now().UTC().Format("2006-01-02")+".md")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	if within <= 0 {
		return nil
	}
	left, err := grow(m, write, within)
	if err != nil || len(left) == 0 {
		return err
	}
	text += "\nLeft out of the curves, for which all of them had " + within.String() + ": " + strings.Join(left, "; ") + ".\n"
	return os.WriteFile(file, []byte(text), 0o644)
}
