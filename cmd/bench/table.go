package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A row is one figure beside its peer. The names are those of samples; peer may
// be empty. Values are multiplied by scale before they are shown.
type row struct {
	what  string
	ours  string
	unit  string
	scale float64
	peer  string // a sample
	who   string // the peer's name
	more  bool   // more is better
}

// measured are the samples of a run.
type measured struct {
	rounds  int
	samples map[string][]float64
}

// table writes the rows in Markdown.
func (m *measured) table(rows []row) (string, error) {
	var b strings.Builder
	b.WriteString("| what | Skälig | beside | | Skälig is |\n|---|---|---|---|---|\n")
	for _, r := range rows {
		ours, err := m.figure(r.ours, r)
		if err != nil {
			return "", err
		}
		if r.peer == "" {
			fmt.Fprintf(&b, "| %s | %s | | | |\n", r.what, ours)
			continue
		}
		theirs, err := m.figure(r.peer, r)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.what, ours, r.who, theirs, stand(median(m.samples[r.ours]), median(m.samples[r.peer]), r))
	}
	return b.String(), nil
}

// figure is the median of a sample, with its spread where it was measured often.
func (m *measured) figure(name string, r row) (string, error) {
	values := m.samples[name]
	if len(values) == 0 {
		return "", fmt.Errorf("nothing was measured as %q", name)
	}
	text := number(median(values)*r.scale) + " " + r.unit
	if low, high := slices.Min(values)*r.scale, slices.Max(values)*r.scale; len(values) > 1 && number(low) != number(high) {
		text += " (" + number(low) + "–" + number(high) + ")"
	}
	return text, nil
}

// stand says how ours stands to the peer's.
func stand(ours, theirs float64, r row) string {
	if ours == 0 || theirs == 0 {
		return ""
	}
	ratio, better, worse := theirs/ours, "faster", "**slower**"
	if r.more {
		ratio = ours / theirs
	}
	if r.unit == "kB" || r.unit == "MiB" {
		better, worse = "smaller", "**larger**"
	}
	switch {
	case ratio >= 1.05:
		return number(ratio) + " × " + better
	case ratio <= 1/1.05:
		return number(1/ratio) + " × " + worse
	}
	return "the same"
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted)%2 == 1 {
		return sorted[len(sorted)/2]
	}
	return (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
}

// number has three digits that count, and spaces between thousands.
func number(v float64) string {
	if v == 0 {
		return "0"
	}
	decimals := max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	text := fmt.Sprintf("%.*f", decimals, v)
	whole, rest, found := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u00a0" + whole[i:]
	}
	if rest = strings.TrimRight(rest, "0"); found && rest != "" {
		return whole + "." + rest
	}
	return whole
}
