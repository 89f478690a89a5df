package flow

import (
	"cmp"
	"context"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/store"
)

// An Application is what a person sends in.
type Application struct {
	ID         string // of the form, which the case will get; empty: a new one
	Key        string // of the form: one key, one case
	Person     string // the applicant's reference; empty: the caller's
	Number     string // identity number, from the sign-in
	Name       string
	Partner    string // the co-applicant's reference, or empty
	Adult      *Adult // who that is
	Contact    *Contact
	Notes      []Note
	Signatures []Signature // not part of what is signed
	Facts      []byte
	Born       []Birth // of children, as far as they are known
	Kind       string  // KindNew, KindRenewal, KindSupplement or empty
	Channel    string  // of store.Channels; empty: web
	HumanAsked bool
	AcuteNeed  bool

	Registers []register.Result // what agencies have answered about the adults, by their id in the facts
	Disputed  []string          // rows of theirs that the applicant says are wrong, as "FK:0"
	Dispute   string            // in the applicant's words
	Theirs    Objection         // the co-applicant's own, said when signing; not part of what is signed
}

// unknown reports whether an answer was "I don't know".
func (a *Application) unknown() bool {
	return slices.ContainsFunc(a.Notes, func(n Note) bool { return n.Code == "unknown" })
}

// content is everything that is applied for, and its keyed digest.
func (s *Service) content(caller store.Caller, a Application) (e *Estimate, head store.Submitted, body SubmittedBody, err error) {
	if e, err = s.Check(a.Facts); err != nil {
		return nil, head, body, err
	}
	if (e.Adults > 1) != (a.Partner != "") {
		return nil, head, body, &Invalid{[]Finding{{"partner", "facts.persons", "Två vuxna ansöker tillsammans. Säg vem den andra är."}}}
	}
	body = SubmittedBody{Number: a.Number, Name: a.Name, Facts: e.Facts, Born: a.Born, Partner: a.Adult, Contact: a.Contact, Notes: a.Notes,
		Disputed: a.Disputed, Dispute: a.Dispute}
	text, err := encodeBody(body)
	if err != nil {
		return nil, head, body, err
	}
	person := cmp.Or(a.Person, caller.Ref)
	key := s.Digests.Sum("form", person, a.Key)
	digest := s.Digests.Sum("application", string(text), a.Kind, a.Channel, a.Key, strconv.FormatBool(a.HumanAsked), strconv.FormatBool(a.AcuteNeed))
	head = store.Submitted{Person: person, Partner: a.Partner, Municipality: e.Municipality, Month: e.Month, Form: a.Kind, Channel: a.Channel,
		Key: hex.EncodeToString(key[:]), Digest: hex.EncodeToString(digest[:]), HumanAsked: a.HumanAsked, AcuteNeed: a.AcuteNeed, Unknown: a.unknown()}
	if caller.Role == store.Caseworker {
		head.By = caller.Ref
	}
	body.Signatures = a.Signatures
	return e, head, body, nil
}

// Sign puts the caller's signature on an application of two adults, under the id
// of its form. It holds for exactly this content.
func (s *Service) Sign(ctx context.Context, caller store.Caller, a Application) error {
	_, head, _, err := s.content(caller, a)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		if v.Signed(a.ID, caller.Ref, head.Digest) != 0 {
			return store.Draft{}, errRepeated
		}
		return store.Draft{Case: a.ID, Head: store.Signed{Person: caller.Ref, Digest: head.Digest}}, nil
	})
	if errors.Is(err, errRepeated) {
		return nil
	}
	return err
}

// Check computes an application's facts and refuses what an applicant cannot
// say: that a register or a caseworker has confirmed something.
func (s *Service) Check(facts []byte) (*Estimate, error) {
	e, err := s.Estimate(facts)
	if err != nil {
		return nil, err
	}
	var f factsPart
	if err := json.Unmarshal(e.Facts, &f); err != nil {
		return nil, errors.New("couldn't read the engine's answer")
	}
	var found []Finding
	for i, income := range f.Incomes {
		if income.Source != "declared" {
			found = append(found, Finding{"source-not-yours", fmt.Sprintf("facts.incomes[%d].source", i), "Bara kommunen kan säga att en inkomst är bekräftad."})
		}
	}
	for i, p := range f.Persons {
		if p.Activity != nil {
			found = append(found, Finding{"activity-not-yours", fmt.Sprintf("facts.persons[%d].activity", i), "Bara kommunen kan säga att aktivitetskravet är uppfyllt."})
		}
	}
	if found != nil {
		return nil, &Invalid{found}
	}
	if _, ok := s.boards[e.Municipality]; !ok {
		return nil, &Invalid{[]Finding{{"municipality-closed", "facts.municipality", "Kommunen tar inte emot ansökningar här ännu. Kontakta kommunen."}}}
	}
	return e, nil
}

// Submit makes an application a case and takes it as far as it goes without
// waiting for the log: decided, or in the caseworkers' queue. The same form sent
// again gives the same case. Once the case is durable there is no error: what
// could not be done at once is done in the background.
func (s *Service) Submit(ctx context.Context, caller store.Caller, a Application) (id string, err error) {
	e, head, body, err := s.content(caller, a)
	if err != nil {
		return "", err
	}
	// What agencies answer may differ from one press of the button to the next, and
	// is no part of what makes two forms the same.
	if body.Facts, err = s.confirm(e, a.Registers); err != nil {
		return "", err
	}
	body.Registers, body.Theirs = a.Registers, a.Theirs
	text, err := encodeBody(body)
	if err != nil {
		return "", err
	}
	if id = a.ID; id == "" {
		if id, err = s.NewID(); err != nil {
			return "", err
		}
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		old, err := v.ByKey(head.Person, head.Key)
		if errors.Is(err, store.ErrNotFound) { // sent under another number that the person had
			old, err = v.Case(id)
		}
		if err == nil {
			id = old.ID
			if old.Digest != head.Digest {
				return store.Draft{}, ErrConflict
			}
			return store.Draft{}, errRepeated
		}
		if !errors.Is(err, store.ErrNotFound) {
			return store.Draft{}, err
		}
		if head.Partner != "" && head.By == "" && (v.Signed(id, head.Person, head.Digest) == 0 || v.Signed(id, head.Partner, head.Digest) == 0) {
			return store.Draft{}, ErrUnsigned
		}
		return store.Draft{Case: id, Key: "submit:" + head.Key, Head: head, Body: text}, nil
	})
	if errors.Is(err, errRepeated) {
		s.Observer.Repeated()
		err = nil
	}
	if err != nil {
		return "", err
	}
	if err := s.advance(ctx, id); err != nil {
		s.Log.Warn("couldn't decide or refer a case at once; trying again", "case", id, "error", err)
		kick(s.take)
	}
	return id, nil
}

var (
	errRepeated = errors.New("the form was sent before")
	errDone     = errors.New("the case is further on")
)

// NewID gives an opaque case id of 128 random bits.
func (s *Service) NewID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		return "", fmt.Errorf("couldn't make a case id: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])), nil
}
