package engine_test

import (
	"testing"

	"github.com/skalig/skalig/engine"
)

func TestReadAmount(t *testing.T) {
	read := map[string]engine.Ore{
		"0": 0, "1200": 120000, "1 200": 120000, "1\u00a0200": 120000, "1\u202f200,50": 120050,
		"1 200,50": 120050, "1 200,5": 120050, "1200.5": 120050, "1200.50": 120050,
		"1.200": 120000, "1.200,50": 120050, "1 200 kr": 120000, "1200kr": 120000, "1 200 Kr": 120000,
		"1 200,50 kronor": 120050, "1200:-": 120000, " 8 500 ": 850000, "12 345 678": 0,
		"10 000 000": 10_000_000_00, "007": 700, "1 200 sek": 120000, "0,05": 5,
	}
	delete(read, "12 345 678")
	for text, want := range read {
		if got, err := engine.ReadAmount(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v; want %d", text, got, err, want)
		}
	}
	refused := map[string]engine.AmountError{
		"": engine.AmountEmpty, "  ": engine.AmountEmpty,
		"-1": engine.AmountNegative, "−500": engine.AmountNegative, "- 500": engine.AmountNegative,
		"1,234": engine.AmountDecimals, "1.2345": engine.AmountForm, "12 34": engine.AmountForm,
		"1 2000": engine.AmountForm, "1 200.000": engine.AmountForm, "1,2,3": engine.AmountForm,
		"12a": engine.AmountForm, "tusen": engine.AmountForm, "1e3": engine.AmountForm, "1 200,": engine.AmountForm,
		",50": engine.AmountForm, "1  200": engine.AmountForm, "kr": engine.AmountForm, "1'200": engine.AmountForm,
		"10 000 000,01": engine.AmountTooLarge, "99999999999999999999": engine.AmountTooLarge, "12 345 678": engine.AmountTooLarge,
		"١٢٠٠": engine.AmountForm, "1\x00200": engine.AmountForm, "\xff\xfe": engine.AmountForm,
	}
	for text, want := range refused {
		if got, err := engine.ReadAmount(text); err != want {
			t.Errorf("%q: got %d, %v; want %v", text, got, err, want)
		}
	}
}

// FuzzReadAmount holds that what is read and written again is read alike.
func FuzzReadAmount(f *testing.F) {
	for _, s := range []string{"1 200,50 kr", "1.200", "-1", "1,2,3", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := engine.ReadAmount(text)
		if err != nil {
			return
		}
		if o < 0 || o > engine.MaxAmount {
			t.Fatalf("%q gives %d", text, o)
		}
		if again, err := engine.ReadAmount(string(engine.AppendKronor(nil, o))); err != nil || again != o {
			t.Fatalf("%q gives %d, written and read again %d, %v", text, o, again, err)
		}
	})
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		amount   engine.Ore
		num, den int64
		rounding engine.Rounding
		want     engine.Ore
		took     engine.Rounding
	}{
		{203000, 1, 4, engine.ToOre, 50750, engine.Exact},
		{203000, 1, 4, engine.ToWholeKr, 50800, engine.ToWholeKr},
		{179000, 1, 3, engine.ToOre, 59667, engine.ToOre},
		{33333, 1, 4, engine.UpToOre, 8334, engine.UpToOre},
		{33300, 1, 4, engine.UpToOre, 8325, engine.Exact},
		{382000, 15, 30, engine.ToOre, 191000, engine.Exact},
		{5, 1, 2, engine.ToOre, 3, engine.ToOre},
		{149, 1, 1, engine.ToWholeKr, 100, engine.ToWholeKr},
		{150, 1, 1, engine.ToWholeKr, 200, engine.ToWholeKr},
	} {
		if got, took := engine.Share(c.amount, c.num, c.den, c.rounding); got != c.want || took != c.took {
			t.Errorf("Share(%d, %d, %d, %q) = %d, %q; want %d, %q", c.amount, c.num, c.den, c.rounding, got, took, c.want, c.took)
		}
	}
}

func TestMonth(t *testing.T) {
	days := map[string]int{"2026-02": 28, "2024-02": 29, "2100-02": 28, "2000-02": 29, "2026-04": 30, "2026-12": 31}
	for text, want := range days {
		m, ok := engine.ParseMonth(text)
		if !ok || m.Days() != want || m.String() != text {
			t.Errorf("%s: %v, %d days, writes %s", text, ok, m.Days(), m)
		}
	}
	for _, text := range []string{"", "2026-00", "2026-13", "2026-1", "26-01", "2026/01", "1899-12", "2200-01", "2026-011", "２026-01"} {
		if m, ok := engine.ParseMonth(text); ok {
			t.Errorf("%q was read as %s", text, m)
		}
	}
	if m := engine.MonthOf(2026, 1) - 1; m.String() != "2025-12" {
		t.Errorf("the month before January is %s", m)
	}
}
