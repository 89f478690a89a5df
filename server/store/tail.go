package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Tail is the end of a journal, as it stands in its file.
type Tail struct {
	Rows    uint64
	At      time.Time // of the last row; zero where there is none
	Leaves  uint64    // in the outbox
	Last    []Leaf    // those among the rows that were looked at, oldest first
	Engines []string  // that decisions name, SHA-256
}

// ReadTail reads the journal's last n rows, beside a server that writes it or without
// one. It holds that the journal has the pragmas that durability rests on, that the
// rows follow each other in the chain, and that the head names the last. It changes nothing, and makes no lock.
func ReadTail(ctx context.Context, dir string, n uint64) (t Tail, err error) {
	path := filepath.Join(dir, "journal.db")
	if err := durable(path, "the journal"); err != nil {
		return t, err
	}
	db, err := beside(path)
	if err != nil {
		return t, fmt.Errorf("couldn't open the journal: %w", err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	return readTail(ctx, db, n, nil, `json_extract(head, '$.engine')`)
}

// ReadSharedTail is ReadTail of the journal in a database that several nodes share.
func ReadSharedTail(ctx context.Context, db *sql.DB, n uint64) (Tail, error) {
	return readTail(ctx, db, n, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, `head::json->>'engine'`)
}

// readTail reads it all at one moment. The engine is that of a decision's row, as the
// database says it.
func readTail(ctx context.Context, db *sql.DB, n uint64, moment *sql.TxOptions, engine string) (t Tail, err error) {
	tx, err := db.BeginTx(ctx, moment)
	if err != nil {
		return t, fmt.Errorf("couldn't read the journal: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // it was only read
	if err := t.rows(ctx, tx, n); err != nil {
		return t, err
	}
	if err := t.outbox(ctx, tx); err != nil {
		return t, err
	}
	t.Engines, err = engines(ctx, tx, engine)
	return t, err
}

// beside opens an SQLite file for reading, whoever has it open.
func beside(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	query := "mode=ro&readonly_shm=1&_pragma=query_only(1)&_pragma=busy_timeout(5000)"
	if _, err := os.Stat(path + "-wal"); errors.Is(err, os.ErrNotExist) {
		query = "mode=ro&immutable=1&_pragma=query_only(1)" // nobody has it open
	}
	db, err := sql.Open("sqlite", dsn(path, query))
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// durable reads from an SQLite file's first bytes whether it is kept by a write-ahead
// log and has our pages (sqlite.org/fileformat2.html, 1.3).
func durable(path, what string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("couldn't open %s: %w", what, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var head [20]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return fmt.Errorf("couldn't read %s: %w", what, err)
	}
	if size := binary.BigEndian.Uint16(head[16:]); size != pageSize {
		return fmt.Errorf("the pages of %s have %d bytes, want %d", what, size, pageSize)
	}
	if head[18] != 2 || head[19] != 2 {
		return fmt.Errorf("%s is not kept by a write-ahead log (its pragma journal_mode is not wal)", what)
	}
	return nil
}

// LookAtForms holds that the file of what is being filled in can be opened and read, beside
// a server or without one. Where there is none, a start makes it.
func LookAtForms(ctx context.Context, dir string) error {
	path := filepath.Join(dir, "forms.db")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := durable(path, "the file of what is being filled in"); err != nil {
		return err
	}
	db, err := beside(path)
	if err != nil {
		return fmt.Errorf("couldn't open what is being filled in: %w", err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	var n int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM forms`).Scan(&n); err != nil {
		return fmt.Errorf("couldn't read what is being filled in: %w", err)
	}
	return nil
}

// rows walks the chain from n rows before the head.
func (t *Tail) rows(ctx context.Context, tx *sql.Tx, n uint64) error {
	var head int64
	var want []byte
	if err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM journal_head WHERE id = 1`).Scan(&head, &want); err != nil {
		return fmt.Errorf("couldn't read the journal's head: %w", err)
	}
	t.Rows = uint64(head)
	rows, err := tx.QueryContext(ctx, `SELECT seq, hash, kind, case_ref, at, idem_key, head, body FROM journal WHERE seq >= $1 ORDER BY seq`, max(head-int64(n), 1))
	if err != nil {
		return fmt.Errorf("couldn't read the journal: %w", err)
	}
	defer rows.Close() //nolint:errcheck // it was only read
	var last *Event
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return err
		}
		if e.Seq == 1 {
			last = &Event{} // what the first row follows
		}
		if last != nil && (e.Seq != last.Seq+1 || chain(last.hash, e) != e.hash) {
			return fmt.Errorf("%w: row %d is not what follows row %d", ErrChain, e.Seq, last.Seq)
		}
		if h, ok := e.Head.(leafed); ok {
			index, municipality, number := h.place()
			t.Last = append(t.Last, Leaf{Entry: Entry{Index: index, Case: e.Case, Seq: e.Seq, Kind: e.Kind, Municipality: municipality, Number: number, DecidedAt: e.At}, Text: h.text()})
		}
		last = e
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("couldn't read the journal: %w", err)
	}
	switch {
	case last == nil && head == 0:
	case last == nil || last.Seq != t.Rows || string(last.hash[:]) != string(want):
		return fmt.Errorf("%w: the head does not name the last row", ErrChain)
	default:
		t.At = time.UnixMilli(last.At)
	}
	return nil
}

// outbox counts the leaves: the last one's index says how many there are.
func (t *Tail) outbox(ctx context.Context, tx *sql.Tx) error {
	if n := len(t.Last); n > 0 {
		t.Leaves = t.Last[n-1].Index + 1
		return nil
	}
	var of []string
	for kind, empty := range kinds {
		if _, ok := empty().(leafed); ok {
			of = append(of, "'"+string(kind)+"'")
		}
	}
	rows, err := tx.QueryContext(ctx, `SELECT kind, head FROM journal WHERE kind IN (`+strings.Join(of, ",")+`) ORDER BY seq DESC LIMIT 1`)
	if err != nil {
		return fmt.Errorf("couldn't read the outbox: %w", err)
	}
	defer rows.Close() //nolint:errcheck // it was only read
	for rows.Next() {
		var kind, text string
		if err := rows.Scan(&kind, &text); err != nil {
			return err
		}
		head, err := decodeHead(Kind(kind), []byte(text))
		if err != nil {
			return err
		}
		if h, ok := head.(leafed); ok {
			index, _, _ := h.place()
			t.Leaves = index + 1
		}
	}
	return rows.Err()
}

// engines are those that decisions name.
func engines(ctx context.Context, tx *sql.Tx, engine string) (names []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT `+engine+` FROM journal WHERE kind = 'decided'`)
	if err != nil {
		return nil, fmt.Errorf("couldn't read which engines decided: %w", err)
	}
	defer rows.Close() //nolint:errcheck // it was only read
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// OpenKeys holds that the key-encryption key in a folder opens the newest of its cases'
// keys. It changes nothing, and makes no lock.
func OpenKeys(ctx context.Context, dir string) error {
	k, err := newKeyring(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	db, err := beside(filepath.Join(k.dir, "cases.db"))
	if err != nil {
		return fmt.Errorf("couldn't open the case keys: %w", err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	var ref string
	var wrapped []byte
	err = db.QueryRowContext(ctx, `SELECT case_ref, wrapped FROM case_keys ORDER BY rowid DESC LIMIT 1`).Scan(&ref, &wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("couldn't read a case key: %w", err)
	}
	if _, err := k.unwrap(ref, wrapped); err != nil {
		return fmt.Errorf("the key-encryption key does not open the cases' keys: %w", err)
	}
	return nil
}
