package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/sample"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// The most that one sample may ask for.
const MaxSample = 200

// ErrSample says that a sample cannot be asked for, or answered, in that way.
var ErrSample = errors.New("no such sample")

// AskSample has the log's own root draw n of the municipality's decisions below a
// published checkpoint's size, and logs that an auditor asks for them. It gives the
// index of the leaf that asks.
func (s *Service) AskSample(ctx context.Context, caller store.Caller, auditor string, size uint64, n int) (asked uint64, err error) {
	signed, err := s.Ledger.ReadCheckpoint(ctx)
	if err != nil {
		return 0, fmt.Errorf("couldn't read the log's checkpoint: %w", err)
	}
	checkpoint, err := ledger.OpenCheckpoint(signed, s.Keys)
	if err != nil {
		return 0, fmt.Errorf("couldn't open the log's checkpoint: %w", err)
	}
	if size < 1 || size > checkpoint.Size || n < 1 || n > MaxSample {
		return 0, ErrSample
	}
	root, err := s.root(size)
	if err != nil {
		return 0, err
	}
	candidates, err := s.Store.DecisionLeaves(caller.Municipality, size)
	if err != nil {
		return 0, err
	}
	drawn := sample.Draw(root, size, caller.Municipality, n, candidates)
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		return s.notice(v, notice{kind: ledger.Access, municipality: caller.Municipality,
			record: func(h record.Heading) ([]byte, error) {
				return (&record.Asked{Heading: h, Auditor: auditor, Size: size, Root: root, Count: uint64(n), Indexes: drawn}).Marshal()
			},
			head: func(p store.Place) store.Head {
				asked = p.Index
				return store.Asked{Place: p, Indexes: drawn, By: caller.Ref}
			}})
	})
	if err == nil {
		kick(s.append)
	}
	return asked, err
}

// AnswerSample lets the auditor read what is given of a sample and logs the answer.
// What is neither given nor withheld stays missing for everyone to see; of erased
// cases it says so by itself.
//
// What an auditor sees of a given decision is its receipt: the record with the
// facts, the reasons and the names of officials, and the proof. A record cannot be
// masked in parts, since the proof is over all of it. It holds no name, identity
// number or address of an applicant, and none of the case's documents or messages.
// Where that still would tell who it is about, the decision is withheld as a whole.
func (s *Service) AnswerSample(ctx context.Context, caller store.Caller, asked uint64, give, withhold []uint64) error {
	_, err := s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		sample, err := v.Sample(asked)
		if err != nil {
			return store.Draft{}, err
		}
		var given, kept []uint64
		var withheld []record.Withheld
		for _, index := range sample.Missing() {
			erased, err := v.ErasedLeaf(index)
			switch {
			case err != nil:
				return store.Draft{}, err
			case erased:
				kept, withheld = append(kept, index), append(withheld, record.Withheld{Index: index, Reason: record.WithheldErased})
			case slices.Contains(withhold, index):
				kept, withheld = append(kept, index), append(withheld, record.Withheld{Index: index, Reason: record.WithheldSecrecy})
			case slices.Contains(give, index):
				given = append(given, index)
			}
		}
		if len(given)+len(kept) == 0 {
			return store.Draft{}, ErrSample
		}
		return s.notice(v, notice{kind: ledger.Access, municipality: sample.Municipality,
			record: func(h record.Heading) ([]byte, error) {
				return (&record.Answered{Heading: h, Asked: asked, Given: given, Withheld: withheld}).Marshal()
			},
			head: func(p store.Place) store.Head {
				return store.Answered{Place: p, Asked: asked, Given: given, Kept: kept, By: caller.Ref}
			}})
	})
	if err == nil {
		kick(s.append)
	}
	return err
}
