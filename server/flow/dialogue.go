package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skalig/skalig/server/calendar"
	"github.com/skalig/skalig/server/store"
)

// The errors of what is said about a case.
var (
	ErrAppealed = errors.New("the decision is appealed already")
	ErrNothing  = errors.New("nothing is asked for")
)

// AppealDays is how long a decision can be appealed after it was received (44 §
// förvaltningslagen: three weeks).
const AppealDays = 21

// LastDay is the last day to appeal a decision that was received on a day: three weeks
// later, or the next day that is no holiday (2 § lag (1930:173) om beräkning av
// lagstadgad tid).
func LastDay(received time.Time) time.Time {
	t := received.In(Stockholm)
	return calendar.Next(time.Date(t.Year(), t.Month(), t.Day()+AppealDays, 12, 0, 0, 0, Stockholm))
}

// Say sends a message. person is whose conversation it is.
func (s *Service) Say(ctx context.Context, caller store.Caller, id, person string, m MessageBody) error {
	m.Staff = caller.Role == store.Caseworker
	return put(ctx, s, caller, id, m, func(*store.Case) (store.Head, string, error) {
		return store.Message{Person: person, By: caller.Ref}, "", nil
	})
}

// Ask asks the household for what is missing, to be there by the last day of due.
func (s *Service) Ask(ctx context.Context, caller store.Caller, id, due string, a CompletionAskedBody) error {
	return put(ctx, s, caller, id, a, func(c *store.Case) (store.Head, string, error) {
		if c.State != store.StateQueued {
			return nil, "", ErrVersion
		}
		return store.CompletionAsked{By: caller.Ref, Due: due}, "", nil
	})
}

// Complete answers what was asked for.
func (s *Service) Complete(ctx context.Context, caller store.Caller, id string, b CompletionReceivedBody) error {
	return put(ctx, s, caller, id, b, func(c *store.Case) (store.Head, string, error) {
		if c.Due == "" {
			return nil, "", ErrNothing
		}
		return store.CompletionReceived{Person: caller.Ref}, "", nil
	})
}

// Appeal takes an appeal of the case's decision. One that seems late is taken all
// the same: the board says whether it is.
func (s *Service) Appeal(ctx context.Context, caller store.Caller, id, decision string, published time.Time, a AppealedBody) error {
	a.Decision = decision
	return put(ctx, s, caller, id, a, func(c *store.Case) (store.Head, string, error) {
		switch {
		case c.State != store.StatePublished || c.Decision() != decision:
			return nil, "", ErrVersion
		case c.Appeal == store.AppealOpen || c.Appeal == store.AppealForwarded && c.Appealed == c.Index:
			return nil, "", ErrAppealed
		}
		late := s.today().Format(time.DateOnly) > LastDay(published).Format(time.DateOnly)
		return store.Appealed{Person: caller.Ref, Index: c.Index, Late: late}, fmt.Sprintf("appeal:%s:%d", id, c.Index), nil
	})
}

// CloseAppeal says what became of an appeal: reconsidered by a new decision that
// is made already, or forwarded to the court.
func (s *Service) CloseAppeal(ctx context.Context, caller store.Caller, id, how string, b AppealClosedBody) error {
	b.Day = s.today().Format(time.DateOnly)
	return put(ctx, s, caller, id, b, func(c *store.Case) (store.Head, string, error) {
		if c.Appeal != store.AppealOpen || how == store.AppealReconsidered && c.Index == c.Appealed {
			return nil, "", ErrVersion
		}
		return store.AppealClosed{By: caller.Ref, How: how}, fmt.Sprintf("appeal-closed:%s:%d", id, c.Appealed), nil
	})
}

// put makes an event of what head says of the case as it is.
func put[T Body](ctx context.Context, s *Service, caller store.Caller, id string, body T, head func(*store.Case) (store.Head, string, error)) error {
	text, err := encodeBody(body)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		h, key, err := head(&c)
		return store.Draft{Case: id, Key: key, Head: h, Body: text}, err
	})
	return err
}

// Letter keeps a decision's printed letter.
func (s *Service) Letter(ctx context.Context, id string, index uint64, pdf []byte) error {
	_, err := s.Store.Update(ctx, store.Program, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		if c.Index != index || c.State != store.StatePublished || c.HasLetter() {
			return store.Draft{}, errDone // decided anew meanwhile, or printed
		}
		return store.Draft{Case: id, Key: fmt.Sprintf("letter:%d", index), Head: store.Letter{Index: index}, Body: pdf}, nil
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}
