// Package storetest changes a stopped store's files for tests, as one does who holds
// them and the keys, and knows how they are made (package store's comment).
package storetest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the journal is one
)

// Reseal changes old to new in the latest body of a kind, and leaves nothing that
// shows it but the leaf in the log, which commits to what was there.
func Reseal(t testing.TB, dir, kind string, old, new []byte) {
	t.Helper()
	journal, keys := open(t, filepath.Join(dir, "journal.db")), open(t, filepath.Join(dir, "keys", "cases.db"))
	var seq int64
	var ref string
	var sealed, wrapped []byte
	err := errors.Join(
		journal.QueryRow(`SELECT seq, case_ref, body FROM journal WHERE kind = $1 ORDER BY seq DESC LIMIT 1`, kind).Scan(&seq, &ref, &sealed),
		keys.QueryRow(`SELECT wrapped FROM case_keys WHERE case_ref = $1`, ref).Scan(&wrapped))
	if err != nil {
		t.Fatal(err)
	}
	kek, err1 := os.ReadFile(filepath.Join(dir, "keys", "kek"))
	key, err2 := gcm(t, kek).Open(nil, nil, wrapped, []byte(ref))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	bound := fmt.Appendf(nil, "%d|%s|%s", seq, ref, kind)
	body, err := gcm(t, key).Open(nil, nil, sealed, bound)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.ReplaceAll(body, old, new)
	if bytes.Equal(changed, body) {
		t.Fatalf("the body of row %d does not hold %q", seq, old)
	}
	Rechain(t, dir, `UPDATE journal SET body = $1 WHERE seq = $2`, gcm(t, key).Seal(nil, nil, changed, bound), seq)
}

func gcm(t testing.TB, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Rechain changes rows and gives every row the hash that then fits, as one does
// who holds the journal and knows how it is chained (package store's comment).
func Rechain(t testing.TB, dir, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(`SELECT seq, at, kind, case_ref, coalesce(idem_key, ''), head, body FROM journal ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	var prev [32]byte
	hashes := map[int64][]byte{}
	var last int64
	for rows.Next() {
		var seq, at int64
		var kind, ref, key, head string
		var body []byte
		if err := rows.Scan(&seq, &at, &kind, &ref, &key, &head, &body); err != nil {
			t.Fatal(err)
		}
		b := append([]byte("skalig/journal/1\n"), prev[:]...)
		b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, uint64(seq)), uint64(at))
		for _, part := range []string{kind, ref, key, head, string(body)} {
			b = append(binary.BigEndian.AppendUint64(b, uint64(len(part))), part...)
		}
		prev, last = sha256.Sum256(b), seq
		hashes[seq] = append([]byte(nil), prev[:]...)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	for seq, hash := range hashes {
		if _, err := db.Exec(`UPDATE journal SET hash = $1 WHERE seq = $2`, hash, seq); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(`UPDATE journal_head SET hash = $1, seq = $2`, prev[:], last); err != nil {
		t.Fatal(err)
	}
}
