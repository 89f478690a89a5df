package server

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"sync"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/server/releasediff"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/host"
)

// differences keeps what was computed between releases, one at a time.
type differences struct {
	sync.Mutex
	known map[string]*releasediff.Difference
}

// maxDifferences bounds what is kept; there are few releases and few months.
const maxDifferences = 64

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
	s.diffs.Lock()
	defer s.diffs.Unlock()
	key := before + after + month.String()
	d := s.diffs.known[key]
	if d == nil {
		a, err := openEngine(r.Context(), before)
		if err != nil {
			return err
		}
		defer a.Close(context.WithoutCancel(r.Context())) //nolint:errcheck // nothing is written
		b, err := openEngine(r.Context(), after)
		if err != nil {
			return err
		}
		defer b.Close(context.WithoutCancel(r.Context())) //nolint:errcheck // nothing is written
		if d, err = releasediff.Between(r.Context(), a, b, month, town.Code, guideline); err != nil {
			return err
		}
		if s.diffs.known == nil || len(s.diffs.known) >= maxDifferences {
			s.diffs.known = map[string]*releasediff.Difference{}
		}
		s.diffs.known[key] = d
	}
	s.render(w, r, http.StatusOK, "skillnad", site.Page{Title: "Skillnad mellan program", Data: releaseDifference{d, town.Name, before, after, releaseDifferenceRows(d)}})
	return nil
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
