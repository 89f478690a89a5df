package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// Erase destroys a case: an event says first which decisions can no longer be opened,
// then everything that is kept outside the journal is removed, and last the case's key,
// and also the keys of wishes to talk that go with it. What a stop leaves half done the
// next start finishes. reason is one of package record's. The log is told by
// [Service.TellErasures].
//
// With the last case of an adult goes the account where that person wanted money
// sent. Payment files stay: they are the municipality's vouchers, and the law of
// municipal bookkeeping (2018:597) keeps those for seven years whatever becomes of
// the case. They have keys of their own.
func (s *Service) Erase(ctx context.Context, id, reason string, also ...string) error {
	var c store.Case
	file, err := s.Store.Look(id)
	if err != nil {
		return err
	}
	if file.State == store.StateErased {
		return s.Store.Erase(ctx, id)
	}
	numbers, err := s.Store.Numbers(ctx, file)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		if c, err = v.Case(id); err != nil {
			return store.Draft{}, err
		}
		if c.Version != file.Version {
			return store.Draft{}, ErrVersion
		}
		accounts, err := v.AccountsWith(&c)
		if err != nil {
			return store.Draft{}, err
		}
		return store.Draft{Key: "erase:" + id,
			Head: store.CaseErased{Erases: id, Also: append(slices.Clone(also), accounts...), Reason: reason, Numbers: numbers}}, nil
	})
	if err != nil {
		return fmt.Errorf("couldn't erase case %s: %w", id, err)
	}
	return s.Store.Erase(ctx, id)
}

// TellErasures puts a leaf in the outbox for every municipality and reason for which the
// cases of [store.ErasedTogether] households are erased and not named in the log yet: one
// leaf, the numbers of all their decisions rising. What is fewer waits for more.
func (s *Service) TellErasures(ctx context.Context) error {
	var errs []error
	for code := range s.boards {
		for _, reason := range []string{record.Retention, record.Ordered} {
			if err := s.tellErasures(ctx, code, reason); err != nil && !errors.Is(err, errDone) {
				errs = append(errs, fmt.Errorf("couldn't tell of erased cases of municipality %s: %w", code, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (s *Service) tellErasures(ctx context.Context, municipality, reason string) error {
	_, err := s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		all, err := v.Untold(municipality, reason)
		if err != nil {
			return store.Draft{}, err
		}
		if store.Households(all) < store.ErasedTogether {
			return store.Draft{}, errDone
		}
		var numbers []uint64
		for _, u := range all {
			numbers = append(numbers, u.Numbers...)
		}
		slices.Sort(numbers)
		return s.notice(v, notice{kind: ledger.Erasure, municipality: municipality,
			record: func(h record.Heading) ([]byte, error) {
				return (&record.Erasure{Heading: h, Reason: reason, Numbers: numbers}).Marshal()
			},
			head: func(p store.Place) store.Head {
				return store.Erasures{Place: p, Reason: reason, Last: all[len(all)-1].Seq}
			}})
	})
	if err == nil {
		kick(s.append)
	}
	return err
}
