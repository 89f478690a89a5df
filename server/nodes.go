package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/ledger/publication"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/secret"
)

// staleAfter is how long a node that can't reach the shared journal still says that it
// is ready. What it shows to those who aren't signed in is at most that much older than
// the journal, and the time of one look; to those who are it shows nothing older than
// their request.
const staleAfter = 5 * time.Second

// openDatabase opens the database that nodes share, if there is one.
func (s *service) openDatabase(ctx context.Context) (err error) {
	if s.c.Database.URL == "" {
		return nil
	}
	s.database, err = postgres.Open(ctx, s.c.Database)
	return err
}

// available reports whether the service may be sent requests.
func (s *service) available() bool { return s.ready.Load() && s.store.Stale() < staleAfter }

// readyz says whether the service may be sent requests.
func (s *service) readyz(w http.ResponseWriter, _ *http.Request) {
	if !s.available() {
		plain(w, http.StatusServiceUnavailable, "not ready: the shared journal can't be reached")
		return
	}
	room := rooms[s.store.Room()]
	plain(w, room.code, room.text)
}

// leading reports whether this node does what one node does for all.
func (s *service) leading() bool { return s.database == nil || s.leads.Load() }

// lead gives what runs a duty while this node leads; nil where there is no other node.
func (s *service) lead() func(context.Context, func(context.Context)) {
	if s.database == nil {
		return nil
	}
	return func(ctx context.Context, duty func(context.Context)) { s.database.Lead(ctx, &s.leads, duty) }
}

// who is signed in, by a read model that holds all that was durable when the request
// came: what another node has just done holds here too.
func (s *service) who(r *http.Request) (auth.Identity, bool, error) {
	who, ok := s.auth.Who(r.Context())
	if !ok || s.database == nil {
		return who, ok, nil
	}
	if err := s.store.Current(r.Context()); err != nil {
		return who, false, err
	}
	who, ok = s.auth.Who(r.Context())
	return who, ok, nil
}

// key is a key of the service, made at the first start. Every node has the same one.
func (s *service) key(name string) (k secret.Key, err error) {
	known, err := s.store.Known(context.Background(), "keys/"+name)
	if err != nil {
		return k, err
	}
	load := secret.LoadOrCreate
	if known != "" {
		load = secret.Load
	}
	if k, err = load(filepath.Join(s.c.Data, "keys", name)); errors.Is(err, fs.ErrNotExist) {
		return k, fmt.Errorf("this node lacks the keys of the others, which are to be copied to it: %w", err)
	} else if err != nil {
		return k, err
	}
	return k, s.store.Same(context.Background(), "keys/"+name, k.Fingerprint(name))
}

// personKey is made together with the journal alone: under another, nobody would find
// their own cases again.
func (s *service) personKey() (secret.Key, error) {
	if s.store.Rows() > 0 {
		if k, err := secret.Load(filepath.Join(s.c.Data, "keys", "person")); err != nil {
			return k, err
		}
	}
	k, err := s.key("person")
	if err != nil || s.database != nil { // where the nodes' database holds its fingerprint
		return k, err
	}
	if err := k.Noted(s.c.Data, "person"); err != nil {
		return k, fmt.Errorf("couldn't use keys/person: %w", err)
	}
	noted := secret.Note(s.c.Data, "person")
	if _, err := os.Stat(noted); errors.Is(err, fs.ErrNotExist) {
		return k, logdir.WriteFile(noted, []byte(k.Fingerprint("person")+"\n"), 0o600)
	}
	return k, nil
}

// checkpoints is where nodes keep the log's checkpoint, nil where there is only one.
func (s *service) checkpoints(ctx context.Context) (publication.Board, error) {
	if s.database == nil {
		return nil, nil
	}
	board, err := publiclog.NewBoard(ctx, s.database)
	if err != nil {
		return nil, err
	}
	s.closing(func(context.Context) error { return board.Close() })
	return board, nil
}

// sameLog holds that every node has the same log, signed by the same key.
func (s *service) sameLog(ctx context.Context, dir string) error {
	if s.database == nil {
		return nil
	}
	tree, err := trillian.Tree(dir)
	if err != nil {
		return err
	}
	return errors.Join(s.store.Same(ctx, "log/key", s.log.Key()), s.store.Same(ctx, "log/tree", strconv.FormatInt(tree, 10)))
}
