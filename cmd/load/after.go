package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// disk prints what is kept for each decision.
func (l *load) disk(to io.Writer, decisions int) error {
	of, sum, err := sizes(l.data)
	if err != nil {
		return err
	}
	fmt.Fprintf(to, "disk %.1f MiB, %.0f bytes a decision:", float64(sum)/(1<<20), float64(sum)/float64(max(1, decisions)))
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if of[name] > sum/1000 {
			fmt.Fprintf(to, " %s %.0f", name, float64(of[name])/float64(max(1, decisions)))
		}
	}
	fmt.Fprintln(to)
	return nil
}

// automatic is the line of skalig check that counts the outbox.
var automatic = regexp.MustCompile(`outbox +(\d+) leaves: (\d+) releases, (\d+) automatic decisions`)

// after starts the service again, stops it, and checks all of its data.
func (l *load) after(ctx context.Context, to io.Writer, decisions int) error {
	if n := l.figures.wrong(); n > 0 {
		return fmt.Errorf("%d requests or applications failed", n)
	}
	s, err := serve(ctx, l.program, l.data, l.letters)
	if err != nil {
		return fmt.Errorf("again: %w", err)
	}
	fmt.Fprintf(to, "started again in %.2f s\n", s.took.Seconds())
	if err := s.stop(); err != nil {
		return err
	}
	began := time.Now()
	var said bytes.Buffer
	err = command(ctx, io.MultiWriter(to, &said), l.program, "check", "--data", l.data)
	fmt.Fprintf(to, "checked in %.1f s\n", time.Since(began).Seconds())
	if err != nil {
		return err
	}
	m := automatic.FindStringSubmatch(said.String())
	if m == nil {
		return errors.New("skalig check does not say how many decisions there are")
	}
	if n, err := strconv.Atoi(m[3]); err != nil || n != decisions {
		return fmt.Errorf("%d decisions were acknowledged, %s are in the log", decisions, m[3])
	}
	return nil
}

// flat holds a long run to what its first minute needed.
func (l *load) flat(first, last state, took time.Duration) error {
	if took < 2*time.Minute || first.decisions == 0 {
		return nil
	}
	var errs []error
	grown := func(what string, was, is, slack float64) {
		if is > 1.2*was+slack {
			errs = append(errs, fmt.Errorf("%s grew from %.0f to %.0f", what, was, is))
		}
	}
	grown("the heap alive for each decision", first.heap/float64(first.decisions), last.heap/float64(last.decisions), 0)
	grown("the number of goroutines", first.goroutines, last.goroutines, 50)
	grown("the number of open files", first.files, last.files, 50)
	return errors.Join(errs...)
}
