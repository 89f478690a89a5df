package store

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

//go:embed forms.sql
var formsSchema string

// FormLife is how long a form is kept after its latest change.
const FormLife = 14 * 24 * time.Hour

// The states of a form.
const (
	FormOpen     = "open"     // being filled in
	FormAwaiting = "awaiting" // signed by the applicant, waits for the co-applicant
	FormDeclined = "declined" // the co-applicant would not sign
	FormSent     = "sent"     // a case: kept a while so that sending twice is sending once
)

// ErrFormMoved says that a form was changed since it was read.
var ErrFormMoved = errors.New("the form has changed since it was read")

// A Form is an application that is being filled in. It has the id that the case
// will get, and its body is sealed with that case's key.
type Form struct {
	ID           string
	Owner        string // the applicant's reference
	Partner      string // the co-applicant's, or empty
	Municipality string
	Channel      string
	State        string
	Key          string // new with every change: it makes sending twice the same as once
	Version      uint64
	CreatedAt    int64 // milliseconds since 1970
	ChangedAt    int64
	Body         []byte
}

// Ends is when the form is destroyed unless it is changed before.
func (f *Form) Ends() time.Time { return time.UnixMilli(f.ChangedAt).Add(FormLife) }

// opens is the right to read a form: the applicant's own, the co-applicant's from
// the time it waits for a signature, and the caseworkers' who enter one for somebody.
func (c Caller) opens(f *Form) bool {
	switch c.Role {
	case Applicant:
		return c.Ref != "" && f.Channel == Web && (f.Owner == c.Ref || f.Partner == c.Ref && (f.State == FormAwaiting || f.State == FormSent))
	case Caseworker:
		return c.Ref != "" && c.Municipality != "" && f.Channel != Web && f.Municipality == c.Municipality
	}
	return c.Role == System
}

// writes is the right to change it. A co-applicant signs or declines, and changes
// nothing else.
func (c Caller) writes(f *Form) bool {
	return c.opens(f) && (c.Role != Applicant || f.Owner == c.Ref)
}

// AddForm begins a form.
func (s *Store) AddForm(ctx context.Context, caller Caller, f Form) error {
	if !caller.writes(&f) || !slices.Contains(Channels, f.Channel) || f.ID == "" || f.Key == "" {
		return errors.Join(ErrForbidden, s.witness(ctx, caller, "begin form", true, f.ID))
	}
	if err := s.roomFor(Ample); err != nil {
		return err
	}
	now := s.clock().UnixMilli()
	f.Version, f.CreatedAt, f.ChangedAt = 1, now, now
	if err := s.keys.make(ctx, []string{f.ID}); err != nil {
		return err
	}
	sealed, err := s.sealForm(ctx, &f)
	if err != nil {
		return err
	}
	_, err = s.formPen.write(ctx, `INSERT INTO forms (id, owner, partner, municipality, channel, state, form_key, version, created, changed, body)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`, f.ID, f.Owner, f.Partner, f.Municipality, f.Channel, f.State, f.Key,
		int64(f.Version), f.CreatedAt, f.ChangedAt, sealed)
	if err != nil {
		return fmt.Errorf("couldn't write a form: %w", err)
	}
	return nil
}

// SaveForm writes a form over the version that was read. A co-applicant may only
// change its state to declined, and nothing else of it; Program marks it sent.
func (s *Store) SaveForm(ctx context.Context, caller Caller, f Form) (Form, error) {
	old, err := s.findForm(ctx, `id = $1`, f.ID)
	if err != nil {
		return Form{}, err
	}
	declines := caller.Role == Applicant && caller.opens(&old) && caller.Ref == old.Partner && old.State == FormAwaiting && f.State == FormDeclined
	if !declines && !caller.writes(&old) || !declines && !caller.writes(&f) || f.Owner != old.Owner || f.Channel != old.Channel {
		return Form{}, errors.Join(ErrForbidden, s.witness(ctx, caller, "write form", true, f.ID))
	}
	if declines { // nothing else of what the caller brings is taken
		if old.Body, err = s.unsealForm(ctx, &old); err != nil {
			return Form{}, err
		}
		old.State, old.Version = f.State, f.Version
		f = old
	}
	least := Ample
	if caller.Role == System { // marks it sent
		least = Scarce
	}
	if err := s.roomFor(least); err != nil {
		return Form{}, err
	}
	was := f.Version
	f.Version, f.CreatedAt, f.ChangedAt = was+1, old.CreatedAt, s.clock().UnixMilli()
	sealed, err := s.sealForm(ctx, &f)
	if errors.Is(err, ErrErased) {
		return Form{}, ErrFormMoved // it goes
	}
	if err != nil {
		return Form{}, err
	}
	n, err := s.formPen.write(ctx, `UPDATE forms SET partner = $1, municipality = $2, state = $3, form_key = $4, version = $5, changed = $6, body = $7
		WHERE id = $8 AND version = $9`, f.Partner, f.Municipality, f.State, f.Key, int64(f.Version), f.ChangedAt, sealed, f.ID, int64(was))
	if err != nil {
		return Form{}, fmt.Errorf("couldn't write a form: %w", err)
	}
	if n != 1 {
		return Form{}, ErrFormMoved
	}
	return f, nil
}

// Form gives a form by its id.
func (s *Store) Form(ctx context.Context, caller Caller, id string) (Form, error) {
	f, err := s.findForm(ctx, `id = $1`, id)
	if err != nil {
		return Form{}, err
	}
	return s.openForm(ctx, caller, f)
}

// FormByKey gives the caller's own form with the key that its page carried.
func (s *Store) FormByKey(ctx context.Context, caller Caller, key string) (Form, error) {
	f, err := s.findForm(ctx, `form_key = $1`, key)
	if err != nil {
		return Form{}, err
	}
	return s.openForm(ctx, caller, f)
}

// OwnForm gives the form that the caller has under way or has sent last.
func (s *Store) OwnForm(ctx context.Context, caller Caller) (Form, error) {
	if caller.Role != Applicant || caller.Ref == "" {
		return Form{}, errors.Join(ErrForbidden, s.witness(ctx, caller, "read own form", true))
	}
	where, refs := anyOf("owner", s.Refs(caller.Ref))
	f, err := s.findForm(ctx, where+` AND channel = 'web' ORDER BY rowid DESC LIMIT 1`, refs...)
	if err != nil {
		return Form{}, err
	}
	return s.openForm(ctx, caller, f)
}

// Invitations gives the forms that wait for the caller's signature, without what
// is in them.
func (s *Store) Invitations(ctx context.Context, caller Caller) ([]Form, error) {
	if caller.Role != Applicant || caller.Ref == "" {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list invitations", true))
	}
	where, args := anyOf("partner", s.Refs(caller.Ref))
	return s.listForms(ctx, fmt.Sprintf(`%s AND state = 'awaiting' AND changed > $%d ORDER BY created`, where, len(args)+1),
		append(args, s.clock().Add(-FormLife).UnixMilli())...)
}

// Entries gives the forms that caseworkers of the caller's municipality are
// entering for people, without what is in them.
func (s *Store) Entries(ctx context.Context, caller Caller) ([]Form, error) {
	if caller.Role != Caseworker || caller.Ref == "" || caller.Municipality == "" {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list entries", true))
	}
	return s.listForms(ctx, `municipality = $1 AND channel <> 'web' AND state = 'open' ORDER BY created`, caller.Municipality)
}

// RemoveForm destroys a form with its documents and its key.
func (s *Store) RemoveForm(ctx context.Context, caller Caller, id string) error {
	f, err := s.findForm(ctx, `id = $1`, id)
	if err != nil {
		return err
	}
	if !caller.writes(&f) || f.State == FormSent {
		return errors.Join(ErrForbidden, s.witness(ctx, caller, "remove form", true, id))
	}
	if err := s.witness(ctx, caller, "remove form", false, id); err != nil {
		return err
	}
	// Its time has passed from now on, and it is changed no more: what a stop leaves of it is swept.
	if _, err := s.formPen.write(ctx, `UPDATE forms SET changed = 0, version = version + 1 WHERE id = $1`, id); err != nil {
		return fmt.Errorf("couldn't remove a form: %w", err)
	}
	if err := s.destroyForm(ctx, f); errors.Is(err, errIsCase) {
		return ErrFormMoved // it was sent meanwhile
	} else if err != nil {
		return err
	}
	return nil
}

// SweepForms destroys the forms whose time has passed, and gives how many. Of a
// form that was sent only the form goes: its key is the case's.
func (s *Store) SweepForms(ctx context.Context) (n int, err error) {
	now := s.clock()
	old, err := s.listForms(ctx, `changed < $1`, now.Add(-FormLife).UnixMilli())
	if err != nil {
		return 0, err
	}
	for _, f := range old {
		err := s.destroyForm(ctx, f)
		if errors.Is(err, errIsCase) {
			err = s.removeRow(ctx, f.ID)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

var (
	errGone   = errors.New("an event says that the form is gone")
	errIsCase = errors.New("the form is a case")
)

// destroyForm writes that the form goes, unless it is a case, then takes key and files and
// at last the row, so that a stop between them is taken up by the next sweep.
func (s *Store) destroyForm(ctx context.Context, f Form) error {
	release, err := s.handing.hold(ctx, f.ID) // a document on its way is there whole, or not at all
	if err != nil {
		return err
	}
	defer release()
	_, err = s.Update(ctx, Program, func(v *View) (Draft, error) {
		if _, err := v.Case(f.ID); !errors.Is(err, ErrNotFound) {
			return Draft{}, cmp.Or(err, errIsCase)
		}
		if v.gone(f.ID) {
			return Draft{}, errGone
		}
		return Draft{Case: f.ID, Head: FormGone{}}, nil
	})
	if err != nil && !errors.Is(err, errGone) {
		return err
	}
	if err := s.keys.destroy(ctx, f.ID); err != nil {
		return err
	}
	if err := s.shelf.clear(ctx, f.ID); err != nil {
		return err
	}
	return s.removeRow(ctx, f.ID)
}

func (s *Store) removeRow(ctx context.Context, id string) error {
	if _, err := s.formPen.write(ctx, `DELETE FROM forms WHERE id = $1`, id); err != nil {
		return fmt.Errorf("couldn't remove a form: %w", err)
	}
	return nil
}

const formColumns = `id, owner, partner, municipality, channel, state, form_key, version, created, changed, body`

func (s *Store) findForm(ctx context.Context, where string, args ...any) (Form, error) {
	for _, arg := range args {
		if text, ok := arg.(string); ok && (!utf8.ValidString(text) || strings.ContainsRune(text, 0)) {
			return Form{}, ErrNotFound // not every database can be asked for it
		}
	}
	f, err := s.scanForm(s.forms.QueryRowContext(ctx, `SELECT `+formColumns+` FROM forms WHERE `+where, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) || err == nil && f.State != FormSent && !s.clock().Before(f.Ends()) {
		return Form{}, ErrNotFound
	}
	if err != nil {
		return Form{}, fmt.Errorf("couldn't read a form: %w", err)
	}
	return f, nil
}

func (s *Store) listForms(ctx context.Context, where string, args ...any) ([]Form, error) {
	rows, err := s.forms.QueryContext(ctx, `SELECT `+formColumns+` FROM forms WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("couldn't list forms: %w", err)
	}
	defer rows.Close()
	var out []Form
	for rows.Next() {
		f, err := s.scanForm(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("couldn't list forms: %w", err)
		}
		f.Body = nil // sealed
		out = append(out, f)
	}
	return out, rows.Err()
}

// anyOf asks for a column to be one of some values.
func anyOf(column string, values []string) (where string, args []any) {
	var marks []string
	for _, v := range values {
		args = append(args, v)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	return column + " IN (" + strings.Join(marks, ",") + ")", args
}

// scanForm reads a row; whose it is, it says by the reference that stands for the person.
func (s *Store) scanForm(scan func(...any) error) (f Form, err error) {
	var version int64
	err = scan(&f.ID, &f.Owner, &f.Partner, &f.Municipality, &f.Channel, &f.State, &f.Key, &version, &f.CreatedAt, &f.ChangedAt, &f.Body)
	f.Version, f.Owner, f.Partner = uint64(version), s.Root(f.Owner), s.Root(f.Partner)
	return f, err
}

// openForm checks the right, writes the access event and opens the body.
func (s *Store) openForm(ctx context.Context, caller Caller, f Form) (Form, error) {
	ok := caller.opens(&f) && !s.shielded(caller, f.Owner, f.Partner)
	if caller.Role != System {
		if err := s.witness(ctx, caller, "read form", !ok, f.ID); err != nil {
			return Form{}, err
		}
	}
	if !ok {
		return Form{}, ErrForbidden
	}
	var err error
	if f.Body, err = s.unsealForm(ctx, &f); err != nil {
		return Form{}, err
	}
	if _, err := s.view().Case(f.ID); err == nil {
		f.State = FormSent // whatever a stop left in the row
	}
	return f, nil
}

func (s *Store) unsealForm(ctx context.Context, f *Form) ([]byte, error) {
	c, err := s.keys.open(ctx, f.ID)
	if err != nil {
		return nil, fmt.Errorf("couldn't open a form: %w", err)
	}
	body, err := c.Open(nil, nil, f.Body, formData(f))
	if err != nil {
		return nil, errors.New("couldn't open a form: it or its key was changed")
	}
	return body, nil
}

func (s *Store) sealForm(ctx context.Context, f *Form) ([]byte, error) {
	c, err := s.keys.open(ctx, f.ID)
	if err != nil {
		return nil, fmt.Errorf("couldn't seal a form: %w", err)
	}
	return c.Seal(nil, nil, f.Body, formData(f)), nil
}

// formData binds a form's body to its row.
func formData(f *Form) []byte { return fmt.Appendf(nil, "form|%s|%d", f.ID, f.Version) }
