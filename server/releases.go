package server

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/server/releasediff"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/host"
)

// releaseDifference is the page skillnad.
type releaseDifference struct {
	*releasediff.Difference
	Town          string
	Before, After string // engines
	Rows          []releaseDifferenceRow
}

// A releaseDifferenceRow is a kind of household, or all.
type releaseDifferenceRow struct {
	Name                            string
	Households, More, Less, Unknown int
	Gain, Loss                      int64 // öre
}

func releaseDifferenceRows(d *releasediff.Difference) []releaseDifferenceRow {
	var rows []releaseDifferenceRow
	for _, g := range append(slices.Clone(d.Groups), releasediff.Group{Name: "Alla", Tally: d.Sum}) {
		rows = append(rows, releaseDifferenceRow{g.Name, g.Households, g.More, g.Less, g.Unknown, int64(g.Gain), int64(g.Loss)})
	}
	return rows
}

// difference shows what one released engine does that another does not.
func (s *service) releaseDifference(w http.ResponseWriter, r *http.Request) error {
	before, after := r.PathValue("before"), r.PathValue("after")
	for _, sum := range []string{before, after} {
		if released, err := s.store.Released(sum); err != nil || !released {
			return store.ErrNotFound
		}
	}
	month, ok := engine.ParseMonth(s.flow.OpenMonths()[0])
	if !ok {
		return store.ErrNotFound
	}
	town := s.c.Municipalities[0]
	guideline, ok := s.guideline(town.Code, month.String())
	if !ok {
		return store.ErrNotFound
	}
	d, err := s.diffs.Get(r.Context(), before+after+month.String(), func(ctx context.Context) (*releasediff.Difference, error) {
		return compare(ctx, before, after, month, town.Code, guideline)
	})
	if err != nil {
		return err
	}
	s.render(w, r, http.StatusOK, "skillnad", site.Page{Title: "Skillnad mellan program", Data: releaseDifference{d, town.Name, before, after, releaseDifferenceRows(d)}})
	return nil
}

// compare computes the difference between two kept engines.
func compare(ctx context.Context, before, after string, month engine.Month, code string, guideline []byte) (*releasediff.Difference, error) {
	a, err := openEngine(ctx, before)
	if err != nil {
		return nil, err
	}
	defer a.Close(ctx) //nolint:errcheck // nothing is written
	b, err := openEngine(ctx, after)
	if err != nil {
		return nil, err
	}
	defer b.Close(ctx) //nolint:errcheck // nothing is written
	return releasediff.Between(ctx, a, b, month, code, guideline)
}

// openEngine opens a kept artefact by its hash.
func openEngine(ctx context.Context, name string) (*host.Module, error) {
	sum, err := hex.DecodeString(name)
	if err != nil || len(sum) != 32 {
		return nil, store.ErrNotFound
	}
	module, ok := wasm.Engine([32]byte(sum))
	if !ok {
		return nil, store.ErrNotFound
	}
	return host.Open(ctx, module)
}
