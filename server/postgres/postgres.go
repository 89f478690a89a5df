// Package postgres is the database that several nodes share: how it is reached, what
// it must promise, how a node hears what another has done, and which of them leads.
//
// # What it must be
//
// PostgreSQL 14 or later, reached without a pooler in between, since locks and
// notifications belong to a session. [Open] refuses one that does not promise
// durability: fsync, full_page_writes and synchronous_commit must be on.
//
// # A node that is cut off or frozen
//
// A node that stops in the middle of something must not hold up the others. Every
// session is told to end a transaction that has been idle for five seconds, to wait
// for no lock longer than ten, and to give up a line on which nobody answers. The
// session of the node that leads also ends when it has been silent for five seconds,
// which no leader that lives is.
//
// # Leading
//
// Exactly one node leads: the one whose session holds an advisory lock. It asks the
// database every second whether the session is still there, with two seconds'
// patience, and stops leading at once when it is not: after at most three seconds,
// while the lock is free for another after five. A process that was frozen meanwhile
// may believe a moment too long that it leads. What a leader does must therefore be
// harmless when two do it; package flow says why it is.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Config says where the database is. The zero value: there is none.
type Config struct {
	URL string `json:"url"` // file with the connection string, postgres://user:password@host/name?sslmode=verify-full
}

// How long what may take.
const (
	dialFor   = 3 * time.Second
	silentFor = 5 * time.Second // of a session in a transaction, or of the leader's
	lockFor   = 10 * time.Second
	oldest    = 140_000 // of server_version_num: idle_session_timeout
)

// A DB is a database that can be reached.
type DB struct{ config *pgx.ConnConfig }

// Open reads where the database is and holds that it is one to trust.
func Open(ctx context.Context, c Config) (*DB, error) {
	text, err := os.ReadFile(c.URL)
	if err != nil {
		return nil, fmt.Errorf("couldn't read where the database is: %w", err)
	}
	return OpenURL(ctx, strings.TrimSpace(string(text)))
}

// OpenURL is Open for a connection string.
func OpenURL(ctx context.Context, url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("couldn't read where the database is: it is no connection string of PostgreSQL") // the error may quote the password
	}
	config.ConnectTimeout = dialFor
	dialer := &net.Dialer{Timeout: dialFor, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silentFor, Interval: time.Second, Count: 3}}
	config.DialFunc = dialer.DialContext
	for name, value := range map[string]string{
		"application_name":                    "skalig",
		"default_transaction_isolation":       "read committed",
		"idle_in_transaction_session_timeout": millis(silentFor),
		"lock_timeout":                        millis(lockFor),
		"tcp_keepalives_idle":                 "5",
		"tcp_keepalives_interval":             "1",
		"tcp_keepalives_count":                "3",
		"tcp_user_timeout":                    millis(2 * silentFor),
	} {
		config.RuntimeParams[name] = value
	}
	d := &DB{config}
	if err := d.check(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

func millis(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// check refuses a database that may lose what it has acknowledged, or can't do what
// is asked of it.
func (d *DB) check(ctx context.Context) error {
	c, err := d.connect(ctx, nil)
	if err != nil {
		return fmt.Errorf("couldn't reach the database: %w", err)
	}
	defer c.Close(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was begun
	var version int
	var replica bool
	if err := c.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, pg_is_in_recovery()`).Scan(&version, &replica); err != nil {
		return fmt.Errorf("couldn't ask the database what it is: %w", err)
	}
	if version < oldest {
		return fmt.Errorf("couldn't use the database: it is PostgreSQL %d, and %d is the oldest that will do", version/10_000, oldest/10_000)
	}
	if replica {
		return errors.New("couldn't use the database: it is a replica, which can't be written to")
	}
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := c.QueryRow(ctx, `SELECT current_setting($1)`, name).Scan(&value); err != nil {
			return fmt.Errorf("couldn't ask the database what it promises: %w", err)
		}
		if value == "off" {
			return fmt.Errorf("couldn't trust the database: %s is off, so that it may lose what it has acknowledged", name)
		}
	}
	return nil
}

// connect opens a session of its own, with more settings.
func (d *DB) connect(ctx context.Context, settings map[string]string) (*pgx.Conn, error) {
	config := d.config.Copy()
	for name, value := range settings {
		config.RuntimeParams[name] = value
	}
	return pgx.ConnectConfig(ctx, config)
}

// Pool gives at most conns sessions to share. Settings are a session's, as the
// database names them.
func (d *DB) Pool(conns int, settings map[string]string) *sql.DB {
	config := d.config.Copy()
	for name, value := range settings {
		config.RuntimeParams[name] = value
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool
}

// Make runs statements that make tables, unless the table named is there. Of several
// nodes that start at once one makes them.
func Make(ctx context.Context, db *sql.DB, table, ddl string) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("couldn't look for the tables: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, making); err != nil {
		return fmt.Errorf("couldn't look for the tables: %w", err)
	}
	var there bool
	if err := tx.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, table).Scan(&there); err != nil || there {
		return err
	}
	for stmt := range strings.SplitSeq(ddl, ";\n") {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("couldn't make the tables: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("couldn't make the tables: %w", err)
	}
	return nil
}

// The advisory locks, "skalig" and a number.
const (
	making  int64 = 0x736b616c69670001
	leading int64 = 0x736b616c69670002
)

// Others counts the sessions of nodes on the database, but for those of this process.
func Others(ctx context.Context, db *sql.DB) (n int, err error) {
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'skalig%' AND pid <> pg_backend_pid()`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("couldn't ask the database who uses it: %w", err)
	}
	return n, nil
}

// Refused reports whether the database itself has said no: what was asked for has
// certainly not happened, and asking again won't help.
func Refused(err error) bool {
	said, ok := errors.AsType[*pgconn.PgError](err)
	return ok && strings.HasPrefix(said.Code, "23") // integrity constraint violation
}
