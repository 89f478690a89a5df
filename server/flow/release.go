package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/store"
)

// mayDecide holds that the engine with the guideline is released and in force.
func (s *Service) mayDecide(v *store.View, guideline []byte, day string) error {
	sum := sha256.Sum256(guideline)
	inForce, err := v.InForce(s.engine, hex.EncodeToString(sum[:]), day)
	if err != nil || inForce {
		return err
	}
	released, err := v.Released(s.engine)
	if err != nil {
		return err
	}
	if !released {
		return ErrUnreleased
	}
	return ErrNotInForce
}

// kept holds that the build has every engine that a decision names: whoever asks how
// it was made must get it.
func (s *Service) kept() error {
	cited, err := s.Store.Cited()
	if err != nil {
		return err
	}
	for _, engine := range cited {
		sum, err := hex.DecodeString(engine)
		if err != nil || len(sum) != sha256.Size || !s.Kept([32]byte(sum)) {
			return fmt.Errorf("couldn't start without engine %s: %w", engine, ErrNotKept)
		}
	}
	return nil
}

// releasing logs what people approve while the service runs: the release after this
// one, before it takes effect.
func (s *Service) releasing(ctx context.Context) {
	tick := time.NewTicker(s.ReleaseEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.release(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("couldn't log a release; trying again", "error", err)
		}
		kick(s.append)
	}
}

// release puts a leaf in the outbox for every release that was approved and is not
// there yet. One whose first day has passed takes effect for nobody.
func (s *Service) release(ctx context.Context) error {
	approved, err := s.Releases()
	if err != nil {
		return err
	}
	for _, a := range approved {
		_, err := s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) { return s.released(v, a) })
		if errors.Is(err, store.ErrFull) {
			s.Log.Error("couldn't log a release yet; trying again", "error", err)
			continue
		}
		if err != nil && !errors.Is(err, errDone) {
			return err
		}
	}
	return nil
}

// released makes the event of a release.
func (s *Service) released(v *store.View, a release.Approved) (store.Draft, error) {
	id, day := a.ID(), s.today().Format(time.DateOnly)
	if stated, err := v.Stated(id); err != nil || stated {
		return store.Draft{}, errors.Join(err, errDone)
	}
	if a.From < day {
		s.Log.Error("won't log a release after its first day", "release", id[:16], "from", a.From)
		return store.Draft{}, errDone
	}
	index, number, prev, err := v.Next(ledger.Service)
	if err != nil {
		return store.Draft{}, err
	}
	r := record.Release{Number: number, Day: day, Version: a.Version, Engine: a.Engine, Verify: a.Verify, Rules: a.Rules,
		From: a.From, Approvers: a.Approvers, Approval: string(a.Note), Keys: a.Keys}
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
	head := store.Released{Index: index, Number: number, Leaf: leaf.Marshal(), Engine: hex.EncodeToString(a.Engine[:]),
		Rules: hex.EncodeToString(r.Rules[:]), Statement: id, From: a.From}
	for _, g := range a.Guidelines {
		head.Guidelines = append(head.Guidelines, hex.EncodeToString(g.SHA256[:]))
	}
	return store.Draft{Case: "release-" + id[:16], Key: "release:" + id, Body: sealed, Head: head}, nil
}
