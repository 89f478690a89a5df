package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A curve is how the cost of something grows with its size: samples named
// "<package> Benchmark<Name>/<size> <unit>".
type curve struct {
	file, title, pkg, name, unit string
	sizes                        []int
}

var curves = []curve{
	{"households", "Households assessed with trace, seconds", "./wasm/peers", "Households", "s", []int{100, 1_000, 10_000, 100_000, 1_000_000}},
	{"log", "Receipt from a log of so many leaves, milliseconds", "./ledger/tessera", "Size", "receipt-ms", []int{1_000, 10_000, 100_000, 1_000_000}},
	{"events", "Journal of so many events read back, seconds", "./server/store", "Events", "s", []int{1_000, 10_000, 100_000, 1_000_000}},
}

// surely are the sizes of a curve that are measured in any case: fewer draw no curve.
const surely = 3

// grow measures the curves, once each size, and draws them. It says which sizes were
// left out because they would not have ended in time.
func grow(m *measured, folder string, within time.Duration) (left []string, err error) {
	end := time.Now().Add(within)
	for i, c := range curves {
		// What earlier curves did not use is shared by the rest.
		share := time.Until(end) / time.Duration(len(curves)-i)
		points, skipped, err := c.measure(m, time.Now().Add(share))
		if err != nil {
			return nil, err
		}
		left = append(left, skipped...)
		if err := os.WriteFile(filepath.Join(folder, c.file+".svg"), draw(c.title, points), 0o644); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// measure takes size after size until the next would end too late.
func (c curve) measure(m *measured, end time.Time) (points []point, left []string, err error) {
	fmt.Fprintln(os.Stderr, "measuring how", c.file, "grow")
	dir, err := os.MkdirTemp("", "skalig-bench-")
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program := filepath.Join(dir, "test")
	if _, err := command(".", "go", "test", "-c", "-o", program, c.pkg); err != nil {
		return nil, nil, err
	}
	for i, size := range c.sizes {
		// A size that is not done in time is cut off, and the larger ones with it.
		limit := 10 * time.Minute
		if i >= surely {
			limit = time.Until(end)
		}
		start := time.Now()
		out, err := c.one(program, dir, size, limit)
		took := time.Since(start)
		if errors.Is(err, context.DeadlineExceeded) && i >= surely {
			fmt.Fprintf(os.Stderr, "  %s of %d was cut off after %s\n", c.file, size, took.Round(time.Second))
			for _, size := range c.sizes[i:] {
				left = append(left, fmt.Sprintf("%s of %d", c.file, size))
			}
			break
		}
		if err == nil {
			err = m.take(c.pkg, out)
		}
		if err != nil {
			return nil, nil, err
		}
		fmt.Fprintf(os.Stderr, "  %s of %d took %s\n", c.file, size, took.Round(time.Millisecond))
		values := m.samples[fmt.Sprintf("%s Benchmark%s/%d %s", c.pkg, c.name, size, c.unit)]
		if len(values) == 0 {
			return nil, nil, fmt.Errorf("couldn't draw %s: nothing was measured of %d", c.file, size)
		}
		points = append(points, point{float64(size), values[len(values)-1]})
	}
	return points, left, nil
}

// one measures a size once, with its files in dir.
func (c curve) one(program, dir string, size int, limit time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-test.run", "XXX", "-test.bench", fmt.Sprintf("^Benchmark%s$/^%d$", c.name, size), "-test.benchtime", "1x")
	cmd.Env, cmd.WaitDelay = []string{"TMPDIR=" + dir}, 5*time.Second
	out, err := output(c.pkg, cmd)
	return out, errors.Join(err, ctx.Err())
}
