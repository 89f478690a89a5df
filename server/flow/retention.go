package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	Files  int // payment files that are to be erased, or are
}

// A DueFile is what is to be erased of one person in one municipality.
type DueFile struct {
	Municipality string
	Cases        []string
	Talks        []string
	LastNote     time.Time
}

// Retain erases what package retention says must be erased, or only says what that
// is. It reads who a file is about; nobody sees it. The log is told of the whole run at once.
func (s *Service) Retain(ctx context.Context, dry bool) (Retained, error) {
	var r Retained
	all, err := s.Store.Dossiers(retention.Before(s.Clock()).UnixMilli())
	if err != nil {
		return r, err
	}
	for _, d := range all {
		about, err := s.about(ctx, d)
		if err != nil {
			return r, err
		}
		due := DueFile{Municipality: d.Municipality, Talks: d.Talks, LastNote: time.UnixMilli(d.LastNote)}
		for _, c := range d.Cases {
			open, err := s.unfinished(ctx, c)
			if err != nil {
				return r, err
			}
			if open {
				r.Open++
				continue
			}
			if retention.Kept(c.Municipality, about[c.ID]...) {
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
	files, err := s.Store.SpentFiles(retention.Books(s.today()).UnixMilli())
	if err != nil {
		return r, err
	}
	if r.Files = len(files); dry {
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
	for _, id := range files {
		errs = append(errs, s.eraseFile(ctx, id))
	}
	errs = append(errs, s.TellErasures(ctx))
	return r, errors.Join(errs...)
}

// eraseFile erases a payment file of whose cases none is left: the event first, then the
// key.
func (s *Service) eraseFile(ctx context.Context, id string) error {
	_, err := s.Store.Update(ctx, store.Program, func(*store.View) (store.Draft, error) {
		return store.Draft{Key: "erase:" + id, Head: store.FileErased{Batch: id}}, nil
	})
	if err != nil {
		return fmt.Errorf("couldn't erase payment file %s: %w", id, err)
	}
	return s.Store.Erase(ctx, id)
}

// unfinished says whether something in a case is yet to be done: it is not decided, or
// the board has an appeal to answer or a judgment to execute, or money that was paid beyond the decision and is neither paid
// back nor given up. What is the board's to claim (33 kap. socialtjänstlagen) can't be
// answered for without the file; a caseworker's note of the end is the file's last.
func (s *Service) unfinished(ctx context.Context, c store.Case) (bool, error) {
	if c.State != store.StatePublished || c.Awaits() {
		return true, nil
	}
	claim, err := s.ClaimOf(ctx, store.Program, c.ID)
	return claim != nil && claim.Waits(), err
}

// about gives the numbers of whom each case of a dossier is about: the applicant's of
// all of them, since a number may have changed, and the co-applicant's.
func (s *Service) about(ctx context.Context, d store.Dossier) (map[string][]string, error) {
	var own []string
	with := map[string][]string{}
	for _, c := range d.Cases {
		file, err := s.Store.Read(ctx, store.Program, c.ID)
		if err != nil {
			return nil, err
		}
		b, err := DecodeBody[SubmittedBody](file.Submitted)
		if err != nil {
			return nil, fmt.Errorf("couldn't see whom case %s is about: %w", c.ID, err)
		}
		own = append(own, b.Number)
		if b.Partner != nil {
			with[c.ID] = []string{b.Partner.Number}
		}
	}
	all := map[string][]string{}
	for _, c := range d.Cases {
		all[c.ID] = slices.Concat(own, with[c.ID])
	}
	return all, nil
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
