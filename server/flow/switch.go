package flow

import (
	"context"
	"errors"
	"strings"

	"github.com/skalig/skalig/server/store"
)

// SwitchEverywhere stops or restarts automatic decisions for every municipality.
func (s *Service) SwitchEverywhere(ctx context.Context, caller store.Caller, stopped bool, name, reason string) error {
	text, err := encodeBody(StoppedBody{Name: name, Reason: reason})
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(*store.View) (store.Draft, error) {
		return store.Draft{Case: "automation-" + store.Everywhere, Body: text,
			Head: store.Automation{Municipality: store.Everywhere, Stopped: stopped, By: caller.Ref}}, nil
	})
	return err
}

// errNoReason says that an act that must be explained was not.
var errNoReason = errors.New("couldn't do what must be explained without a reason")

// Protect says that the adults of a case have protected identity, or no longer.
func (s *Service) Protect(ctx context.Context, caller store.Caller, id string, protected bool, name, reason string) error {
	return s.explained(ctx, caller, id, name, reason, func(c *store.Case) []store.Head {
		var heads []store.Head
		for _, person := range c.Adults() {
			heads = append(heads, store.Protection{Person: person, Protected: protected, By: caller.Ref})
		}
		return heads
	})
}

// Open lets a caseworker with the right to it read a protected case for a while.
func (s *Service) Open(ctx context.Context, caller store.Caller, id, name, reason string) error {
	return s.explained(ctx, caller, id, name, reason, func(*store.Case) []store.Head { return []store.Head{store.Opened{By: caller.Ref}} })
}

// explained makes events whose body is who did it and why.
func (s *Service) explained(ctx context.Context, caller store.Caller, id, name, reason string, heads func(*store.Case) []store.Head) error {
	if strings.TrimSpace(reason) == "" || strings.TrimSpace(name) == "" {
		return errNoReason
	}
	text, err := encodeBody(StoppedBody{Name: name, Reason: reason})
	if err != nil {
		return err
	}
	for i, n := 0, 1; i < n; i++ {
		_, err := s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
			c, err := v.Case(id)
			if err != nil {
				return store.Draft{}, err
			}
			all := heads(&c)
			n = len(all)
			return store.Draft{Case: id, Head: all[i], Body: text}, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
