package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

type ruling struct {
	mode, outcome                   string
	granted                         int64
	decider, delegation, motivation string
}

// decision makes the event of a decision: its record, a salt of its own, the leaf
// that commits to them and the place of the leaf in the log. It runs where no
// other decision can come between, so that numbers have no gaps.
func (s *Service) decision(v *store.View, c *store.Case, e *Estimate, guideline []byte, r ruling) (store.Draft, error) {
	released, err := v.Released(s.engine)
	if err != nil {
		return store.Draft{}, err
	}
	if !released {
		return store.Draft{}, ErrUnreleased
	}
	index, number, prev, err := v.Next(c.Municipality)
	if err != nil {
		return store.Draft{}, err
	}
	d := record.Decision{Municipality: c.Municipality, Number: number, Day: s.today().Format(time.DateOnly), Case: c.ID,
		Mode: r.mode, Decider: r.decider, Delegation: r.delegation, Outcome: r.outcome, Granted: r.granted, Month: c.Month,
		Reasons: c.Reasons, Motivation: r.motivation, Engine: s.Engine.SHA256(), Rules: s.rules(guideline),
		Guideline: guideline, Facts: e.Facts, Result: sha256.Sum256(e.Result)}
	text, err := d.Marshal()
	if err != nil {
		return store.Draft{}, err
	}
	salt, err := s.salt()
	if err != nil {
		return store.Draft{}, err
	}
	leaf := ledger.Leaf{Kind: ledger.Decision, Municipality: d.Municipality, Number: number, Engine: d.Engine, Rules: d.Rules,
		Prev: prev, Day: d.Day, Commitment: ledger.Commit(salt, text)}
	sealed, err := encodeBody(DecidedBody{Salt: salt[:], Record: string(text), Result: e.Result, Explanation: e.Explanation})
	if err != nil {
		return store.Draft{}, err
	}
	return store.Draft{Case: c.ID, Key: "decide:" + c.ID, Body: sealed,
		Head: store.Decided{Index: index, Municipality: d.Municipality, Number: number, Leaf: leaf.Marshal(),
			Mode: r.mode, Outcome: r.outcome, Engine: s.engine}}, nil
}

// release puts a release leaf for the artefact in the outbox unless there is one.
func (s *Service) release(ctx context.Context) error {
	_, err := s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		if released, err := v.Released(s.engine); err != nil || released {
			return store.Draft{}, errors.Join(err, errDone)
		}
		index, number, prev, err := v.Next(ledger.Service)
		if err != nil {
			return store.Draft{}, err
		}
		day := s.today().Format(time.DateOnly)
		r := record.Release{Number: number, Day: day, Version: s.Release.Version, Engine: s.Engine.SHA256(), Verify: s.Release.Verify,
			Rules: s.rules(nil), From: day, Approvers: s.Release.Approvers}
		text, err := r.Marshal()
		if err != nil {
			return store.Draft{}, err
		}
		salt, err := s.salt()
		if err != nil {
			return store.Draft{}, err
		}
		leaf := ledger.Leaf{Kind: ledger.Release, Municipality: ledger.Service, Number: number, Engine: r.Engine, Rules: r.Rules,
			Prev: prev, Day: day, Commitment: ledger.Commit(salt, text)}
		sealed, err := encodeBody(ReleasedBody{Salt: salt[:], Record: string(text)})
		if err != nil {
			return store.Draft{}, err
		}
		return store.Draft{Case: "release-" + s.engine, Key: "release:" + s.engine, Body: sealed,
			Head: store.Released{Index: index, Number: number, Leaf: leaf.Marshal(), Engine: s.engine, Rules: hex.EncodeToString(r.Rules[:])}}, nil
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

func (s *Service) salt() (salt [32]byte, err error) {
	if _, err := io.ReadFull(s.Rand, salt[:]); err != nil {
		return salt, fmt.Errorf("couldn't make a salt: %w", err)
	}
	return salt, nil
}
