package release

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skalig/skalig/server/record"
	"golang.org/x/mod/sumdb/note"
)

// Needed is how many different people must have approved.
const Needed = record.Approvers

// What is wrong with approvals.
var (
	ErrTooFew   = errors.New("too few people have approved")
	ErrStranger = errors.New("approved by someone who is not listed")
	ErrDiffers  = errors.New("the approvals are not of one statement")
)

// An Approver is a person who may approve releases.
type Approver struct {
	Name string `json:"name"` // as it stands in the log
	Key  string `json:"key"`  // the verifier key of what the person signs
}

// An Approved is a statement and who approved it.
type Approved struct {
	Statement
	Approvers []string // names, in the order of the configuration
	Keys      []string // theirs
	Note      []byte   // the statement with their signatures
}

// Approve signs a statement.
func Approve(statement []byte, signer note.Signer) ([]byte, error) {
	if _, err := Parse(statement); err != nil {
		return nil, fmt.Errorf("couldn't approve: %w", err)
	}
	return note.Sign(&note.Note{Text: string(statement)}, signer)
}

// Open puts approvals together. Each must verify, and people who are listed twice, or
// under one key, are one person.
func Open(approvals [][]byte, approvers []Approver) (Approved, error) {
	var a Approved
	keys, names, err := listed(approvers, false)
	if err != nil {
		return a, err
	}
	var all note.Note
	for _, approval := range approvals {
		if len(approval) > MaxBytes {
			return a, fmt.Errorf("couldn't open an approval: %w", ErrMalformed)
		}
		n, err := note.Open(approval, note.VerifierList(keys...))
		if unverified := (*note.UnverifiedNoteError)(nil); errors.As(err, &unverified) {
			return a, fmt.Errorf("couldn't open an approval: %w", ErrStranger)
		}
		if err != nil {
			return a, fmt.Errorf("couldn't open an approval: %w", err)
		}
		if len(n.UnverifiedSigs) > 0 {
			return a, fmt.Errorf("couldn't open an approval: %w", ErrStranger)
		}
		if all.Text != "" && n.Text != all.Text {
			return a, fmt.Errorf("couldn't put the approvals together: %w", ErrDiffers)
		}
		all.Text = n.Text
		for _, sig := range n.Sigs {
			if !slices.ContainsFunc(all.Sigs, func(o note.Signature) bool { return o.Name == sig.Name && o.Hash == sig.Hash }) {
				all.Sigs = append(all.Sigs, sig)
			}
		}
	}
	if a.Statement, err = Parse([]byte(all.Text)); err != nil {
		return a, err
	}
	vkeys := make([]string, len(approvers))
	for i, p := range approvers {
		vkeys[i] = p.Key
	}
	// In the configuration's order, so that the same approvals are the same bytes.
	var b bytes.Buffer
	b.WriteString(all.Text + "\n")
	for i, key := range keys {
		at := slices.IndexFunc(all.Sigs, func(s note.Signature) bool { return s.Name == key.Name() && s.Hash == key.KeyHash() })
		if at < 0 {
			continue
		}
		a.Approvers, a.Keys = append(a.Approvers, names[i]), append(a.Keys, vkeys[i])
		fmt.Fprintf(&b, "— %s %s\n", all.Sigs[at].Name, all.Sigs[at].Base64)
	}
	a.Note = b.Bytes()
	if len(a.Approvers) < Needed {
		return a, fmt.Errorf("%d of %d: %w", len(a.Approvers), Needed, ErrTooFew)
	}
	return a, nil
}

// Verify reads a note that people of a list have signed, [Needed] of them at least. The
// list may hold keys that a person had before, under the same name: a name is one person.
// What others have signed beside them counts for nothing.
func Verify(signed []byte, approvers []Approver) (Statement, error) {
	keys, names, err := listed(approvers, true)
	if err != nil {
		return Statement{}, err
	}
	n, err := note.Open(signed, note.VerifierList(keys...))
	if unverified := (*note.UnverifiedNoteError)(nil); errors.As(err, &unverified) {
		return Statement{}, ErrTooFew
	}
	if err != nil {
		return Statement{}, err
	}
	people := map[string]bool{}
	for _, sig := range n.Sigs {
		at := slices.IndexFunc(keys, func(k note.Verifier) bool { return k.Name() == sig.Name && k.KeyHash() == sig.Hash })
		people[names[at]] = true
	}
	if len(people) < Needed {
		return Statement{}, ErrTooFew
	}
	return Parse([]byte(n.Text))
}

// CheckApprovers says what is wrong with a list of those who may approve.
func CheckApprovers(approvers []Approver) error {
	_, _, err := listed(approvers, false)
	return err
}

// listed reads approvers: different people with different keys, or also keys that one
// of them had before.
func listed(approvers []Approver, before bool) (keys []note.Verifier, names []string, err error) {
	var publics []string // one key is one person, whatever names it goes by
	for _, p := range approvers {
		key, err := note.NewVerifier(p.Key)
		if err != nil {
			return nil, nil, fmt.Errorf("couldn't read the key of approver %q: %w", p.Name, err)
		}
		same := func(o note.Verifier) bool { return !before && o.Name() == key.Name() }
		public, err := base64.StdEncoding.DecodeString(strings.SplitN(p.Key, "+", 3)[2])
		if err != nil {
			return nil, nil, fmt.Errorf("couldn't read the key of approver %q: %w", p.Name, err)
		}
		if p.Name == "" || !before && slices.Contains(names, p.Name) || slices.ContainsFunc(keys, same) || slices.Contains(publics, string(public)) {
			return nil, nil, fmt.Errorf("the approver %q has no name, or shares name or key with another", p.Name)
		}
		keys, names, publics = append(keys, key), append(names, p.Name), append(publics, string(public))
	}
	return keys, names, nil
}
