package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// Erase destroys a case: an erasure leaf says first which decisions can no longer
// be opened, then everything that is kept outside the journal is removed, and last
// the case's key, and also the keys of wishes to talk that go with it. What a stop leaves half done the next start finishes. reason is
// one of package record's.
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
		return s.notice(v, notice{kind: ledger.Erasure, municipality: c.Municipality, key: "erase:" + id,
			record: func(h record.Heading) ([]byte, error) {
				return (&record.Erasure{Heading: h, Reason: reason, Numbers: numbers}).Marshal()
			},
			head: func(p store.Place) store.Head {
				return store.Erased{Place: p, Erases: id, Also: append(slices.Clone(also), accounts...)}
			}})
	})
	if err != nil {
		return fmt.Errorf("couldn't erase case %s: %w", id, err)
	}
	kick(s.append)
	return s.Store.Erase(ctx, id)
}
