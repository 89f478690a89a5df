package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/flow/flowtest"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

const single = flowtest.Single

var (
	doris = store.Caller{Ref: "staff-d", Role: store.Caseworker, Municipality: "9999"}
	petra = store.Caller{Ref: "staff-p", Role: store.Approver, Municipality: "9999"}
	pelle = store.Caller{Ref: "staff-q", Role: store.Approver, Municipality: "9999"}
	payer = payment.Payer{Name: "Demokommun", Organisation: "2120009999", IBAN: "SE4500000000099990000001", BIC: "DEMOSESS"}
	bank  = account.Number{Kind: account.Bank, Clearing: "5000", Digits: "0000019"}
)

// any gives a service that takes requests, nil where there is none just now.
func (w *world) any(c *chance) *service {
	return w.nodes[c.upTo(len(w.nodes))].up.Load()
}

// wait lets somebody wait, but not beyond the world's end.
func (w *world) wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-w.over:
	}
	return false
}

// ask has somebody ask a service something, with a browser's patience. What is answered
// by a process that has died meanwhile was not heard.
func (s *service) ask(patience time.Duration, what func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(s.life.ctx, patience)
	defer cancel()
	err := what(ctx)
	if s.life.ended() {
		return errDead
	}
	return err
}

// applicant sends a form until it is decided with a receipt, or a person's to decide.
func (w *world) applicant(i int) {
	c := stream(w.seed, "applicant", i)
	who := store.Caller{Ref: fmt.Sprintf("person-%d", i), Role: store.Applicant}
	a := flow.Application{Key: "form", Number: "199211222386", Name: "Alva Exempel", Facts: []byte(single), HumanAsked: c.one(4)}
	if !w.wait(context.Background(), c.between(0, 15*time.Second)) {
		return
	}
	paid := false
	for again := 0; ; again++ {
		if w.control == keyless {
			a.Key = fmt.Sprintf("form-%d", again)
		}
		if s := w.any(c); s != nil {
			err := s.ask(c.between(2*time.Second, 40*time.Second), func(ctx context.Context) (err error) {
				if !paid {
					if err = s.flow.SetAccount(ctx, who, flow.AccountBody{Name: "Alva Exempel", To: bank}); err != nil {
						return err
					}
					paid = true
				}
				return w.apply(ctx, s, who, a)
			})
			if err == nil {
				return
			}
			if errors.Is(err, flow.ErrConflict) || errors.Is(err, store.ErrForbidden) || errors.Is(err, store.ErrErased) {
				w.broken("%s is told: %v", who.Ref, err)
			}
		}
		if !w.wait(context.Background(), c.between(100*time.Millisecond, 2*time.Second)) {
			return
		}
	}
}

// apply sends a form and awaits what comes of it.
func (w *world) apply(ctx context.Context, s *service, who store.Caller, a flow.Application) error {
	id, err := s.flow.Submit(ctx, who, a)
	if err != nil {
		return err
	}
	if s.life.ended() {
		return errDead
	}
	w.submitted(who.Ref, id)
	if err := s.store.Await(ctx, id); err != nil {
		return err
	}
	f, err := s.store.Read(ctx, who, id)
	if err != nil {
		return err
	}
	if s.life.ended() {
		return errDead
	}
	switch f.State {
	case store.StatePublished:
	case store.StateQueued:
		return nil
	case store.StateDecided: // by a person, since it was seen in the queue
		return errors.New("not published yet")
	default:
		w.broken("%s awaited case %s, which is %s", who.Ref, id, f.State)
		return nil
	}
	if rep := ledger.Verify(f.Receipt, []string{logKey}); !rep.OK {
		w.broken("the receipt of case %s does not verify: %s", id, rep.Reason)
	}
	w.hold(w.told.published, id)
	signed, err := s.log.ReadCheckpoint(ctx)
	if err == nil {
		w.saw(s.life.node.name, signed)
	}
	return err
}

// caseworker decides what waits for a person, each case on two nodes at once.
func (w *world) caseworker(ctx context.Context) {
	c := stream(w.seed, "caseworker")
	for w.wait(ctx, c.between(time.Second, 6*time.Second)) {
		one, other := w.any(c), w.any(c)
		if one == nil || other == nil {
			continue
		}
		var queue store.QueuePage
		err := one.ask(10*time.Second, func(ctx context.Context) (err error) {
			queue, err = one.store.Queue(ctx, doris, store.Listing{Most: 50})
			return err
		})
		if err != nil || len(queue.Cases) == 0 {
			continue
		}
		k := queue.Cases[c.upTo(len(queue.Cases))]
		var pair sync.WaitGroup
		told := make([]error, 2)
		for i, s := range []*service{one, other} {
			pair.Go(func() {
				told[i] = s.ask(10*time.Second, func(ctx context.Context) error {
					return s.flow.Decide(ctx, doris, k.ID, flow.Ruling{Version: k.Version, Outcome: record.Refused, Provision: "norm", Motivation: "Du har inte skickat det vi bad om.", Name: "Doris Test"})
				})
			})
		}
		pair.Wait()
		if told[0] == nil && told[1] == nil {
			w.broken("two caseworkers were told that they have decided case %s", k.ID)
		}
		if told[0] == nil || told[1] == nil {
			w.hold(w.told.decided, k.ID)
		}
	}
}

// approver has two people order payments at once, and a third release them.
func (w *world) approver(ctx context.Context) {
	c := stream(w.seed, "approver")
	for w.wait(ctx, c.between(2*time.Second, 8*time.Second)) {
		var pair sync.WaitGroup
		for range 2 {
			s := w.any(c)
			if s == nil {
				continue
			}
			pair.Go(func() {
				var id string
				if s.ask(10*time.Second, func(ctx context.Context) (err error) {
					id, err = s.flow.Order(ctx, petra, payer)
					return err
				}) != nil {
					return
				}
				w.hold(w.told.ordered, id)
				_ = s.ask(10*time.Second, func(ctx context.Context) error { return s.flow.Free(ctx, pelle, id) })
			})
		}
		pair.Wait()
	}
}

// watch looks at the checkpoints that are shown.
func (w *world) watch(ctx context.Context) {
	for w.wait(ctx, 250*time.Millisecond) {
		w.look()
	}
}
