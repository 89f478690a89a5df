package ledger

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	maxCheckpoint = 64 << 10
	maxOrigin     = 255
	maxSignatures = 16
	sigPrefix     = "— "

	// What a witness writes: key hash, time, then an Ed25519 or ML-DSA-44 signature
	// (C2SP tlog-cosignature).
	cosignature      = 4 + 8 + 64
	cosignatureMLDSA = 4 + 8 + 2420
)

// A Checkpoint is a signed statement of what the whole log holds.
type Checkpoint struct {
	Origin string // the log's name, which is also its key's name
	Size   uint64
	Root   tlog.Hash

	text string // what is signed
	sigs []signature
}

type signature struct {
	name string
	raw  []byte // four bytes of key hash, then the signature
}

// ParseCheckpoint reads a checkpoint and believes none of it. The error is a [Reason].
func ParseCheckpoint(signed []byte) (Checkpoint, error) {
	if len(signed) > maxCheckpoint {
		return Checkpoint{}, CheckpointMalformed
	}
	var c Checkpoint
	all := string(signed)
	origin, rest, ok1 := strings.Cut(all, "\n")
	size, rest, ok2 := strings.Cut(rest, "\n")
	root, rest, ok3 := strings.Cut(rest, "\n")
	lines, ok4 := strings.CutPrefix(rest, "\n")
	n, isNumber := parseNumber(size)
	hash, isHash := decodeHash(root)
	if !ok1 || !ok2 || !ok3 || !ok4 || !validName(origin) || !isNumber || !isHash {
		return Checkpoint{}, CheckpointMalformed
	}
	c.Origin, c.Size, c.Root = origin, n, hash
	c.text = all[:len(all)-len(rest)]
	for lines != "" {
		line, after, found := strings.Cut(lines, "\n")
		sig, ok := parseSignature(line)
		if !found || !ok || len(c.sigs) == maxSignatures {
			return Checkpoint{}, CheckpointMalformed
		}
		c.sigs = append(c.sigs, sig)
		lines = after
	}
	if len(c.sigs) == 0 {
		return Checkpoint{}, CheckpointMalformed
	}
	return c, nil
}

func parseSignature(line string) (signature, bool) {
	body, ok := strings.CutPrefix(line, sigPrefix)
	name, encoded, cut := strings.Cut(body, " ")
	raw, canonical := decodeBase64(encoded)
	return signature{name, raw}, ok && cut && canonical && validName(name) && len(raw) > 4
}

// OpenCheckpoint reads a checkpoint and verifies it with [Checkpoint.Verify].
func OpenCheckpoint(signed []byte, vkeys []string) (Checkpoint, error) {
	c, err := ParseCheckpoint(signed)
	if err == nil {
		err = c.Verify(vkeys)
	}
	if err != nil {
		return Checkpoint{}, err
	}
	return c, nil
}

// Verify checks that the log the checkpoint names has signed it with one of the
// given note keys. Every line by such a key must verify. A line by any other key
// is refused, except a witness's cosignature, which nothing here relies on and
// nobody here can check. The error is a [Reason].
func (c Checkpoint) Verify(vkeys []string) error {
	if reason := c.verify(vkeys); reason != "" {
		return reason
	}
	return nil
}

func (c Checkpoint) verify(vkeys []string) Reason {
	if len(vkeys) == 0 {
		return KeyMissing
	}
	type id struct {
		name string
		hash uint32
	}
	known := make(map[id]note.Verifier)
	for _, vkey := range vkeys {
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return KeyMalformed
		}
		if v.Name() == c.Origin {
			known[id{v.Name(), v.KeyHash()}] = v
		}
	}
	if len(known) == 0 {
		return OriginUnknown
	}
	seen := make(map[id]bool)
	verified := false
	for _, sig := range c.sigs {
		k := id{sig.name, binary.BigEndian.Uint32(sig.raw)}
		if seen[k] {
			return SignatureDuplicate
		}
		seen[k] = true
		v := known[k]
		switch {
		case v == nil && len(sig.raw) != cosignature && len(sig.raw) != cosignatureMLDSA:
			return SignatureUnknown
		case v == nil:
			continue
		case !v.Verify([]byte(c.text), sig.raw[4:]):
			return SignatureInvalid
		}
		verified = true
	}
	if !verified {
		return SignatureMissing
	}
	return ""
}

// SignCheckpoint writes the checkpoint of a tree, signed by the log: the signer's
// name is the origin.
func SignCheckpoint(s note.Signer, size uint64, root tlog.Hash) ([]byte, error) {
	text := s.Name() + "\n" + strconv.FormatUint(size, 10) + "\n" + root.String() + "\n"
	return note.Sign(&note.Note{Text: text}, s)
}

// validName holds for the names of logs and keys: visible ASCII without plus.
func validName(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '+' {
			return false
		}
	}
	return s != "" && len(s) <= maxOrigin
}

// decodeBase64 reads padded base64 in the one spelling that an encoder writes.
// The decoder alone would let through line ends and stray bits at the end.
func decodeBase64(s string) ([]byte, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err == nil && base64.StdEncoding.EncodeToString(b) == s
}

func decodeHash(s string) (h tlog.Hash, ok bool) {
	b, ok := decodeBase64(s)
	if !ok || len(b) != tlog.HashSize {
		return h, false
	}
	return tlog.Hash(b), true
}
