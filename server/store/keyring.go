package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/skalig/skalig/server/secret"
)

// ErrErased says that a case's key is not there: destroyed, or never made.
var ErrErased = errors.New("the case has no key")

// maxOpen is how many unwrapped keys are kept at hand.
const maxOpen = 4096

// A keyring keeps one key for each case, wrapped with the key-encryption key.
type keyring struct {
	db     *sql.DB
	dir    string       // of the key-encryption keys
	shared bool         // with other nodes, in a database that overwrites nothing in place
	turn   sync.RWMutex // held for writing by who exchanges the two keys, for reading by who wraps with one until that is durable
	kek    cipher.AEAD  // wraps, and opens
	before cipher.AEAD  // opens too, while a rotation is under way; nil else

	pen    *pen // makes keys
	mu     sync.Mutex
	opened map[string]cipher.AEAD // of cases in use; a case's steps follow each other closely
	over   func(ref string) bool  // an event says that the key is destroyed: it is not kept at hand by who was reading
}

// openKeyring opens the keys at path with the key-encryption keys beside them.
func openKeyring(ctx context.Context, path string, files Files) (*keyring, error) {
	k, err := newKeyring(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if k.db, err = files(ctx, path, keysSchema, 4); err != nil {
		return nil, fmt.Errorf("couldn't open the case keys: %w", err)
	}
	k.pen = &pen{db: k.db}
	return k, nil
}

// newKeyring gives a ring of no keys with the key-encryption keys that lie in dir.
func newKeyring(dir string) (*keyring, error) {
	wraps, before, err := loadKEKs(dir)
	if err != nil {
		return nil, err
	}
	return &keyring{dir: dir, kek: wraps, before: before, opened: map[string]cipher.AEAD{}, over: func(string) bool { return false }}, nil
}

// make gives each case in refs a key if it has none, durable when it returns.
func (k *keyring) make(ctx context.Context, refs []string) error {
	fresh := map[string]cipher.AEAD{}
	var stmt strings.Builder
	var args []any
	stmt.WriteString(`INSERT INTO case_keys (case_ref, wrapped) VALUES `)
	k.turn.RLock()
	defer k.turn.RUnlock()
	for _, ref := range refs {
		if fresh[ref] != nil || k.cached(ref) != nil {
			continue
		}
		key := secret.Random().Bytes()
		c, err := aead(key)
		if err != nil {
			return err
		}
		fresh[ref] = c
		if len(args) > 0 {
			stmt.WriteByte(',')
		}
		fmt.Fprintf(&stmt, "($%d,$%d)", len(args)+1, len(args)+2)
		args = append(args, ref, k.kek.Seal(nil, nil, key, []byte(ref)))
	}
	if len(fresh) == 0 {
		return nil
	}
	stmt.WriteString(` ON CONFLICT (case_ref) DO NOTHING`)
	n, err := k.pen.write(ctx, stmt.String(), args...)
	if err != nil {
		return fmt.Errorf("couldn't make case keys: %w", err)
	}
	if int(n) == len(fresh) { // else some had a key, which is read when it is needed
		for ref, c := range fresh {
			k.keep(ref, c)
		}
	}
	return nil
}

// open gives the cipher of a case.
func (k *keyring) open(ctx context.Context, ref string) (cipher.AEAD, error) {
	if c := k.cached(ref); c != nil {
		return c, nil
	}
	var wrapped []byte
	err := k.db.QueryRowContext(ctx, `SELECT wrapped FROM case_keys WHERE case_ref = $1`, ref).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrErased
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read a case key: %w", err)
	}
	dek, err := k.unwrap(ref, wrapped)
	if err != nil {
		return nil, err
	}
	c, err := aead(dek)
	if err == nil {
		k.keep(ref, c)
	}
	return c, err
}

// unwrap opens a case's key. Another process may have rotated the key-encryption key
// since it was read here: the one that lies in the folder now is tried too.
func (k *keyring) unwrap(ref string, wrapped []byte) ([]byte, error) {
	k.turn.RLock()
	keks := []cipher.AEAD{k.kek, k.before}
	k.turn.RUnlock()
	for range 2 {
		for _, c := range keks {
			if c == nil {
				continue
			}
			if key, err := c.Open(nil, nil, wrapped, []byte(ref)); err == nil {
				return key, nil
			}
		}
		wraps, before, err := loadKEKs(k.dir)
		if err != nil {
			return nil, err
		}
		keks = []cipher.AEAD{wraps, before}
	}
	return nil, errors.New("couldn't unwrap a case key: the key-encryption key is another, or the row was changed")
}

func (k *keyring) cached(ref string) cipher.AEAD {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.opened[ref]
}

// keep keeps a key at hand. The event that ends it is known before the key is forgotten.
func (k *keyring) keep(ref string, c cipher.AEAD) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.over(ref) {
		return
	}
	for old := range k.opened {
		if len(k.opened) < maxOpen {
			break
		}
		delete(k.opened, old)
	}
	k.opened[ref] = c
}

// has reports whether a case has a key.
func (k *keyring) has(ctx context.Context, ref string) (bool, error) {
	var n int
	err := k.db.QueryRowContext(ctx, `SELECT count(*) FROM case_keys WHERE case_ref = $1`, ref).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("couldn't look for a case key: %w", err)
	}
	return n > 0, nil
}

// destroy overwrites the keys of cases in the file, and empties what a write-ahead
// log may still hold of them: what they sealed can't be read any more. A shared
// database deletes them; what its files still hold is wrapped by a key that is not in
// it, and goes for good when that one is rotated. A case without a key stays as it is.
func (k *keyring) destroy(ctx context.Context, refs ...string) error {
	k.forget(refs...)
	c, err := k.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("couldn't destroy a case key: %w", err)
	}
	defer c.Close()
	if err := k.secure(ctx, c); err != nil {
		return fmt.Errorf("couldn't destroy a case key: %w", err)
	}
	for _, ref := range refs {
		if _, err := c.ExecContext(ctx, `DELETE FROM case_keys WHERE case_ref = $1`, ref); err != nil {
			return fmt.Errorf("couldn't destroy a case key: %w", err)
		}
	}
	return k.empty(ctx, c)
}

// forget drops keys at hand that are being destroyed.
func (k *keyring) forget(refs ...string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, ref := range refs {
		delete(k.opened, ref)
	}
}

// secure has SQLite overwrite what is deleted.
func (k *keyring) secure(ctx context.Context, c *sql.Conn) error {
	if k.shared {
		return nil
	}
	_, err := c.ExecContext(ctx, `PRAGMA secure_delete = ON`)
	return err
}

// empty leaves nothing behind in SQLite's write-ahead log.
func (k *keyring) empty(ctx context.Context, c *sql.Conn) error {
	if k.shared {
		return nil
	}
	return truncate(ctx, c)
}

// truncate moves everything out of the write-ahead log and empties it.
func truncate(ctx context.Context, c *sql.Conn) error {
	var busy, pages, moved int
	if err := c.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil {
		return fmt.Errorf("couldn't empty the write-ahead log of the case keys: %w", err)
	}
	if busy != 0 {
		return errors.New("couldn't empty the write-ahead log of the case keys: somebody reads it")
	}
	return nil
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
