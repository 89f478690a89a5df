package tessera

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	upstream "github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/tlog"
)

// Names in the log's directory.
const (
	logDir         = "log"
	checkpointFile = "checkpoint"
)

// What stands in the way of creating or opening a log.
var (
	ErrExists = logdir.ErrExists
	ErrLocked = logdir.ErrLocked
)

// Init makes a new, empty log at dir, with a new key, and returns the key's public
// half. The origin is the log's name for ever: the address it will be read at,
// without scheme, as log.example.se/skalig. An Init that was interrupted can be
// repeated with the same origin.
func Init(dir, origin string) (vkey string, err error) {
	if err := logdir.MakeDir(dir, 0o700); err != nil {
		return "", fmt.Errorf("couldn't create the log's directory: %w", err)
	}
	unlock, err := logdir.Lock(dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()

	checkpoint := filepath.Join(dir, logDir, checkpointFile)
	signer, vkey, err := logdir.NewKey(dir, origin, checkpoint)
	if err != nil {
		return "", err
	}

	// Then Tessera's empty tree, and last the checkpoint, with which the log exists.
	quiet(silent)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Join(dir, logDir)})
	if err != nil {
		return "", fmt.Errorf("couldn't create the log's files: %w", err)
	}
	_, _, reader, err := upstream.NewAppender(ctx, driver, appendOptions(signer))
	if err != nil {
		return "", fmt.Errorf("couldn't create the log's files: %w", err)
	}
	if size, err := reader.IntegratedSize(ctx); err != nil || size != 0 {
		return "", errors.Join(fmt.Errorf("couldn't create a log in %s, there are %d leaves without a checkpoint", dir, size), err)
	}
	signed, err := ledger.SignCheckpoint(signer, 0, tlog.Hash(sha256.Sum256(nil)))
	if err != nil {
		return "", fmt.Errorf("couldn't sign the first checkpoint: %w", err)
	}
	if err := logdir.WriteFile(checkpoint, signed, 0o644); err != nil {
		return "", fmt.Errorf("couldn't write the first checkpoint: %w", err)
	}
	return vkey, nil
}
