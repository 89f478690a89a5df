package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A File is a case with everything personal in it.
type File struct {
	Case
	Submitted []byte // bodies as they were written; nil where not yet
	Queued    []byte
	Decided   []byte
	Receipt   []byte
}

// Read gives a case with its bodies. The access event is durable before
// anything is read.
func (s *Store) Read(ctx context.Context, caller Caller, id string) (File, error) {
	c, err := s.allowed(ctx, caller, "read", id)
	if err != nil {
		return File{}, err
	}
	f := File{Case: c}
	for _, part := range []struct {
		seq uint64
		to  *[]byte
	}{{c.last(KindSubmitted), &f.Submitted}, {c.last(KindQueued), &f.Queued}, {c.last(KindDecided), &f.Decided}, {c.last(KindPublished), &f.Receipt}} {
		if part.seq == 0 {
			continue
		}
		if *part.to, err = s.body(ctx, part.seq, c.ID); err != nil {
			return File{}, err
		}
	}
	return f, nil
}

// A Page is one event of a case with its body.
type Page struct {
	Step
	Head Head
	Body []byte
}

// A private head is that of an event which one of a household's adults keeps from
// the other.
type private interface{ seenBy(Caller) bool }

// A personal head names people, and can name them by the references that stand for them.
type personal interface {
	rename(root func(string) string)
}

// head reads the head of an event of a case.
func (s *Store) head(ctx context.Context, step Step) (Head, error) {
	var text string
	if err := s.readers.QueryRowContext(ctx, `SELECT head FROM journal WHERE seq = $1`, int64(step.Seq)).Scan(&text); err != nil {
		return nil, fmt.Errorf("couldn't read row %d of the journal: %w", step.Seq, err)
	}
	h, err := decodeHead(step.Kind, []byte(text))
	if p, ok := h.(personal); ok {
		p.rename(s.Root)
	}
	return h, err
}

// Pages gives a case's events of one kind with their bodies, oldest first. The
// access event is durable before anything is read.
func (s *Store) Pages(ctx context.Context, caller Caller, id string, kind Kind) ([]Page, error) {
	c, err := s.allowed(ctx, caller, "read "+string(kind), id)
	if err != nil {
		return nil, err
	}
	var pages []Page
	for _, step := range c.History {
		if step.Kind != kind {
			continue
		}
		head, err := s.head(ctx, step)
		if err != nil {
			return nil, err
		}
		if p, ok := head.(private); ok && !p.seenBy(caller) {
			continue
		}
		body, err := s.body(ctx, step.Seq, c.ID)
		if err != nil {
			return nil, err
		}
		pages = append(pages, Page{step, head, body})
	}
	return pages, nil
}

// allowed checks the caller's right to a case and writes the access event. The
// case is taken anew afterwards: what is shown is never older than the event.
func (s *Store) allowed(ctx context.Context, caller Caller, action, id string) (Case, error) {
	c, err := s.found(ctx, id)
	if err != nil {
		return Case{}, err
	}
	ok := caller.sees(&c)
	if caller.Role != System {
		if err := s.witness(ctx, caller, action, !ok, id); err != nil {
			return Case{}, err
		}
	}
	if !ok {
		return Case{}, ErrForbidden
	}
	sealed, err := s.view().sealed(&c, caller, s.clock())
	if err != nil {
		return Case{}, err
	}
	if sealed {
		return Case{}, ErrSealed
	}
	c, err = s.view().Case(id)
	if err == nil && c.State == StateErased {
		err = ErrErased
	}
	if err == nil && !caller.sees(&c) { // not any more, as the event's own commit has shown
		return Case{}, errors.Join(ErrForbidden, s.witness(ctx, caller, action, true, id))
	}
	return c, err
}

// found finds a case, also one that another node has just made.
func (s *Store) found(ctx context.Context, id string) (Case, error) {
	c, err := s.view().Case(id)
	if !errors.Is(err, ErrNotFound) || s.shared == nil {
		return c, err
	}
	if err := s.Current(ctx); err != nil {
		return Case{}, err
	}
	return s.view().Case(id)
}

// witness makes an access event durable, unless the visit has made one of this file.
func (s *Store) witness(ctx context.Context, caller Caller, action string, refused bool, cases ...string) error {
	if caller.Ref == "" {
		return ErrForbidden
	}
	before, now := caller.noted(ctx, action, refused, cases)
	if before {
		return nil
	}
	if err := s.introduce(ctx, caller); err != nil {
		return err
	}
	_, err := s.Update(ctx, caller, func(*View) (Draft, error) { return caller.access(action, refused, cases...), nil })
	if err != nil {
		return fmt.Errorf("couldn't write the access event: %w", err)
	}
	now()
	return nil
}

// Own gives the caller's own cases, newest first.
func (s *Store) Own(ctx context.Context, caller Caller) ([]Case, error) {
	if caller.Role != Applicant || caller.Ref == "" {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list own", true))
	}
	cases, err := collect(s.view().of(caller.Ref))
	if err != nil {
		return nil, err
	}
	cases = slices.DeleteFunc(cases, func(c Case) bool { return !caller.sees(&c) })
	slices.SortFunc(cases, func(a, b Case) int {
		return cmp.Or(cmp.Compare(b.SubmittedAt, a.SubmittedAt), cmp.Compare(b.last(KindSubmitted), a.last(KindSubmitted)))
	})
	return cases, s.witness(ctx, caller, "list own", false, ids(cases)...)
}

// Pending gives the cases that were submitted but neither decided nor queued.
func (s *Store) Pending() ([]Case, error) {
	return collect(s.view().each("state_prefix", string(StateSubmitted)))
}

// Waiting counts the queued cases of every municipality and gives the time of
// the oldest, the zero time where there is none.
func (s *Store) Waiting() (n int, oldest time.Time) {
	for c, err := range s.view().each("state_prefix", string(StateQueued)) {
		if err != nil {
			return n, oldest
		}
		n++
		if at := time.UnixMilli(c.SubmittedAt); oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
	}
	return n, oldest
}

// Automation reports whether automatic decisions are on in the municipality.
func (s *Store) Automation(municipality string) (on bool, err error) {
	stopped, err := s.view().stopped(scope(municipality, ""))
	return !stopped, err
}

// Await returns when the case is published or queued, or with ctx's error. It
// tells nothing but that: reading the case afterwards is a read.
func (s *Store) Await(ctx context.Context, id string) error {
	for {
		txn := s.model.Txn(false)
		watch, found, err := txn.FirstWatch("cases", "id", id)
		if err != nil {
			return err
		}
		c, _ := found.(*Case)
		if c == nil {
			return ErrNotFound
		}
		if c.State == StatePublished || c.State == StateQueued {
			return nil
		}
		select {
		case <-watch:
		case <-s.stopped:
			return s.stopError()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// body reads and opens one body.
func (s *Store) body(ctx context.Context, seq uint64, ref string) ([]byte, error) {
	var kind, got string
	var sealed []byte
	err := s.readers.QueryRowContext(ctx, `SELECT kind, case_ref, body FROM journal WHERE seq = $1`, int64(seq)).Scan(&kind, &got, &sealed)
	if err != nil || got != ref {
		return nil, fmt.Errorf("couldn't read row %d of the journal: %w", seq, err)
	}
	if len(sealed) == 0 {
		return nil, nil
	}
	c, err := s.keys.open(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("couldn't open the body of row %d: %w", seq, err)
	}
	return unseal(c, seq, ref, Kind(kind), sealed)
}

func collect(seq func(yield func(Case, error) bool)) ([]Case, error) {
	var cases []Case
	for c, err := range seq {
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func ids(cases []Case) []string {
	out := make([]string, len(cases))
	for i, c := range cases {
		out[i] = c.ID
	}
	return out
}

// Look gives the service itself a case without anything personal.
func (s *Store) Look(id string) (Case, error) { return s.view().Case(id) }
