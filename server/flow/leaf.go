package flow

import (
	"crypto/sha256"
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

	replaces   string      // the decision whose place this one takes
	by         string      // the caseworker's reference; empty: the machine
	difference *Difference // from it
	hearing    *Hearing
}

// decision makes the event of a decision: its record, a salt of its own, the leaf
// that commits to them and the place of the leaf in the log. It runs where no
// other decision can come between, so that numbers have no gaps.
func (s *Service) decision(v *store.View, c *store.Case, e *Estimate, guideline []byte, r ruling) (store.Draft, error) {
	day := s.today().Format(time.DateOnly)
	if err := s.mayDecide(v, guideline, day); err != nil {
		return store.Draft{}, err
	}
	index, number, prev, err := v.Next(c.Municipality)
	if err != nil {
		return store.Draft{}, err
	}
	d := record.Decision{Municipality: c.Municipality, Number: number, Day: day, Case: c.ID, Replaces: r.replaces,
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
	sealed, err := encodeBody(DecidedBody{Salt: salt[:], Record: string(text), Result: e.Result, Explanation: e.Explanation, Difference: r.difference, Hearing: r.hearing})
	if err != nil {
		return store.Draft{}, err
	}
	key := "decide:" + c.ID
	if r.replaces != "" {
		key += ":" + r.replaces
	}
	return store.Draft{Case: c.ID, Key: key, Body: sealed,
		Head: store.Decided{Index: index, Municipality: d.Municipality, Number: number, Leaf: leaf.Marshal(),
			Mode: r.mode, Outcome: r.outcome, Engine: s.engine, Replaces: r.replaces, By: r.by}}, nil
}

func (s *Service) salt() (salt [32]byte, err error) {
	if _, err := io.ReadFull(s.Rand, salt[:]); err != nil {
		return salt, fmt.Errorf("couldn't make a salt: %w", err)
	}
	return salt, nil
}
