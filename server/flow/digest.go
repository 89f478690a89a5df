package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/reading"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// Digest writes the digests over the access events of every day that has ended
// and has none yet. Package reading says what they hold.
func (s *Service) Digest(ctx context.Context) error {
	for {
		more, err := s.digest(ctx)
		if err != nil {
			return fmt.Errorf("couldn't write a digest over the access events: %w", err)
		}
		if !more {
			return nil
		}
	}
}

// digest writes the next one, over the rows of one day.
func (s *Service) digest(ctx context.Context) (more bool, err error) {
	after, err := s.Store.Digested()
	if err != nil {
		return false, err
	}
	first, err := s.Store.TimeAfter(ctx, after)
	if err != nil || first == 0 {
		return false, err
	}
	y, m, d := time.UnixMilli(first).In(Stockholm).Date()
	date := time.Date(y, m, d, 12, 0, 0, 0, Stockholm).Format(time.DateOnly)
	end := time.Date(y, m, d+1, 0, 0, 0, 0, Stockholm)
	if s.Clock().Before(end) {
		return false, nil
	}
	rows, err := s.Store.AccessUntil(ctx, after, end.UnixMilli())
	if err != nil || rows.Last == 0 {
		return false, err
	}
	digester := reading.NewDigester()
	for _, r := range rows.Rows {
		digester.Add(r.Seq, r.Hash)
	}
	events, sum := digester.Sum()
	_, err = s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		if now, err := v.Digested(); err != nil || now != after {
			return store.Draft{}, errors.Join(err, errDone)
		}
		return s.notice(v, notice{kind: ledger.Access, municipality: ledger.Service, key: fmt.Sprintf("digest:%d", rows.Last),
			record: func(h record.Heading) ([]byte, error) {
				return (&record.Digest{Heading: h, Date: date, First: rows.First, Last: rows.Last, Events: events, Digest: sum, Journal: rows.Journal}).Marshal()
			},
			head: func(p store.Place) store.Head { return store.Digest{Place: p, Date: date, Last: rows.Last} }})
	})
	if err != nil && !errors.Is(err, errDone) {
		return false, err
	}
	kick(s.append)
	return true, nil
}

// daily does what is due once a day has ended: at the start for the days that
// were missed, and then within a minute of midnight.
func (s *Service) daily(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		for _, job := range []func(context.Context) error{s.Digest, s.DrawRechecks, s.Statistics, s.retaining} {
			if err := job(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("a daily task failed; trying again", "error", err)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
