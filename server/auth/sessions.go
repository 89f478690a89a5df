package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"modernc.org/sqlite" // the driver too
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/secret"
)

// sessionDB keeps sessions in an SQLite file, or in the database that several nodes
// share. A session that a power cut takes is a sign-in to do again, so neither need be
// synced at each commit.
type sessionDB struct {
	db    *sql.DB // what is read
	write *sql.DB // what is written; of an SQLite file one connection, since one may write at a time
	find  *sql.Stmt
	save  *sql.Stmt
	quit  chan struct{}
	once  sync.Once
	done  sync.WaitGroup
	same  func(a, b []byte) bool // whether two are the same session's content, sealed
	slack time.Duration          // how much later a session may end than it is written
}

// The tables, for SQLite; PostgreSQL has other names for the types.
const sessionTables = `CREATE TABLE IF NOT EXISTS sessions (
		token TEXT PRIMARY KEY, data BLOB NOT NULL, expiry INTEGER NOT NULL) STRICT;
		CREATE TABLE IF NOT EXISTS signins (
		id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, began INTEGER NOT NULL, expiry INTEGER NOT NULL) STRICT;
		CREATE INDEX IF NOT EXISTS signins_owner ON signins (owner);
		CREATE TABLE IF NOT EXISTS ended (token TEXT PRIMARY KEY, expiry INTEGER NOT NULL) STRICT`

// SharedTables makes the tables in the database that several nodes share.
var SharedTables = strings.NewReplacer(" STRICT", "", "BLOB", "BYTEA", "INTEGER", "BIGINT", ";", ";\n").Replace(sessionTables)

// openSharedSessions keeps the sessions of every node in one database.
func openSharedSessions(ctx context.Context, shared *postgres.DB) (*sessionDB, error) {
	db := shared.Pool(8, map[string]string{"synchronous_commit": "off", "statement_timeout": "5000"})
	if err := postgres.Make(ctx, db, "sessions", SharedTables); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't open the sessions: %w", err), db.Close())
	}
	return sweeping(ctx, db, db)
}

// What every request asks, and many write.
const (
	// A request of another node may have written it again while it was ended.
	findSession = `SELECT data, expiry FROM sessions WHERE token = $1 AND expiry > $2
		AND NOT EXISTS (SELECT 1 FROM ended WHERE token = $1)`
	// A request that was under way when its session was ended does not bring it back.
	saveSession = `INSERT INTO sessions (token, data, expiry)
		SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM ended WHERE token = $1)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry`
)

// sweeping prepares what every request asks, and begins to remove what has ended.
func sweeping(ctx context.Context, db, write *sql.DB) (*sessionDB, error) {
	s := &sessionDB{db: db, write: write, quit: make(chan struct{})}
	var err, other error
	s.find, err = db.PrepareContext(ctx, findSession)
	s.save, other = write.PrepareContext(ctx, saveSession)
	if err = errors.Join(err, other); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't open the sessions: %w", err), s.close())
	}
	s.done.Go(s.sweep)
	return s, nil
}

// openSessions opens the file of sessions, or another in its place where it is damaged:
// everybody signs in again, and nobody's decision waits for that.
func openSessions(ctx context.Context, path string, log *slog.Logger) (*sessionDB, error) {
	s, err := openSessionsAt(ctx, path)
	if !damaged(err) {
		return s, err
	}
	log.Error("the file of sessions was damaged, and is put aside: everybody signs in again", "to", path+aside, "error", err)
	if err := putAside(path); err != nil {
		return nil, fmt.Errorf("couldn't put the damaged file of sessions aside: %w", err)
	}
	return openSessionsAt(ctx, path)
}

// aside ends the name of a file of sessions that was damaged.
const aside = ".damaged"

func putAside(path string) error {
	for _, suffix := range []string{"-wal", "-shm"} { // of no use to another
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(path, path+aside)
}

// damaged says whether an error is that a file is no database, or no whole one.
func damaged(err error) bool {
	if errors.Is(err, errDamaged) {
		return true
	}
	db, ok := errors.AsType[*sqlite.Error](err)
	return ok && (db.Code()&0xff == sqlite3.SQLITE_CORRUPT || db.Code()&0xff == sqlite3.SQLITE_NOTADB)
}

var errDamaged = errors.New("the file is damaged")

// whole holds that the pages of an open file are.
func whole(ctx context.Context, db *sql.DB) error {
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, found)
	}
	return nil
}

// LookAtSessions holds that the file of sessions can be opened and read, beside a server
// or without one. Where there is none, a start makes it.
func LookAtSessions(ctx context.Context, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	query := "mode=ro&readonly_shm=1&_pragma=query_only(1)&_pragma=busy_timeout(5000)"
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		query = "mode=ro&immutable=1" // nobody has it open
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query}
	db, err := sql.Open("sqlite", u.String())
	if err == nil {
		defer db.Close() //nolint:errcheck // it was only read
		err = whole(ctx, db)
	}
	if err != nil {
		return fmt.Errorf("couldn't read the sessions: %w", err)
	}
	return nil
}

func openSessionsAt(ctx context.Context, path string) (*sessionDB, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("couldn't open the sessions: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	write, err := openSessionFile(path, 1)
	if err != nil {
		return nil, err
	}
	if err = whole(ctx, write); err == nil {
		// The tables must be there before what is asked of them is prepared.
		_, err = write.ExecContext(ctx, sessionTables)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't open the sessions: %w", err), write.Close())
	}
	db, err := openSessionFile(path, 4)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return sweeping(ctx, db, write)
}

// openSessionFile opens the file for so many connections at once; who comes after
// waits in turn, while writers that met in SQLite would sleep and try again.
func openSessionFile(path string, conns int) (*sql.DB, error) {
	u := url.URL{Scheme: "file", OmitHost: true, Path: path,
		RawQuery: "_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(10000)&_pragma=secure_delete(1)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, fmt.Errorf("couldn't open the sessions: %w", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// sweep removes sessions that have ended.
func (s *sessionDB) sweep() {
	tick := time.NewTicker(5 * time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case now := <-tick.C:
			for _, table := range []string{"sessions", "signins", "ended"} {
				_, _ = s.write.Exec(`DELETE FROM `+table+` WHERE expiry < $1`, now.UnixMilli()) // an error leaves them for the next time
			}
		}
	}
}

func (s *sessionDB) close() error {
	s.once.Do(func() { close(s.quit) })
	s.done.Wait()
	err := s.db.Close()
	if s.write != s.db {
		err = errors.Join(err, s.write.Close())
	}
	return err
}

// A foundSession is what a request found of its session, under its context: most change
// nothing of it, and are no reason to write.
type foundSession struct {
	token  string
	data   []byte
	expiry int64
}

type foundKey struct{}

// remembering gives each request a place for what it found.
func remembering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), foundKey{}, &foundSession{})))
	})
}

// FindCtx, CommitCtx and DeleteCtx are what scs uses; the token is a hash.
func (s *sessionDB) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	f := foundSession{token: token}
	err := s.find.QueryRowContext(ctx, token, time.Now().UnixMilli()).Scan(&f.data, &f.expiry)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if place, ok := ctx.Value(foundKey{}).(*foundSession); ok && err == nil {
		*place = f
	}
	return f.data, err == nil, err
}

// CommitCtx writes a session, unless the request found it so, and its end is as good
// as where it was.
func (s *sessionDB) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	f, ok := ctx.Value(foundKey{}).(*foundSession)
	if ok && f.token == token && expiry.UnixMilli()-f.expiry < s.slack.Milliseconds() && s.same(f.data, data) {
		return nil
	}
	_, err := s.save.ExecContext(ctx, token, data, expiry.UnixMilli())
	return err
}

// DeleteCtx ends a session also for the requests that are under way with it: each of
// them would write it anew, with another time to end when idle.
func (s *sessionDB) DeleteCtx(ctx context.Context, token string) error {
	return s.together(ctx,
		act{`INSERT INTO ended (token, expiry) VALUES ($1, $2) ON CONFLICT DO NOTHING`, []any{token, time.Now().Add(Lifetime).UnixMilli()}},
		act{`DELETE FROM sessions WHERE token = $1`, []any{token}},
		act{`DELETE FROM signins WHERE token = $1`, []any{token}})
}

// An act is a statement with its arguments.
type act struct {
	statement string
	args      []any
}

// together does all acts or none.
func (s *sessionDB) together(ctx context.Context, acts ...act) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	for _, a := range acts {
		if _, err := tx.ExecContext(ctx, a.statement, a.args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Find, Commit and Delete are the same without a context, as scs.Store asks.
func (s *sessionDB) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *sessionDB) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

func (s *sessionDB) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

var _ scs.CtxStore = (*sessionDB)(nil)

// codec seals a session's content, so that the file holds nothing to read.
type codec struct {
	plain scs.GobCodec
	seal  cipher.AEAD
}

func newCodec(key secret.Key) (*codec, error) {
	block, err := aes.NewCipher(key.Bytes())
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	return &codec{seal: seal}, err
}

func (c *codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	b, err := c.plain.Encode(deadline, values)
	if err != nil {
		return nil, err
	}
	return c.seal.Seal(nil, nil, b, []byte("session")), nil
}

func (c *codec) Decode(b []byte) (time.Time, map[string]any, error) {
	plain, err := c.seal.Open(nil, nil, b, []byte("session"))
	if err != nil {
		return time.Time{}, nil, errors.New("couldn't open a session: it or its key was changed")
	}
	return c.plain.Decode(plain)
}

// same opens two and compares them.
func (c *codec) same(a, b []byte) bool {
	ends, values, err := c.Decode(a)
	other, those, failed := c.Decode(b)
	return err == nil && failed == nil && ends.Equal(other) && reflect.DeepEqual(values, those)
}
