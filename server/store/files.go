package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// The limits of what is handed in.
const (
	MaxDocument  = 10 << 20 // bytes of one document
	MaxDocuments = 40       // in one case
	MaxTotal     = 60 << 20 // bytes in one case
)

// The errors that callers branch on.
var (
	ErrTooMuch = errors.New("the case has no room for more documents")
	errTaken   = errors.New("another node has put a document there")
)

// A Handed is a document with its name, and where it was read its content.
type Handed struct {
	Paperwork
	Name    []byte // the body of its event: what it is called
	Content []byte
}

// AddDocument keeps a document under the id of a form or a case and gives its
// number. The file is durable before the event that tells of it, so that a stop
// between them leaves a file that nobody asks for and the next attempt replaces.
func (s *Store) AddDocument(ctx context.Context, caller Caller, id, what, media string, name, content []byte) (int, error) {
	if len(content) == 0 || len(content) > MaxDocument {
		return 0, ErrTooMuch
	}
	municipality, err := s.mayHand(ctx, caller, id)
	if err != nil {
		return 0, err
	}
	if err := s.roomFor(Ample); err != nil {
		return 0, err
	}
	release, err := s.handing.hold(ctx, id) // numbers are given one at a time, and the form does not go meanwhile
	if err != nil {
		return 0, err
	}
	defer release()
	n, err := s.shelve(ctx, id, content)
	if err != nil {
		return 0, err
	}
	head := Document{Person: caller.Ref, Municipality: municipality, Number: n, What: what, Media: media, Size: int64(len(content))}
	_, err = s.Update(ctx, caller, func(v *View) (Draft, error) {
		if found, err := v.txn.First("documents", "id", paperID(id, n)); err != nil || found != nil {
			return Draft{}, errors.Join(errTaken, err)
		}
		return Draft{Case: id, Head: head, Body: name}, nil
	})
	if errors.Is(err, ErrErased) { // another node has destroyed what was there, and this came after
		return 0, errors.Join(err, s.shelf.clear(ctx, id), s.keys.destroy(ctx, id))
	}
	return n, err
}

// shelve seals a document and puts it on the shelf under the next number that is free.
func (s *Store) shelve(ctx context.Context, id string, content []byte) (int, error) {
	if err := s.Current(ctx); err != nil { // a number that another node has given is not given again
		return 0, err
	}
	v := s.view()
	if v.gone(id) || v.erased(id) {
		return 0, ErrErased
	}
	papers, err := v.papers(id)
	if err != nil {
		return 0, err
	}
	n, total := 1, int64(len(content))
	for _, p := range papers {
		n = p.Number + 1
		if !p.Removed {
			total += p.Size
		}
	}
	if total > MaxTotal {
		return 0, ErrTooMuch
	}
	if err := s.keys.make(ctx, []string{id}); err != nil {
		return 0, err
	}
	c, err := s.keys.open(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("couldn't seal a document: %w", err)
	}
	for ; n <= MaxDocuments; n++ {
		err := s.shelf.put(ctx, id, n, c.Seal(nil, nil, content, fileData(id, n)))
		if !errors.Is(err, errTaken) {
			return n, err
		}
	}
	return 0, ErrTooMuch
}

// RemoveDocument takes back a document that has not been sent yet.
func (s *Store) RemoveDocument(ctx context.Context, caller Caller, id string, n int) error {
	if _, err := s.mayHand(ctx, caller, id); err != nil {
		return err
	}
	_, err := s.Update(ctx, caller, func(v *View) (Draft, error) {
		found, err := v.txn.First("documents", "id", paperID(id, n))
		p, _ := found.(*Paperwork)
		if err != nil || p == nil || p.Removed {
			return Draft{}, errors.Join(ErrNotFound, err)
		}
		return Draft{Case: id, Head: Document{Person: p.Person, Municipality: p.Municipality, Number: n, What: p.What, Media: p.Media, Size: p.Size, Removed: true}}, nil
	})
	if err != nil {
		return err
	}
	return s.shelf.remove(ctx, id, n)
}

// Documents gives what the caller may see of a case's or a form's documents,
// without their content: a person the own, a caseworker all.
func (s *Store) Documents(ctx context.Context, caller Caller, id string) ([]Handed, error) {
	if err := s.maySee(ctx, caller, "list documents", id); err != nil {
		return nil, err
	}
	papers, err := s.view().papers(id)
	if err != nil {
		return nil, err
	}
	var out []Handed
	for _, p := range papers {
		if p.Removed || caller.Role == Applicant && p.Person != caller.Ref && !s.entered(id, caller) {
			continue
		}
		name, err := s.body(ctx, p.Seq, id)
		if err != nil {
			return nil, err
		}
		out = append(out, Handed{Paperwork: p, Name: name})
	}
	return out, nil
}

// Document gives one of them with its content.
func (s *Store) Document(ctx context.Context, caller Caller, id string, n int) (Handed, error) {
	all, err := s.Documents(ctx, caller, id)
	if err != nil {
		return Handed{}, err
	}
	for _, h := range all {
		if h.Number != n {
			continue
		}
		if err := s.witness(ctx, caller, "read document "+strconv.Itoa(n), false, id); err != nil {
			return Handed{}, err
		}
		c, err := s.keys.open(ctx, id)
		if err != nil {
			return Handed{}, fmt.Errorf("couldn't open a document: %w", err)
		}
		sealed, err := s.shelf.get(ctx, id, n)
		if err != nil {
			return Handed{}, err
		}
		if h.Content, err = c.Open(nil, nil, sealed, fileData(id, n)); err != nil {
			return Handed{}, errors.New("couldn't open a document: it or its key was changed")
		}
		return h, nil
	}
	return Handed{}, errors.Join(ErrNotFound, s.witness(ctx, caller, "read document "+strconv.Itoa(n), true, id))
}

// entered reports whether the applicant's case was entered by a caseworker, who
// then handed in the papers for the person.
func (s *Store) entered(id string, caller Caller) bool {
	k, err := s.view().Case(id)
	return err == nil && k.Channel != Web && k.Person == caller.Ref
}

// mayHand is the right to hand in under an id, and the municipality it goes to.
func (s *Store) mayHand(ctx context.Context, caller Caller, id string) (municipality string, err error) {
	if k, err := s.view().Case(id); err == nil {
		if caller.sees(&k) && caller.Role != System {
			return k.Municipality, nil
		}
	} else if f, err := s.findForm(ctx, `id = $1`, id); err == nil && caller.writes(&f) && caller.Role != System {
		return f.Municipality, nil
	}
	return "", errors.Join(ErrForbidden, s.witness(ctx, caller, "hand in document", true, id))
}

// maySee is the right to see documents under an id; it writes the access event.
func (s *Store) maySee(ctx context.Context, caller Caller, action, id string) error {
	if _, err := s.view().Case(id); err == nil {
		_, err := s.allowed(ctx, caller, action, id)
		return err
	}
	f, err := s.findForm(ctx, `id = $1`, id)
	if err != nil {
		return err
	}
	ok := caller.writes(&f) && !s.shielded(caller, f.Owner, f.Partner)
	if err := s.witness(ctx, caller, action, !ok, id); err != nil {
		return err
	}
	if !ok {
		return ErrForbidden
	}
	return nil
}

// shielded reports whether one of the people has protected identity, and the
// caller is an official without the right to know of them.
func (s *Store) shielded(caller Caller, people ...string) bool {
	if !caller.official() || caller.Protected {
		return false
	}
	is, err := s.view().protected(people)
	return err != nil || is
}

func fileData(id string, n int) []byte { return fmt.Appendf(nil, "document|%s|%d", id, n) }
