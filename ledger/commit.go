package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
)

const commitDomain = "skalig/record/1\n"

// Commit binds a leaf to a record without revealing it: HMAC-SHA-256 with the
// salt as key over "skalig/record/1\n" and the record. The salt is 32 random
// bytes of its own for every record; once salt and record are destroyed, nobody
// can find the record by trying, however few the possible records are.
func Commit(salt [32]byte, record []byte) [32]byte {
	mac := hmac.New(sha256.New, salt[:])
	mac.Write([]byte(commitDomain))
	mac.Write(record)
	return [32]byte(mac.Sum(nil))
}
