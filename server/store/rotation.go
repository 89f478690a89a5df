package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/secret"
)

// nextKEK is the file of a key-encryption key that takes the place of keys/kek.
const nextKEK = "kek.next"

// RotateKeys gives a stopped store another key-encryption key and says how many
// keys it wrapped. What a stop leaves behind at each step can be opened by a store
// and is taken up when it is called again:
//
//	the next key is durable   every case's key is still wrapped with the old one
//	some keys are rewrapped   each opens with one of the two
//	all are                   each opens with the next one
//	next takes kek's place    the old key is gone; done
//
// Keys made while both are there are wrapped with the next one. step is told of
// each step before it is taken; it may be nil.
func RotateKeys(ctx context.Context, dir string, step func(string)) (n int, err error) {
	if InDatabase(dir) {
		return 0, ErrInDatabase
	}
	return rotate(ctx, filepath.Join(dir, "keys"), func(keys string) (*keyring, func() error, error) {
		k, err := openKeyring(ctx, filepath.Join(keys, "cases.db"), openDB)
		if err != nil {
			return nil, nil, err
		}
		return k, k.db.Close, nil
	}, step)
}

// RotateSharedKeys is RotateKeys for nodes on a database, all of which are stopped. The
// others are given keys/kek of this one's folder before they start again.
func RotateSharedKeys(ctx context.Context, dir string, db *postgres.DB, step func(string)) (n int, err error) {
	return rotate(ctx, filepath.Join(dir, "keys"), func(keys string) (*keyring, func() error, error) {
		pool := db.Pool(2, nil)
		k, err := sharedKeyring(keys, pool)
		if err != nil {
			return nil, nil, errors.Join(err, pool.Close())
		}
		if others, err := postgres.Others(ctx, pool); err != nil || others > 0 {
			return nil, nil, errors.Join(fmt.Errorf("couldn't rotate the keys: %d sessions of nodes are open", others), err, pool.Close())
		}
		return k, pool.Close, nil
	}, step)
}

// rotate takes the steps on the keys in a folder. open gives the ring when the next key
// is there, and what lets go of it when every key is wrapped.
func rotate(ctx context.Context, keys string, open func(keys string) (*keyring, func() error, error), step func(string)) (n int, err error) {
	if step == nil {
		step = func(string) {}
	}
	step("make the next key")
	if err := nextKey(keys); err != nil {
		return 0, err
	}
	k, done, err := open(keys)
	if err != nil {
		return 0, err
	}
	n, err = k.rewrap(ctx, step)
	if err = errors.Join(err, done()); err != nil {
		return n, err
	}
	step("put the next key in the old one's place")
	if err := os.Rename(filepath.Join(keys, nextKEK), filepath.Join(keys, "kek")); err != nil {
		return n, fmt.Errorf("couldn't put the next key in place: %w", err)
	}
	step("make that durable")
	return n, syncDirs(keys)
}

// nextKey makes the next key-encryption key beside the one that is there, unless a
// rotation that was stopped has left one.
func nextKey(keys string) error {
	if _, err := secret.Load(filepath.Join(keys, "kek")); err != nil {
		return err
	}
	_, err := secret.LoadOrCreate(filepath.Join(keys, nextKEK))
	return err
}

// loadKEKs reads the key that wraps and, while a rotation is under way, the one
// before it, nil else. The next one is looked for first: it may take the other's place
// between the two readings.
func loadKEKs(dir string) (wraps, before cipher.AEAD, err error) {
	load := func(name string) (cipher.AEAD, error) {
		key, err := secret.Load(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		return aead(key.Bytes())
	}
	next, err := load(nextKEK)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	kek, err := load("kek")
	if err != nil || next == nil {
		return kek, nil, err
	}
	return next, kek, nil
}

// rewrapped is how many keys are wrapped in one transaction.
const rewrapped = 256

// rewrap wraps every key that the old key-encryption key wraps with the next one,
// and then opens every one of them.
func (k *keyring) rewrap(ctx context.Context, step func(string)) (n int, err error) {
	c, err := k.db.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("couldn't rewrap the case keys: %w", err)
	}
	defer c.Close()
	if err := k.secure(ctx, c); err != nil {
		return 0, fmt.Errorf("couldn't rewrap the case keys: %w", err)
	}
	for last, more := "", true; more; {
		step("rewrap a batch")
		var done int
		if last, done, more, err = k.batch(ctx, c, last); err != nil {
			return n, err
		}
		n += done
	}
	step("open every key with the next one")
	if err := k.wrapsAll(ctx, c); err != nil {
		return n, err
	}
	return n, k.empty(ctx, c)
}

type wrappedKey struct {
	ref     string
	wrapped []byte
}

// batch rewraps the keys after the reference last.
func (k *keyring) batch(ctx context.Context, c *sql.Conn, last string) (_ string, n int, more bool, err error) {
	fail := func(err error) (string, int, bool, error) {
		return last, 0, false, fmt.Errorf("couldn't rewrap the case keys: %w", err)
	}
	rows, err := wrappedKeys(ctx, c, last, rewrapped)
	if err != nil {
		return fail(err)
	}
	k.pen.turn.Lock()
	defer k.pen.turn.Unlock()
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return fail(err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	for _, r := range rows {
		last = r.ref
		if _, err := k.kek.Open(nil, nil, r.wrapped, []byte(r.ref)); err == nil {
			continue // by a rotation that was stopped
		}
		key, err := k.unwrap(r.ref, r.wrapped)
		if err != nil {
			return fail(err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE case_keys SET wrapped = $1 WHERE case_ref = $2`, k.kek.Seal(nil, nil, key, []byte(r.ref)), r.ref); err != nil {
			return fail(err)
		}
		n++
	}
	if err := tx.Commit(); err != nil {
		return fail(err)
	}
	return last, n, len(rows) == rewrapped, nil
}

// wrapsAll holds that the next key opens every case's key, before the old one goes.
func (k *keyring) wrapsAll(ctx context.Context, c *sql.Conn) error {
	file, err := secret.Load(filepath.Join(k.dir, nextKEK)) // what takes kek's place, not what is in memory
	if err != nil {
		return fmt.Errorf("couldn't check the case keys: %w", err)
	}
	next, err := aead(file.Bytes())
	if err != nil {
		return err
	}
	for last := ""; ; {
		rows, err := wrappedKeys(ctx, c, last, rewrapped)
		if err != nil {
			return fmt.Errorf("couldn't check the case keys: %w", err)
		}
		for _, r := range rows {
			last = r.ref
			if _, err := next.Open(nil, nil, r.wrapped, []byte(r.ref)); err != nil {
				return errors.New("couldn't check the case keys: the next key-encryption key does not open one of them")
			}
		}
		if len(rows) < rewrapped {
			return nil
		}
	}
}

func wrappedKeys(ctx context.Context, c *sql.Conn, after string, n int) ([]wrappedKey, error) {
	rows, err := c.QueryContext(ctx, `SELECT case_ref, wrapped FROM case_keys WHERE case_ref > $1 ORDER BY case_ref LIMIT $2`, after, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []wrappedKey
	for rows.Next() {
		var r wrappedKey
		if err := rows.Scan(&r.ref, &r.wrapped); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
