package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Beside gives sessions to look with, beside the nodes: they write nothing, and none is
// counted as a node's.
func (d *DB) Beside(conns int) *sql.DB {
	return d.Pool(conns, map[string]string{"application_name": "doctor", "default_transaction_read_only": "on", "statement_timeout": millis(silentFor)})
}

// A State is a database as it is at the moment.
type State struct {
	Version string    // of the server, 15.14
	Clock   time.Time // the server's
	Left    int       // sessions that it may still open
	Nodes   int       // sessions of nodes
}

// Look asks a database how it is.
func Look(ctx context.Context, db *sql.DB) (s State, err error) {
	err = db.QueryRowContext(ctx, `SELECT split_part(current_setting('server_version'), ' ', 1), clock_timestamp(),
		current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
			- (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')`).Scan(&s.Version, &s.Clock, &s.Left)
	if err != nil {
		return s, fmt.Errorf("couldn't ask the database how it is: %w", err)
	}
	s.Nodes, err = Others(ctx, db)
	return s, err
}

// Leader tells from where the node that leads is connected and since when; none: nobody
// leads.
func Leader(ctx context.Context, db *sql.DB) (address string, since time.Time, leads bool, err error) {
	err = db.QueryRowContext(ctx, `SELECT coalesce(host(client_addr), 'a socket'), backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)
		WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND (classid::bigint << 32 | objid::bigint) = $1
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, leading).Scan(&address, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, false, nil
	}
	if err != nil {
		return "", time.Time{}, false, fmt.Errorf("couldn't ask the database who leads: %w", err)
	}
	return address, since, true, nil
}
