package trillian

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	api "github.com/google/trillian"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Names in the log's directory.
const (
	treeFile       = "tree"
	logDir         = "log"
	tileDir        = "tile"
	checkpointFile = "checkpoint"
)

// What stands in the way of creating or opening a log.
var (
	ErrExists = logdir.ErrExists
	ErrLocked = logdir.ErrLocked
)

var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// Init makes a new, empty log: a tree in the Trillian behind conn, and a directory
// with a new key, unless the directory has one of that name already, as when a log
// moves here. A number other than 0 is that of an empty tree made elsewhere, which
// must be a PREORDERED_LOG. Init returns the key's public half. The origin is the log's
// name for ever: the address it will be read at, without scheme, as
// log.example.se/skalig. An Init that was interrupted can be repeated with the same
// origin.
func Init(ctx context.Context, conn grpc.ClientConnInterface, dir, origin string, number int64) (vkey string, err error) {
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

	// Then the tree. A crash before its number is written leaves a tree that nobody uses.
	made, err := Tree(dir)
	switch {
	case err == nil && number != 0 && number != made:
		err = fmt.Errorf("the directory is of tree %d, not %d", made, number)
	case err == nil:
		number = made
	case errors.Is(err, fs.ErrNotExist):
		if number, err = findTree(ctx, conn, number); err == nil {
			err = logdir.WriteFile(filepath.Join(dir, treeFile), strconv.AppendInt(nil, number, 10), 0o644)
		}
	}
	if err != nil {
		return "", fmt.Errorf("couldn't create the log's tree: %w", err)
	}
	if _, err := api.NewTrillianLogClient(conn).InitLog(ctx, &api.InitLogRequest{LogId: number}); err != nil && status.Code(err) != codes.AlreadyExists {
		return "", fmt.Errorf("couldn't create the log's tree: %w", err)
	}
	root, err := (tree{api.NewTrillianLogClient(conn), number}).head(ctx)
	if err != nil {
		return "", err
	}
	if root.size != 0 {
		return "", fmt.Errorf("couldn't create a log in %s, its tree has %d leaves without a checkpoint", dir, root.size)
	}

	// Last the checkpoint, with which the log exists.
	signed, err := ledger.SignCheckpoint(signer, 0, emptyRoot)
	if err != nil {
		return "", fmt.Errorf("couldn't sign the first checkpoint: %w", err)
	}
	if err := logdir.MakeDir(filepath.Dir(checkpoint), 0o755); err != nil {
		return "", fmt.Errorf("couldn't create the log's directory: %w", err)
	}
	if err := logdir.WriteFile(checkpoint, signed, 0o644); err != nil {
		return "", fmt.Errorf("couldn't write the first checkpoint: %w", err)
	}
	return vkey, nil
}

// findTree makes a tree, or looks whether that of the number can be a log's.
func findTree(ctx context.Context, conn grpc.ClientConnInterface, number int64) (int64, error) {
	if number == 0 {
		return createTree(ctx, conn)
	}
	t, err := api.NewTrillianAdminClient(conn).GetTree(ctx, &api.GetTreeRequest{TreeId: number})
	if err != nil {
		return 0, err
	}
	if t.TreeType != api.TreeType_PREORDERED_LOG || t.TreeState != api.TreeState_ACTIVE || t.Deleted {
		return 0, fmt.Errorf("tree %d is %s and %s, not an active PREORDERED_LOG", number, t.TreeType, t.TreeState)
	}
	return number, nil
}

func createTree(ctx context.Context, conn grpc.ClientConnInterface) (int64, error) {
	t, err := api.NewTrillianAdminClient(conn).CreateTree(ctx, &api.CreateTreeRequest{Tree: &api.Tree{
		TreeState:       api.TreeState_ACTIVE,
		TreeType:        api.TreeType_PREORDERED_LOG,
		DisplayName:     "skalig",
		MaxRootDuration: durationpb.New(0), // no new root without new leaves
	}})
	if err != nil {
		return 0, err
	}
	return t.TreeId, nil
}

// Tree is the number of the tree that the log at dir is of.
func Tree(dir string) (int64, error) {
	text, err := os.ReadFile(filepath.Join(dir, treeFile))
	if err != nil {
		return 0, err
	}
	number, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || number <= 0 {
		return 0, fmt.Errorf("%s does not name a tree", filepath.Join(dir, treeFile))
	}
	return number, nil
}
