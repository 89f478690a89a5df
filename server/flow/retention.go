package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/retention"
	"github.com/skalig/skalig/server/store"
)

// A Retained is what came of looking for files that are old enough to be erased.
type Retained struct {
	Due    []DueFile
	Kept   int // cases that are kept for research
	Open   int // cases that wait for somebody, however old
	Erased int // cases
}

// A DueFile is what is to be erased of one person in one municipality.
type DueFile struct {
	Municipality string
	Cases        []string
	Talks        []string
	LastNote     time.Time
}

// Retain erases what package retention says must be erased, or only says what that
// is. It reads who a file is about; nobody sees it.
func (s *Service) Retain(ctx context.Context, dry bool) (Retained, error) {
	var r Retained
	all, err := s.Store.Dossiers(retention.Before(s.Clock()).UnixMilli())
	if err != nil {
		return r, err
	}
	for _, d := range all {
		due := DueFile{Municipality: d.Municipality, Talks: d.Talks, LastNote: time.UnixMilli(d.LastNote)}
		for _, c := range d.Cases {
			if c.State != store.StatePublished || c.Appeal == store.AppealOpen {
				r.Open++
				continue
			}
			kept, err := s.keptForResearch(ctx, c)
			if err != nil {
				return r, err
			}
			if kept {
				r.Kept++
				continue
			}
			due.Cases = append(due.Cases, c.ID)
		}
		if len(due.Cases) == 0 {
			continue
		}
		if len(due.Cases) < len(d.Cases) {
			due.Talks = nil // they go with the last case
		}
		r.Due = append(r.Due, due)
	}
	if dry {
		return r, nil
	}
	var errs []error
	for _, due := range r.Due {
		for i, id := range due.Cases {
			var also []string
			if i == len(due.Cases)-1 {
				also = due.Talks
			}
			if err := s.Erase(ctx, id, record.Retention, also...); err != nil {
				errs = append(errs, err)
				continue
			}
			r.Erased++
		}
	}
	return r, errors.Join(errs...)
}

func (s *Service) keptForResearch(ctx context.Context, c store.Case) (bool, error) {
	file, err := s.Store.Read(ctx, store.Program, c.ID)
	if err != nil {
		return false, err
	}
	b, err := DecodeBody[SubmittedBody](file.Submitted)
	if err != nil {
		return false, fmt.Errorf("couldn't see whom case %s is about: %w", c.ID, err)
	}
	numbers := []string{b.Number}
	if b.Partner != nil {
		numbers = append(numbers, b.Partner.Number)
	}
	return retention.Kept(c.Municipality, numbers...), nil
}

// retaining is the daily task: it counts, and erases where that is configured.
func (s *Service) retaining(ctx context.Context) error {
	day := s.today().Format(time.DateOnly)
	if day == s.retained {
		return nil
	}
	r, err := s.Retain(ctx, !s.EraseOld)
	if err != nil {
		return fmt.Errorf("couldn't erase what is old enough: %w", err)
	}
	s.retained = day
	due := 0
	for _, d := range r.Due {
		due += len(d.Cases)
	}
	s.Observer.Retained(due-r.Erased, r.Kept, r.Erased)
	return nil
}
