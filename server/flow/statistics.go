package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/statistics"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/server/tongue"
)

// Statistics publishes the figures of every month that has ended and has none yet,
// for each municipality, from the month of its first decision on.
func (s *Service) Statistics(ctx context.Context) error {
	done, err := publishedMonths(s.Store)
	if err != nil {
		return err
	}
	for code := range s.boards {
		first, err := s.Store.FirstDecision(code)
		if err != nil {
			return err
		}
		if first == 0 {
			continue
		}
		t := time.UnixMilli(first).In(Stockholm)
		now := s.today()
		for month := time.Date(t.Year(), t.Month(), 1, 12, 0, 0, 0, Stockholm); month.Format("2006-01") < now.Format("2006-01"); month = month.AddDate(0, 1, 0) {
			if done[code+"/"+month.Format("2006-01")] {
				continue // nothing of it is read again
			}
			if err := s.month(ctx, code, month); err != nil {
				return fmt.Errorf("couldn't publish the statistics of %s in %s: %w", code, month.Format("2006-01"), err)
			}
		}
	}
	return nil
}

// publishedMonths are those whose figures are published, as municipality/month.
func publishedMonths(v interface {
	Notices(...store.Kind) ([]store.Notice, error)
}) (map[string]bool, error) {
	all, err := v.Notices(store.KindStatistics)
	done := map[string]bool{}
	for _, n := range all {
		done[n.Municipality+"/"+n.Name] = true
	}
	return done, err
}

// month publishes one month, unless it is.
func (s *Service) month(ctx context.Context, code string, month time.Time) error {
	name := month.Format("2006-01")
	rulings, err := s.Store.Rulings(ctx, code, month.AddDate(0, 0, -2).UnixMilli(), month.AddDate(0, 1, 2).UnixMilli())
	if err != nil {
		return err
	}
	var all []statistics.Decision
	for _, r := range rulings {
		leaf, err := ledger.ParseLeaf(r.Head.Leaf)
		if err != nil {
			return err
		}
		if leaf.Day[:7] != name {
			continue
		}
		d, err := s.counted(ctx, r)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	first := time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, Stockholm)
	from, to := first.UnixMilli(), first.AddDate(0, 1, 0).UnixMilli()
	var after statistics.Afterwards
	if after.Appealed, err = s.Store.AppealedBetween(code, from, to); err != nil {
		return err
	}
	if after.Rechecked, after.Overturned, err = s.Store.RecheckedBetween(code, from, to); err != nil {
		return err
	}
	cells := statistics.Cells(all, after)
	_, err = s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		if done, err := publishedMonths(v); err != nil || done[code+"/"+name] {
			return store.Draft{}, errors.Join(err, errDone)
		}
		return s.notice(v, notice{kind: ledger.Statistics, municipality: code, key: "statistics:" + code + "/" + name,
			record: func(h record.Heading) ([]byte, error) {
				return (&record.Statistics{Heading: h, Month: name, Decisions: uint64(len(all)), Cells: cells}).Marshal()
			},
			head: func(p store.Place) store.Head { return store.Statistics{Place: p, Month: name} }})
	})
	if errors.Is(err, errDone) {
		return nil
	}
	kick(s.append)
	return err
}

// counted is what statistics need of a decision. Of an erased case nothing is known
// but what the log's head says.
func (s *Service) counted(ctx context.Context, r store.Ruled) (statistics.Decision, error) {
	d := statistics.Decision{Mode: r.Head.Mode, Outcome: r.Head.Outcome, Household: "unknown", Language: "unknown", Channel: r.Case.Channel,
		Replaces: r.Head.Replaces != "", Seconds: uint64(max(0, r.At-r.Case.SubmittedAt)) / 1000}
	if !d.Replaces {
		d.Reasons = r.Case.Reasons
	}
	file, err := s.Store.Read(ctx, store.Program, r.Case.ID)
	if errors.Is(err, store.ErrErased) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	b, err := DecodeBody[SubmittedBody](file.Submitted)
	if err != nil {
		return d, err
	}
	d.Language = "sv"
	if b.Contact != nil && b.Contact.Language != "" {
		d.Language = tongue.Other
		if tag, ok := tongue.Tag(b.Contact.Language); ok {
			d.Language = tag
		}
	}
	var f struct {
		Persons []struct {
			Role string `json:"role"`
		} `json:"persons"`
	}
	if err := json.Unmarshal(b.Facts, &f); err != nil {
		return d, errors.New("couldn't read the facts of a case")
	}
	adults, children := 0, 0
	for _, p := range f.Persons {
		if p.Role == "adult" {
			adults++
		} else {
			children++
		}
	}
	d.Household = "single"
	if adults > 1 {
		d.Household = "couple"
	}
	if children > 0 {
		d.Household += "-children"
	}
	return d, nil
}
