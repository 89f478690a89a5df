package flow

import (
	"context"
	"strings"

	"github.com/skalig/skalig/server/store"
)

// Judge says for a caseworker, from one of their cases, whether the people of a twin are
// one person or two. What a person had under either number is then theirs under both.
func (s *Service) Judge(ctx context.Context, caller store.Caller, id string, seq uint64, same bool, name, reason string) error {
	if strings.TrimSpace(reason) == "" || strings.TrimSpace(name) == "" {
		return errNoReason
	}
	twins, err := s.Store.Twins(ctx, caller, id)
	if err != nil {
		return err
	}
	text, err := encodeBody(StoppedBody{Name: name, Reason: reason})
	if err != nil {
		return err
	}
	for _, t := range twins {
		if t.Seq != seq {
			continue
		}
		d := store.Draft{Case: id, Body: text, Head: store.Unclear{Person: t.Person, Previous: t.Before, Why: store.UnclearApart, By: caller.Ref}}
		if same {
			d.Head = store.Continued{Person: t.Person, Previous: t.Before, By: caller.Ref}
		}
		_, err := s.Store.Update(ctx, caller, func(*store.View) (store.Draft, error) { return d, nil })
		return err
	}
	return ErrVersion // somebody else has judged, or the person has signed in since
}
