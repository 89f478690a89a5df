package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"

	"github.com/skalig/skalig/server/secret"
)

// errNoKey says that a case's key is not there: never made, or destroyed.
var errNoKey = errors.New("the case has no key")

// A keyring keeps one key for each case, wrapped with the key-encryption key.
type keyring struct {
	db  *sql.DB
	kek cipher.AEAD
}

func openKeyring(ctx context.Context, path string, kek secret.Key) (*keyring, error) {
	wrap, err := aead(kek.Bytes())
	if err != nil {
		return nil, err
	}
	db, err := openDB(ctx, path, keysSchema, 4)
	if err != nil {
		return nil, fmt.Errorf("couldn't open the case keys: %w", err)
	}
	return &keyring{db: db, kek: wrap}, nil
}

// make gives each case in refs a key if it has none, durable when it returns.
func (k *keyring) make(ctx context.Context, refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	tx, err := k.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("couldn't make case keys: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	for _, ref := range refs {
		wrapped := k.kek.Seal(nil, nil, secret.Random().Bytes(), []byte(ref))
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO case_keys (case_ref, wrapped) VALUES ($1, $2) ON CONFLICT (case_ref) DO NOTHING`, ref, wrapped); err != nil {
			return fmt.Errorf("couldn't make case keys: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("couldn't make case keys: %w", err)
	}
	return nil
}

// open gives the cipher of a case.
func (k *keyring) open(ctx context.Context, ref string) (cipher.AEAD, error) {
	var wrapped []byte
	err := k.db.QueryRowContext(ctx, `SELECT wrapped FROM case_keys WHERE case_ref = $1`, ref).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoKey
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read a case key: %w", err)
	}
	dek, err := k.kek.Open(nil, nil, wrapped, []byte(ref))
	if err != nil {
		return nil, errors.New("couldn't unwrap a case key: the key-encryption key is another, or the row was changed")
	}
	return aead(dek)
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal and unseal bind a body to its row.
func seal(c cipher.AEAD, seq uint64, ref string, kind Kind, body []byte) []byte {
	if len(body) == 0 {
		return []byte{}
	}
	return c.Seal(nil, nil, body, additional(seq, ref, kind))
}

func unseal(c cipher.AEAD, seq uint64, ref string, kind Kind, sealed []byte) ([]byte, error) {
	body, err := c.Open(nil, nil, sealed, additional(seq, ref, kind))
	if err != nil {
		return nil, fmt.Errorf("couldn't open the body of row %d: the row or its key was changed", seq)
	}
	return body, nil
}

func additional(seq uint64, ref string, kind Kind) []byte {
	return fmt.Appendf(nil, "%d|%s|%s", seq, ref, kind)
}
