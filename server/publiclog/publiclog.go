// Package publiclog opens a service's public log by its configuration, whichever
// backend keeps it: files on this machine (ledger/tessera), or Trillian beyond one
// machine (ledger/trillian).
//
// A log is a directory in both, and the directory says which backend it is of: one
// that Trillian keeps has a file "tree" with the number of its tree there. A
// configuration that says otherwise is refused, since a log that starts over looks
// like a fork.
//
// [Create] makes a log, [Open] opens one, [Migrate] moves one from the one backend to
// the other.
package publiclog

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/ledger/publication"
	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/witness"
)

// The backends.
const (
	Files    = "files"    // on this machine; the default
	Trillian = "trillian" // a log server and signer on a database
)

// Config says what keeps the log. The zero value is files.
type Config struct {
	Backend string `json:"backend"` // Files or Trillian; empty: Files
	Address string `json:"address"` // of Trillian's log server, host:port
	Tree    int64  `json:"tree"`    // the log's tree there, a PREORDERED_LOG; 0: the one in the log's directory
	TLS     bool   `json:"tls"`     // speak to the log server over TLS
	CA      string `json:"ca"`      // file with the certificates (PEM) that may vouch for it; empty: the system's

	Policy string `json:"policy"` // file with the witnesses that cosign the log (package ledger); empty: none do
}

// A Log is an open log, and who witnesses it.
type Log struct {
	ledger.Log
	key     string
	policy  []byte         // as its file has it; nil: none
	group   *witness.Group // nil: no policy
	release func() error   // of what else was opened
}

// Key is the log's verifier key.
func (l *Log) Key() string { return l.key }

// Policy is the text of the witness policy that readers of this log may demand; nil if
// there is none.
func (l *Log) Policy() []byte { return l.policy }

// Witnesses is what is known of each witness, and whether the published checkpoint has
// the quorum that the policy requires. Without a policy there are none, and nothing
// is required.
func (l *Log) Witnesses() (status []witness.Status, quorum bool) {
	if l.group == nil {
		return nil, true
	}
	return l.group.Status(), l.group.Quorum()
}

// Met reports whether a checkpoint has what the policy requires, as any has where
// there is none.
func (l *Log) Met(c ledger.Checkpoint) bool {
	return l.group == nil || l.group.Policy().Met(c)
}

// Signed lists the witnesses whose cosignature of the checkpoint verifies, by their
// names in the policy.
func (l *Log) Signed(c ledger.Checkpoint) ([]string, error) {
	if l.group == nil {
		return nil, nil
	}
	names, reason := l.group.Policy().Signed(c)
	if reason != "" {
		return nil, reason
	}
	return names, nil
}

// Close closes the log, and ends the connection to Trillian.
func (l *Log) Close(ctx context.Context) error {
	return errors.Join(l.Log.Close(ctx), l.release())
}

// ErrBackend: the directory holds the log of another backend than configured.
var ErrBackend = errors.New("the log is kept by another backend")

// ErrNone: there is no log in the directory.
var ErrNone = errors.New("there is no log")

// Backend says which backend the log at dir is of.
func Backend(dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, "log", "checkpoint")); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("couldn't find a log in %s: %w", dir, ErrNone)
		}
		return "", fmt.Errorf("couldn't find a log in %s: %w", dir, err)
	}
	switch _, err := os.Stat(filepath.Join(dir, "tree")); {
	case err == nil:
		return Trillian, nil
	case errors.Is(err, fs.ErrNotExist):
		return Files, nil
	default:
		return "", fmt.Errorf("couldn't look at the log in %s: %w", dir, err)
	}
}

// Check says what is wrong with what is configured, whatever lies in the files it names.
func (c Config) Check() error {
	_, err := c.backend()
	return err
}

// CheckFiles says what is wrong with the files it names.
func (c Config) CheckFiles() error {
	var errs []error
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err == nil && !x509.NewCertPool().AppendCertsFromPEM(text) {
			err = fmt.Errorf("there is no certificate in %s", c.CA)
		}
		errs = append(errs, err)
	}
	if c.Policy != "" {
		text, err := os.ReadFile(c.Policy)
		if err == nil {
			_, err = ledger.ParsePolicy(text)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// backend is what is configured.
func (c Config) backend() (string, error) {
	switch {
	case c.Backend == "" || c.Backend == Files:
		if c.Address != "" || c.Tree != 0 || c.TLS || c.CA != "" {
			return "", fmt.Errorf("the log's address, tree and TLS are Trillian's: set its backend to %q", Trillian)
		}
		return Files, nil
	case c.Backend != Trillian:
		return "", fmt.Errorf("the log's backend %q is neither %q nor %q", c.Backend, Files, Trillian)
	case c.Address == "":
		return "", errors.New("the address of Trillian's log server is not set")
	case c.CA != "" && !c.TLS:
		return "", errors.New("the log server's certificates are set, but not TLS")
	}
	return Trillian, nil
}

// dial makes the connection to Trillian, which is opened when it is used.
func (c Config) dial() (*grpc.ClientConn, error) {
	secure := insecure.NewCredentials()
	if c.TLS {
		config := &tls.Config{MinVersion: tls.VersionTLS13}
		if c.CA != "" {
			pem, err := os.ReadFile(c.CA)
			if err != nil {
				return nil, fmt.Errorf("couldn't read the log server's certificates: %w", err)
			}
			config.RootCAs = x509.NewCertPool()
			if !config.RootCAs.AppendCertsFromPEM(pem) {
				return nil, fmt.Errorf("couldn't read the log server's certificates: %s holds none", c.CA)
			}
		}
		secure = credentials.NewTLS(config)
	}
	conn, err := grpc.NewClient(c.Address, grpc.WithTransportCredentials(secure))
	if err != nil {
		return nil, fmt.Errorf("couldn't speak to the log server at %s: %w", c.Address, err)
	}
	return conn, nil
}

// Create makes a new, empty log at dir, and for Trillian a tree if none is
// configured. A key file that is there already is kept. It can be repeated after an
// interruption.
func Create(ctx context.Context, dir, origin string, c Config) (vkey string, err error) {
	kind, err := c.backend()
	if err != nil {
		return "", err
	}
	if have, err := Backend(dir); err == nil {
		return "", fmt.Errorf("couldn't make a log in %s, there is one of %s: %w", dir, have, tessera.ErrExists)
	}
	if kind == Files {
		if vkey, err = tessera.Init(dir, origin); err == nil {
			err = logdir.InheritAll(dir)
		}
		return vkey, err
	}
	conn, err := c.dial()
	if err != nil {
		return "", err
	}
	defer conn.Close()
	return trillian.Init(ctx, conn, dir, origin, c.Tree)
}

// Lead says whether this node is the one that signs, of those that share a board.
func (l *Log) Lead(on bool) {
	if t, ok := l.Log.(*trillian.Log); ok {
		t.Lead(on)
	}
}

// Look has the log look for what another node has published.
func (l *Log) Look() {
	if t, ok := l.Log.(*trillian.Log); ok {
		t.Look()
	}
}

// ErrShared: files on one machine are no log of several nodes.
var ErrShared = errors.New("nodes that share a database need a log that they share: one that Trillian keeps")

// Open opens the log at dir, and reads the policy of its witnesses.
func Open(ctx context.Context, dir string, c Config, logger *slog.Logger) (*Log, error) {
	return OpenShared(ctx, dir, c, nil, logger)
}

// OpenShared is Open for one of several nodes, which keep the log's checkpoint on a board.
func OpenShared(ctx context.Context, dir string, c Config, board publication.Board, logger *slog.Logger) (*Log, error) {
	kind, err := c.backend()
	if err != nil {
		return nil, err
	}
	have, err := Backend(dir)
	if err != nil {
		return nil, err
	}
	if have != kind {
		return nil, fmt.Errorf("couldn't open the log in %s as one of %s, it is of %s: %w", dir, kind, have, ErrBackend)
	}
	if kind == Files && board != nil {
		return nil, ErrShared
	}
	l := &Log{release: func() error { return nil }}
	cosigner, err := l.witnesses(c, logger)
	if err != nil {
		return nil, err
	}
	if kind == Files {
		log, err := tessera.Open(ctx, dir, tessera.Options{Logger: logger, Cosigner: cosigner})
		if err != nil {
			return nil, err
		}
		l.Log, l.key = log, log.Key()
		return l.listed()
	}
	if err := c.checkTree(dir); err != nil {
		return nil, err
	}
	conn, err := c.dial()
	if err != nil {
		return nil, err
	}
	log, err := trillian.Open(ctx, conn, dir, trillian.Options{Logger: logger, Cosigner: cosigner, Board: board})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	l.Log, l.key, l.release = log, log.Key(), conn.Close
	return l.listed()
}

// witnesses reads the policy, if there is one.
func (l *Log) witnesses(c Config, logger *slog.Logger) (publication.Cosigner, error) {
	if c.Policy == "" {
		return nil, nil
	}
	var err error
	if l.policy, err = os.ReadFile(c.Policy); err != nil {
		return nil, fmt.Errorf("couldn't read the policy of the log's witnesses: %w", err)
	}
	policy, err := ledger.ParsePolicy(l.policy)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the policy of the log's witnesses in %s: %w", c.Policy, err)
	}
	l.group = witness.New(policy, witness.Options{Logger: logger})
	return l.group, nil
}

// listed holds that the policy is of this log: else nobody could verify by it.
func (l *Log) listed() (*Log, error) {
	if l.group == nil || slices.Contains(l.group.Policy().Logs, l.key) {
		return l, nil
	}
	return nil, errors.Join(fmt.Errorf("couldn't use the policy of the log's witnesses: it does not list the log %s", l.key), l.Close(context.Background()))
}

// checkTree checks that the directory is of the tree that is configured.
func (c Config) checkTree(dir string) error {
	tree, err := trillian.Tree(dir)
	if err != nil {
		return err
	}
	if c.Tree != 0 && c.Tree != tree {
		return fmt.Errorf("couldn't open the log in %s: it is of tree %d, and %d is configured", dir, tree, c.Tree)
	}
	return nil
}
