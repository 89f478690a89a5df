package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// A Session is one place where a person is signed in.
type Session struct {
	ID    string // opaque; it opens nothing
	Began time.Time
	Ends  time.Time // unless it is used before
	This  bool      // the one that asks
}

// stored is the session's token as the store has it. It is how scs hashes tokens.
func (a *Auth) stored(ctx context.Context) string {
	sum := sha256.Sum256([]byte(a.sessions.Token(ctx)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// began notes that who has signed in with this session.
func (a *Auth) began(ctx context.Context, who Identity) error {
	now := time.Now()
	_, err := a.db.write.ExecContext(ctx, `INSERT INTO signins (id, token, owner, began, expiry) VALUES ($1, $2, $3, $4, $5)`,
		rand.Text(), a.stored(ctx), who.Ref, now.UnixMilli(), now.Add(a.sessions.Lifetime).UnixMilli())
	if err != nil {
		return fmt.Errorf("couldn't note a sign-in: %w", err)
	}
	return nil
}

// Own gives the person's sessions, the latest first.
func (a *Auth) Own(ctx context.Context, who Identity) ([]Session, error) {
	owner, args := a.owned(who)
	rows, err := a.db.db.QueryContext(ctx, fmt.Sprintf(`SELECT n.id, n.token, n.began, s.expiry FROM signins n JOIN sessions s ON s.token = n.token
		WHERE n.%s AND s.expiry > $%d ORDER BY n.began DESC, n.id`, owner, len(args)+1), append(args, time.Now().UnixMilli())...)
	if err != nil {
		return nil, fmt.Errorf("couldn't list sessions: %w", err)
	}
	defer rows.Close()
	var out []Session
	for rows.Next() {
		var s Session
		var token string
		var began, ends int64
		if err := rows.Scan(&s.ID, &token, &began, &ends); err != nil {
			return nil, fmt.Errorf("couldn't list sessions: %w", err)
		}
		s.Began, s.Ends, s.This = time.UnixMilli(began), time.UnixMilli(ends), token == a.stored(ctx)
		out = append(out, s)
	}
	return out, rows.Err()
}

// End ends the person's session with the id, or all of them where id is empty.
// Those that are ended stay ended, also for a request that is under way.
func (a *Auth) End(ctx context.Context, who Identity, id string) error {
	owner, args := a.owned(who)
	which := fmt.Sprintf(`FROM signins WHERE %s AND ($%d = '' OR id = $%[2]d)`, owner, len(args)+1)
	args = append(args, id)
	err := a.db.together(ctx,
		act{`INSERT INTO ended (token, expiry) SELECT token, expiry ` + which + ` ON CONFLICT DO NOTHING`, args},
		act{`DELETE FROM sessions WHERE token IN (SELECT token ` + which + `)`, args},
		act{`DELETE ` + which, args})
	if err != nil {
		return fmt.Errorf("couldn't end sessions: %w", err)
	}
	return nil
}

// owned asks for the sign-ins of a person, under any of their numbers.
func (a *Auth) owned(who Identity) (where string, args []any) {
	var marks []string
	for _, ref := range a.c.People.Refs(who.Ref) {
		args = append(args, ref)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	return "owner IN (" + strings.Join(marks, ",") + ")", args
}

// EndAll ends everybody's sessions, also those in which nobody has signed in yet.
func (a *Auth) EndAll(ctx context.Context) error {
	err := a.db.together(ctx,
		act{`INSERT INTO ended (token, expiry) SELECT token, CAST($1 AS BIGINT) FROM sessions WHERE true ON CONFLICT DO NOTHING`, // without WHERE, ON is a join's
			[]any{time.Now().Add(Lifetime).UnixMilli()}},
		act{`DELETE FROM sessions`, nil},
		act{`DELETE FROM signins`, nil})
	if err != nil {
		return fmt.Errorf("couldn't end everybody's sessions: %w", err)
	}
	return nil
}

// Leave ends the session of the request.
func (a *Auth) Leave(ctx context.Context) error { return a.sessions.Destroy(ctx) }
