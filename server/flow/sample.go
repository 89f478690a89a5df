package flow

import (
	"context"
	"encoding/hex"
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

// The errors of a sample.
var (
	ErrSample = errors.New("no such sample") // it cannot be asked for, drawn or answered in that way
	ErrSecret = errors.New("the secret is not the one that was sealed")
	ErrEarly  = errors.New("no published checkpoint covers the request yet")
)

// AskSample logs that an auditor asks for n of the municipality's decisions, bound to
// a secret by its seal (package sample). It gives the index of the leaf that asks.
func (s *Service) AskSample(ctx context.Context, caller store.Caller, auditor string, n int, seal [32]byte) (asked uint64, err error) {
	if n < 1 || n > MaxSample {
		return 0, ErrSample
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		return s.notice(v, notice{kind: ledger.Access, municipality: caller.Municipality,
			record: func(h record.Heading) ([]byte, error) {
				return (&record.Asked{Heading: h, Auditor: auditor, Count: uint64(n), Seal: seal}).Marshal()
			},
			head: func(p store.Place) store.Head {
				asked = p.Index
				return store.Asked{Place: p, Seal: hex.EncodeToString(seal[:]), By: caller.Ref}
			}})
	})
	if err == nil {
		kick(s.append)
	}
	return asked, err
}

// RevealSample takes the auditor's secret, when a published checkpoint covers the
// request, and logs it with the decisions that it draws.
func (s *Service) RevealSample(ctx context.Context, caller store.Caller, asked uint64, secret [32]byte) error {
	drawn, err := s.draw(ctx, caller, asked, secret)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		if x, err := v.Sample(asked); err != nil || x.Revealed {
			return store.Draft{}, errors.Join(err, ErrSample)
		}
		return s.notice(v, notice{kind: ledger.Access, municipality: caller.Municipality,
			record: func(h record.Heading) ([]byte, error) {
				drawn.Heading = h
				return drawn.Marshal()
			},
			head: func(p store.Place) store.Head {
				return store.Revealed{Place: p, Asked: asked, Indexes: drawn.Indexes, By: caller.Ref}
			}})
	})
	if err == nil {
		kick(s.append)
	}
	return err
}

// draw draws what a secret draws, if it is the one that the request sealed.
func (s *Service) draw(ctx context.Context, caller store.Caller, asked uint64, secret [32]byte) (*record.Revealed, error) {
	x, err := s.Store.Sample(asked)
	if err != nil {
		return nil, err
	}
	if x.Municipality != caller.Municipality || x.Revealed {
		return nil, ErrSample
	}
	text, err := s.Record(ctx, asked)
	if err != nil {
		return nil, err
	}
	a, err := record.ParseAsked(text)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the record of leaf %d: %w", asked, err)
	}
	if sample.Seal(secret) != a.Seal {
		return nil, ErrSecret
	}
	signed, err := s.Ledger.ReadCheckpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the log's checkpoint: %w", err)
	}
	checkpoint, err := ledger.OpenCheckpoint(signed, s.Keys)
	if err != nil {
		return nil, fmt.Errorf("couldn't open the log's checkpoint: %w", err)
	}
	seed := sample.Seed{Size: asked + 1, Secret: secret, Municipality: x.Municipality}
	if checkpoint.Size < seed.Size {
		return nil, ErrEarly
	}
	root, err := s.root(seed.Size)
	if err != nil {
		return nil, err
	}
	seed.Root = root
	candidates, err := s.Store.DecisionLeaves(x.Municipality, seed.Size)
	if err != nil {
		return nil, err
	}
	return &record.Revealed{Asked: asked, Secret: secret, Root: root, Indexes: seed.Draw(int(a.Count), candidates)}, nil
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
