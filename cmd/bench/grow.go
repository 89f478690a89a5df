package main

import (
	"fmt"
	"os"
	"path/filepath"
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

// grow measures the curves, once each size, and draws them.
func grow(m *measured, folder string) error {
	one := &measured{rounds: 1, samples: m.samples}
	for _, c := range curves {
		fmt.Fprintln(os.Stderr, "measuring how", c.file, "grow")
		if err := gobench(c.pkg, "^Benchmark"+c.name+"$", "1x")(one); err != nil {
			return err
		}
		var points []point
		for _, size := range c.sizes {
			values := m.samples[fmt.Sprintf("%s Benchmark%s/%d %s", c.pkg, c.name, size, c.unit)]
			if len(values) > 0 {
				points = append(points, point{float64(size), values[len(values)-1]})
			}
		}
		if len(points) < 3 {
			return fmt.Errorf("couldn't draw %s: only %d sizes were measured", c.file, len(points))
		}
		if err := os.WriteFile(filepath.Join(folder, c.file+".svg"), draw(c.title, points), 0o644); err != nil {
			return err
		}
	}
	return nil
}
