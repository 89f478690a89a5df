package flow

import (
	"context"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/store"
)

// An Application is what a person sends in.
type Application struct {
	Key        string // of the form: one key, one case
	Number     string // identity number, from the sign-in
	Name       string
	Facts      []byte
	HumanAsked bool
	AcuteNeed  bool
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
	e, err := s.Check(a.Facts)
	if err != nil {
		return "", err
	}
	text, err := encodeBody(SubmittedBody{Number: a.Number, Name: a.Name, Facts: e.Facts})
	if err != nil {
		return "", err
	}
	key := s.Digests.Sum("form", caller.Ref, a.Key)
	digest := s.Digests.Sum("application", string(text), strconv.FormatBool(a.HumanAsked), strconv.FormatBool(a.AcuteNeed))
	head := store.Submitted{Person: caller.Ref, Municipality: e.Municipality, Month: e.Month,
		Key: hex.EncodeToString(key[:]), Digest: hex.EncodeToString(digest[:]), HumanAsked: a.HumanAsked, AcuteNeed: a.AcuteNeed}
	id, err = s.newID()
	if err != nil {
		return "", err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		old, err := v.ByKey(head.Person, head.Key)
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

// newID gives an opaque case id of 128 random bits.
func (s *Service) newID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(s.Rand, b[:]); err != nil {
		return "", fmt.Errorf("couldn't make a case id: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])), nil
}
