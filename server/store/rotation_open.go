package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/skalig/skalig/server/secret"
)

// ErrRotating says that the keys are being rotated already.
var ErrRotating = errors.New("the keys are being rotated")

// ErrSeveral says that each of several nodes has the key-encryption key: it is rotated
// while all of them are stopped.
var ErrSeveral = errors.New("several nodes have the key-encryption key")

// between is how long a rotation of an open store rests after each step, for whoever
// else waits to write keys.
const between = 2 * time.Millisecond

// Rotate gives an open store another key-encryption key while it is used, by the steps
// of [RotateKeys]. What is begun and not finished when it returns an error, or the
// process ends, goes on at the next call; [Store.Rotating] says so.
func (s *Store) Rotate(ctx context.Context, step func(string)) (n int, err error) {
	if s.shared != nil {
		return 0, ErrSeveral
	}
	if !s.rotating.TryLock() {
		return 0, ErrRotating
	}
	defer s.rotating.Unlock()
	n, err = rotate(ctx, s.keys.dir, func(string) (*keyring, func() error, error) {
		return s.keys, func() error { return nil }, s.keys.exchange()
	}, func(name string) {
		if step != nil {
			step(name)
		}
		time.Sleep(between)
	})
	if err != nil {
		return n, err
	}
	s.keys.turn.Lock()
	defer s.keys.turn.Unlock()
	s.keys.before = nil
	return n, nil
}

// Rotating says whether a rotation of the keys was asked for or has begun, and has not
// ended: by [AskRotation], or by one that was stopped. Nodes on a database never rotate
// while they are open.
func (s *Store) Rotating() bool {
	return s.shared == nil && rotating(s.keys.dir)
}

func rotating(keys string) bool {
	_, err := os.Stat(filepath.Join(keys, nextKEK))
	return err == nil
}

// exchange has the next key wrap from now on, if it does not yet. When it returns, every
// key that the one before has wrapped is durable.
func (k *keyring) exchange() error {
	next, err := secret.Load(filepath.Join(k.dir, nextKEK))
	if err != nil {
		return fmt.Errorf("couldn't use the next key-encryption key: %w", err)
	}
	c, err := aead(next.Bytes())
	if err != nil {
		return err
	}
	k.turn.Lock()
	defer k.turn.Unlock()
	if _, err := c.Open(nil, nil, k.kek.Seal(nil, nil, nil, nil), nil); err != nil { // it wraps with another yet
		k.before, k.kek = k.kek, c
	}
	return nil
}

// AskRotation has the process that serves the folder rotate its keys, and returns when
// it has. The next key in the folder is what it is asked by: a process that ends
// meanwhile goes on at its next start.
func AskRotation(ctx context.Context, dir string) error {
	if InDatabase(dir) {
		return ErrSeveral
	}
	keys := filepath.Join(dir, "keys")
	if err := nextKey(keys); err != nil {
		return err
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if !rotating(keys) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Turn tells apart the key-encryption keys that lie in a folder at different times: two
// that are equal were not rotated in between.
func Turn(dir string) (string, error) {
	var both string
	for _, name := range []string{"kek", nextKEK} {
		key, err := secret.Load(filepath.Join(dir, "keys", name))
		if errors.Is(err, fs.ErrNotExist) {
			both += "none "
			continue
		}
		if err != nil {
			return "", err
		}
		both += key.Fingerprint("turn") + " "
	}
	return both, nil
}
