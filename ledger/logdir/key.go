package logdir

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// NewKey gives a log that is being made its key: secret before public, and before
// all else, so that a log is never without the key that signs it. Where the
// checkpoint is there already, so is the log, and the error is ErrExists. It can be
// repeated after an interruption.
func NewKey(dir, origin, checkpoint string) (note.Signer, string, error) {
	if _, err := os.Stat(checkpoint); !errors.Is(err, fs.ErrNotExist) {
		return nil, "", errors.Join(fmt.Errorf("couldn't create a log in %s: %w", dir, ErrExists), err)
	}
	if err := createKey(dir, origin); err != nil {
		return nil, "", fmt.Errorf("couldn't create the log's key: %w", err)
	}
	return ReadKey(dir, nil)
}

// createKey makes the key files that are not there yet, for a log of that name.
// It can be repeated.
func createKey(dir, origin string) error {
	path := filepath.Join(dir, keyFile)
	secret, err := os.ReadFile(path)
	skey := strings.TrimSpace(string(secret))
	create := errors.Is(err, fs.ErrNotExist)
	if create {
		skey, _, err = note.GenerateKey(rand.Reader, origin)
	}
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	if signer.Name() != origin {
		return fmt.Errorf("the key there belongs to %s", signer.Name())
	}
	vkey, err := PublicHalf(skey, origin)
	if err != nil {
		return err
	}
	if err := pair(signer, vkey); err != nil {
		return err
	}
	if create {
		if err := WriteFile(path, []byte(skey+"\n"), 0o600); err != nil {
			return err
		}
	}
	return WriteFile(filepath.Join(dir, vkeyFile), []byte(vkey+"\n"), 0o644)
}

// ReadKey reads the log's verifier key and, unless one is given, its signer. What
// the one signs, the other verifies.
func ReadKey(dir string, signer note.Signer) (_ note.Signer, vkey string, err error) {
	text, err := os.ReadFile(filepath.Join(dir, vkeyFile))
	if err != nil {
		return nil, "", fmt.Errorf("couldn't read the log's key: %w", err)
	}
	vkey = strings.TrimSpace(string(text))
	if signer == nil {
		if signer, err = readSigner(filepath.Join(dir, keyFile)); err != nil {
			return nil, "", fmt.Errorf("couldn't read the log's key: %w", err)
		}
	}
	if err := pair(signer, vkey); err != nil {
		return nil, "", fmt.Errorf("couldn't use the log's key: %w", err)
	}
	return signer, vkey, nil
}

func readSigner(path string) (note.Signer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others than its owner, its mode must be 0600", path)
	}
	skey, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return note.NewSigner(strings.TrimSpace(string(skey)))
}

// pair checks that what signer signs, vkey verifies, on a checkpoint such as the
// log will sign.
func pair(signer note.Signer, vkey string) error {
	signed, err := ledger.SignCheckpoint(signer, 0, tlog.Hash(sha256.Sum256(nil)))
	if err != nil {
		return err
	}
	_, err = ledger.OpenCheckpoint(signed, []string{vkey})
	return err
}

// PublicHalf derives the verifier key from the secret key, which ends in the
// base64 of an algorithm byte and the seed.
func PublicHalf(skey, origin string) (string, error) {
	fields := strings.SplitN(skey, "+", 5)
	seed, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("the key is not Ed25519")
	}
	public := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(origin, public)
}
