package publiclog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger/publication"
	"github.com/skalig/skalig/server/postgres"
)

// BoardTable makes the table of a [Board].
const BoardTable = `CREATE TABLE log_checkpoint (
	id     INTEGER PRIMARY KEY CHECK (id = 1),
	size   BIGINT NOT NULL,
	signed BYTEA NOT NULL
);
`

// boardPatience bounds one look at the board.
const boardPatience = 5 * time.Second

// Pooled is a database that sessions can be had with: package postgres has the real one.
type Pooled interface {
	Pool(conns int, settings map[string]string) *sql.DB
}

// A Board is the checkpoint of nodes that share a database.
type Board struct{ db *sql.DB }

var _ publication.Board = (*Board)(nil)

// NewBoard opens the board in a database, making its table where there is none.
func NewBoard(ctx context.Context, db Pooled) (*Board, error) {
	pool := db.Pool(2, map[string]string{"statement_timeout": "5000"})
	if err := postgres.Make(ctx, pool, "log_checkpoint", BoardTable); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't open the nodes' checkpoint: %w", err), pool.Close())
	}
	return &Board{pool}, nil
}

// Posted is the checkpoint on the board in a database, nil where there is none. Nothing
// is written there.
func Posted(ctx context.Context, db *postgres.DB) (signed []byte, err error) {
	pool := db.Pool(1, map[string]string{"statement_timeout": "5000", "default_transaction_read_only": "on"})
	defer func() { err = errors.Join(err, pool.Close()) }()
	var there bool
	if err := pool.QueryRowContext(ctx, `SELECT to_regclass('log_checkpoint') IS NOT NULL`).Scan(&there); err != nil {
		return nil, fmt.Errorf("couldn't look for the nodes' checkpoint: %w", err)
	}
	if !there {
		return nil, nil
	}
	return (&Board{pool}).Read(ctx)
}

// Close lets go of the database.
func (b *Board) Close() error { return b.db.Close() }

// Read implements [publication.Board].
func (b *Board) Read(ctx context.Context) (signed []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, boardPatience)
	defer cancel()
	err = b.db.QueryRowContext(ctx, `SELECT signed FROM log_checkpoint WHERE id = 1`).Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read the nodes' checkpoint: %w", err)
	}
	return signed, nil
}

// Replace implements [publication.Board]. The row never shrinks, whoever asks for it.
func (b *Board) Replace(ctx context.Context, old, signed []byte) error {
	ctx, cancel := context.WithTimeout(ctx, boardPatience)
	defer cancel()
	size, err := sizeOf(signed)
	if err != nil {
		return err
	}
	statement, args := `UPDATE log_checkpoint SET size = $1, signed = $2 WHERE id = 1 AND size <= $1 AND signed = $3`, []any{size, signed, old}
	if old == nil {
		statement, args = `INSERT INTO log_checkpoint (id, size, signed) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING`, []any{size, signed}
	}
	done, err := b.db.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errors.Join(publication.ErrMoved, err)
	}
	return nil
}

// sizeOf is the number on a checkpoint's second line.
func sizeOf(signed []byte) (int64, error) {
	lines := strings.SplitN(string(signed), "\n", 3)
	if len(lines) < 3 {
		return 0, errors.New("couldn't read a checkpoint's size")
	}
	return strconv.ParseInt(lines[1], 10, 64)
}
