package flow

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

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

// drawRecheck draws last month's re-check of a municipality, unless it is drawn:
//
//	size        how many leaves the log had when the month ended
//	root        the log's root at that size, which anyone can compute from its tiles
//	candidates  the municipality's automatic decisions of the month
//	n           RecheckPercent of them, rounded up
//
// The drawn are what package sample draws of them without a secret: nobody chooses
// them, and nobody knew them while the month's decisions were made.
//
// All that takes time is found before the update, which holds it against the newest state.
func (s *Service) drawRecheck(ctx context.Context, municipality string, m *endedMonth) error {
	name := m.begin.Format("2006-01")
	if drawn, err := s.Store.Draw(municipality, name); err != nil || drawn {
		return err
	}
	if none, _ := s.ungranted.Load(municipality); none == name {
		return nil
	}
	if err := s.Store.Current(ctx); err != nil { // another node may have granted at the month's end
		return err
	}
	cases, err := s.Store.Granted(municipality, m.begin.UnixMilli(), m.end.UnixMilli())
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		s.ungranted.Store(municipality, name) // a month that has ended gets no more
		return nil
	}
	size, root, err := m.log()
	if err != nil {
		return err
	}
	head := store.Drawn{Municipality: municipality, Month: name, Size: size, Root: hex.EncodeToString(root[:]), Of: len(cases)}
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
	_, err = s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		if drawn, err := v.Draw(municipality, name); err != nil || drawn {
			return store.Draft{}, errors.Join(err, errDone)
		}
		for _, d := range head.Cases {
			if c, err := v.Case(d.Case); err != nil || !c.Stands(d.Index) {
				return store.Draft{}, errors.Join(err, errDone) // one was replaced meanwhile: it is drawn anew the next time
			}
		}
		return store.Draft{Case: "recheck-" + municipality, Key: "recheck:" + municipality + ":" + name, Head: head}, nil
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// An endedMonth is the latest month that has ended, with the log as it was then, which is
// computed for all municipalities together, and only where one of them draws.
type endedMonth struct {
	begin, end time.Time
	log        func() (size uint64, root tlog.Hash, err error)
}

func (s *Service) lastMonth() *endedMonth {
	now := s.today()
	end := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, Stockholm)
	type log struct {
		size uint64
		root tlog.Hash
	}
	once := sync.OnceValues(func() (l log, err error) {
		if l.size, err = s.Store.LeavesBefore(end.UnixMilli()); err == nil {
			l.root, err = s.root(l.size)
		}
		return l, err
	})
	return &endedMonth{end.AddDate(0, -1, 0), end, func() (uint64, tlog.Hash, error) {
		l, err := once()
		return l.size, l.root, err
	}}
}

// DrawRechecks draws last month's re-check of every municipality. It is called by one at a
// time.
func (s *Service) DrawRechecks(ctx context.Context) error {
	var errs []error
	m := s.lastMonth()
	for code := range s.boards {
		if err := s.drawRecheck(ctx, code, m); err != nil {
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
