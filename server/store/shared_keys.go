package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/skalig/skalig/server/secret"
)

// probe is a key of no case, by which each node sees that it has the key-encryption key
// of the others. It is rewrapped with the rest when that is rotated.
const probe = "key-encryption-key"

// openSharedKeys opens the keys in the database with the key-encryption key in dir,
// which the first node makes and the others are given.
func (s *Store) openSharedKeys(ctx context.Context, dir string) (*keyring, error) {
	there, err := (&keyring{db: s.readers}).has(ctx, probe)
	if err != nil {
		return nil, err
	}
	load := secret.LoadOrCreate
	if there {
		load = secret.Load
	}
	if _, err := load(filepath.Join(dir, "kek")); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("couldn't open the case keys: this node lacks the keys of the others, which are to be copied to it: %w", err)
	} else if err != nil {
		return nil, err
	}
	k, err := sharedKeyring(dir, s.readers)
	if err != nil {
		return nil, err
	}
	if err := k.make(ctx, []string{probe}); err != nil {
		return nil, err
	}
	if _, err := k.open(ctx, probe); err != nil {
		return nil, fmt.Errorf("couldn't use the key-encryption key: %w: %w", ErrOther, err)
	}
	return k, nil
}

// OpenSharedKeys holds that the key-encryption key in a node's folder is that of the
// nodes which share a database. It changes nothing.
func OpenSharedKeys(ctx context.Context, dir string, db *sql.DB) error {
	k, err := sharedKeyring(filepath.Join(dir, "keys"), db)
	if err != nil {
		return err
	}
	if _, err := k.open(ctx, probe); err != nil {
		return fmt.Errorf("couldn't use the key-encryption key: %w: %w", ErrOther, err)
	}
	return nil
}

// sharedKeyring gives the keys in the database with the key-encryption key in dir.
func sharedKeyring(dir string, db *sql.DB) (*keyring, error) {
	k, err := newKeyring(dir)
	if err == nil {
		k.db, k.shared, k.pen = db, true, &pen{db: db, each: true}
	}
	return k, err
}
