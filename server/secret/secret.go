// Package secret holds keys that live in files.
//
// A key file is 32 random bytes, mode 0600, in a directory that only its owner
// may enter. Create makes one and syncs file and directory before it returns;
// Load refuses a file of another size or one that others may read. A Key never
// prints itself: every way of formatting, logging or encoding it gives ***.
package secret

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/skalig/skalig/ledger/logdir"
)

// A Key is 32 secret bytes.
type Key struct{ b [32]byte }

const hidden = "***"

// Bytes gives the key's bytes to a cipher.
func (k Key) Bytes() []byte { return append([]byte(nil), k.b[:]...) }

// Sum is HMAC-SHA-256 over the parts, each preceded by its length so that no two
// lists of parts give the same input.
func (k Key) Sum(parts ...string) [32]byte {
	h := hmac.New(sha256.New, k.b[:])
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return [32]byte(h.Sum(nil))
}

// Fingerprint tells two keys of a name apart, and nothing else of them.
func (k Key) Fingerprint(name string) string {
	sum := k.Sum("fingerprint", name)
	return hex.EncodeToString(sum[:])
}

// ErrOther says that a key is not the one that was noted.
var ErrOther = errors.New("it is another key than the one that these data began with")

// Note is the file in a service's folder that says which key of a name its data began
// with: its fingerprint.
func Note(data, name string) string { return filepath.Join(data, name+"-key") }

// Noted holds a key to the one that the data began with; where that was not noted,
// to nothing.
func (k Key) Noted(data, name string) error {
	text, err := os.ReadFile(Note(data, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("couldn't read which key the data began with: %w", err)
	case string(bytes.TrimSpace(text)) != k.Fingerprint(name):
		return ErrOther
	}
	return nil
}

// Format, String, LogValue and MarshalText keep the key out of every text.
func (Key) Format(s fmt.State, _ rune)     { _, _ = s.Write([]byte(hidden)) }
func (Key) String() string                 { return hidden }
func (Key) LogValue() slog.Value           { return slog.StringValue(hidden) }
func (Key) MarshalText() ([]byte, error)   { return []byte(hidden), nil }
func (Key) MarshalJSON() ([]byte, error)   { return []byte(`"` + hidden + `"`), nil }
func (Key) MarshalBinary() ([]byte, error) { return []byte(hidden), nil }

// Random gives a key that is in no file.
func Random() Key {
	var k Key
	_, _ = rand.Read(k.b[:]) // never fails: the runtime stops the program first
	return k
}

// Load reads the key file at path.
func Load(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("couldn't read the key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("couldn't use the key file %s: others may read it (mode %o, want 600)", path, info.Mode().Perm())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("couldn't read the key file: %w", err)
	}
	if len(b) != 32 {
		return Key{}, fmt.Errorf("couldn't use the key file %s: it has %d bytes, want 32", path, len(b))
	}
	return Key{[32]byte(b)}, nil
}

// Create makes the key file at path, which must not exist.
func Create(path string) (Key, error) {
	k := Random()
	if err := logdir.MakeDir(filepath.Dir(path), 0o700); err != nil {
		return Key{}, fmt.Errorf("couldn't make the key directory: %w", err)
	}
	// Whole or not at all: a start that is cut short leaves no half key behind.
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return Key{}, fmt.Errorf("couldn't create the key file: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // a leftover does no harm
	_, err = f.Write(k.b[:])
	if err := errors.Join(err, logdir.Inherit(f), f.Sync(), f.Close()); err != nil {
		return Key{}, fmt.Errorf("couldn't write the key file: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil {
		return Key{}, fmt.Errorf("couldn't create the key file: %w", err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return Key{}, fmt.Errorf("couldn't write the key file: %w", err)
	}
	return k, nil
}

// LoadOrCreate reads the key file at path, or makes it where there is none.
func LoadOrCreate(path string) (Key, error) {
	k, err := Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Create(path)
	}
	return k, err
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
