package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// chain gives the hash of a row from the hash of the one before.
func chain(prev [32]byte, e *Event) [32]byte {
	plain := make([]byte, 0, 192+len(e.Case)+len(e.key)+len(e.head))
	plain = append(append(plain, "skalig/journal/1\n"...), prev[:]...)
	plain = binary.BigEndian.AppendUint64(plain, e.Seq)
	plain = binary.BigEndian.AppendUint64(plain, uint64(e.At))
	plain = appendPart(plain, e.Kind)
	plain = appendPart(plain, e.Case)
	plain = appendPart(plain, e.key)
	plain = appendPart(plain, e.head)
	plain = binary.BigEndian.AppendUint64(plain, uint64(len(e.sealed)))
	h := sha256.New()
	h.Write(plain)
	h.Write(e.sealed)
	return [32]byte(h.Sum(nil))
}

func appendPart[T ~string | ~[]byte](to []byte, part T) []byte {
	return append(binary.BigEndian.AppendUint64(to, uint64(len(part))), part...)
}

func readHead(ctx context.Context, db querier) (seq uint64, hash [32]byte, err error) {
	var n int64
	var b []byte
	if err := db.QueryRowContext(ctx, `SELECT seq, hash FROM journal_head WHERE id = 1`).Scan(&n, &b); err != nil {
		return 0, hash, fmt.Errorf("couldn't read the journal's head: %w", err)
	}
	if n < 0 || len(b) != 32 {
		return 0, hash, fmt.Errorf("%w: the head row is malformed", ErrChain)
	}
	return uint64(n), [32]byte(b), nil
}
