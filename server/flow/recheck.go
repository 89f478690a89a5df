package flow

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger/sample"
	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// RecheckPercent is the share of a month's automatic grants that a human judges
// anew, rounded up: at least one where there is any.
const RecheckPercent = 5

// RecheckedBody is what a human came to without having seen the machine's amount.
type RecheckedBody struct {
	Outcome string        `json:"outcome"` // of package record
	Amount  household.Ore `json:"amount"`
	Machine household.Ore `json:"machine"` // what the machine had granted
	Note    string        `json:"note"`
	Name    string        `json:"name"`
}

// DrawRecheck draws last month's re-check of a municipality, unless it is drawn:
//
//	size        how many leaves the log had when the month ended
//	root        the log's root at that size, which anyone can compute from its tiles
//	candidates  the municipality's automatic decisions of the month
//	n           RecheckPercent of them, rounded up
//
// The drawn are what package sample draws of them without a secret: nobody chooses
// them, and nobody knew them while the month's decisions were made.
func (s *Service) DrawRecheck(ctx context.Context, municipality string) error {
	now := s.today()
	end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, Stockholm)
	begin := end.AddDate(0, -1, 0)
	month := begin.Format("2006-01")
	_, err := s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		if drawn, err := v.Draw(municipality, month); err != nil || drawn {
			return store.Draft{}, errors.Join(err, errDone)
		}
		size, err := v.LeavesBefore(end.UnixMilli())
		if err != nil {
			return store.Draft{}, err
		}
		cases, err := v.Granted(municipality, begin.UnixMilli(), end.UnixMilli())
		if err != nil || len(cases) == 0 {
			return store.Draft{}, errors.Join(err, errDone)
		}
		root, err := s.root(size)
		if err != nil {
			return store.Draft{}, err
		}
		head := store.Drawn{Municipality: municipality, Month: month, Size: size, Root: hex.EncodeToString(root[:]), Of: len(cases)}
		by := map[uint64]string{}
		var candidates []uint64
		for _, c := range cases {
			by[c.Index] = c.ID
			candidates = append(candidates, c.Index)
		}
		n := (len(cases)*RecheckPercent + 99) / 100
		seed := sample.Seed{Root: root, Size: size, Municipality: municipality}
		for _, index := range seed.Draw(n, candidates) {
			head.Cases = append(head.Cases, store.DrawnCase{Index: index, Case: by[index]})
		}
		return store.Draft{Case: "recheck-" + municipality, Key: "recheck:" + municipality + ":" + month, Head: head}, nil
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// DrawRechecks draws last month's re-check of every municipality.
func (s *Service) DrawRechecks(ctx context.Context) error {
	var errs []error
	for code := range s.boards {
		if err := s.DrawRecheck(ctx, code); err != nil {
			errs = append(errs, fmt.Errorf("couldn't draw the re-check of municipality %s: %w", code, err))
		}
	}
	return errors.Join(errs...)
}

// Recheck takes a human's judgement of a drawn case, and says what the machine had
// granted and whether that was another thing. Nothing is decided by it: where it was
// wrong, the decision is reconsidered.
func (s *Service) Recheck(ctx context.Context, caller store.Caller, id string, r RecheckedBody) (overturned bool, err error) {
	if strings.TrimSpace(r.Note) == "" || strings.TrimSpace(r.Name) == "" {
		return false, errNoReason
	}
	file, err := s.Store.Read(ctx, caller, id)
	if err != nil {
		return false, err
	}
	pages, err := s.Store.Folder(ctx, caller, id, store.KindDecided)
	if err != nil {
		return false, err
	}
	if len(pages[store.KindDecided]) == 0 || file.State != store.StatePublished {
		return false, store.ErrNotFound
	}
	body, err := DecodeBody[DecidedBody](pages[store.KindDecided][0].Body) // the machine's, whatever came after
	if err != nil {
		return false, err
	}
	d, err := record.ParseDecision([]byte(body.Record))
	if err != nil {
		return false, err
	}
	r.Machine = household.Ore(d.Granted)
	overturned = r.Outcome != d.Outcome || r.Amount != r.Machine
	text, err := encodeBody(r)
	if err != nil {
		return false, err
	}
	_, err = s.Store.Update(ctx, caller, func(*store.View) (store.Draft, error) {
		return store.Draft{Case: id, Key: "recheck:" + id, Head: store.Rechecked{By: caller.Ref, Overturned: overturned}, Body: text}, nil
	})
	return overturned, err
}
