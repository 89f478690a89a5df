package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// A tableShelf is a table of the shared database.
type tableShelf struct{ db *sql.DB }

func (t *tableShelf) put(ctx context.Context, id string, n int, sealed []byte) error {
	done, err := t.db.ExecContext(ctx, `INSERT INTO documents (case_ref, number, body) VALUES ($1, $2, $3) ON CONFLICT (case_ref, number) DO NOTHING`, id, n, sealed)
	if err != nil {
		return fmt.Errorf("couldn't keep a document: %w", err)
	}
	if rows, err := done.RowsAffected(); err != nil || rows != 1 {
		return errors.Join(errTaken, err)
	}
	return nil
}

func (t *tableShelf) get(ctx context.Context, id string, n int) (sealed []byte, err error) {
	if err := t.db.QueryRowContext(ctx, `SELECT body FROM documents WHERE case_ref = $1 AND number = $2`, id, n).Scan(&sealed); err != nil {
		return nil, fmt.Errorf("couldn't read a document: %w", err)
	}
	return sealed, nil
}

func (t *tableShelf) remove(ctx context.Context, id string, n int) error {
	if _, err := t.db.ExecContext(ctx, `DELETE FROM documents WHERE case_ref = $1 AND number = $2`, id, n); err != nil {
		return fmt.Errorf("couldn't remove a document: %w", err)
	}
	return nil
}

func (t *tableShelf) clear(ctx context.Context, id string) error {
	if _, err := t.db.ExecContext(ctx, `DELETE FROM documents WHERE case_ref = $1`, id); err != nil {
		return fmt.Errorf("couldn't remove documents: %w", err)
	}
	return nil
}
