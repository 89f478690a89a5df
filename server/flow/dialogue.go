package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/skalig/skalig/server/store"
)

// ErrNothing says that nothing is asked for.
var ErrNothing = errors.New("nothing is asked for")

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

// Seen notes that a caseworker has taken in what came from the household, up to the
// event last.
func (s *Service) Seen(ctx context.Context, caller store.Caller, id string, last uint64) error {
	_, err := s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		if len(c.News) == 0 {
			return store.Draft{}, errDone // somebody else was first
		}
		return store.Draft{Case: id, Head: store.Seen{By: caller.Ref, Last: last}}, nil
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
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

// Register takes down an answer that a person gave another way than by the web.
func (s *Service) Register(ctx context.Context, caller store.Caller, id, person string, b CompletionReceivedBody) error {
	return put(ctx, s, caller, id, b, func(c *store.Case) (store.Head, string, error) {
		if c.Due == "" {
			return nil, "", ErrNothing
		}
		return store.CompletionReceived{Person: person, By: caller.Ref}, "", nil
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
