package trillian

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	api "github.com/google/trillian"
	"github.com/google/trillian/types"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/grpc/codes"
)

// Bounds of one call. A leaf is less than a kilobyte and gRPC's limit is four
// megabytes.
const (
	maxBatch = 1000
	maxWait  = 20 * time.Second
)

// A tree is a log as Trillian keeps it.
//
// A call that has begun is not cut short when the caller loses patience, but by
// maxWait: a database that is cancelled amid a query is left in doubt, and so is
// whoever asked.
type tree struct {
	log    api.TrillianLogClient
	number int64
}

// A head is a tree's size and root, as Trillian says.
type head struct {
	size uint64
	root tlog.Hash
}

func (t tree) head(ctx context.Context) (head, error) {
	if ctx.Err() != nil {
		return head{}, context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWait)
	defer cancel()
	answer, err := t.log.GetLatestSignedLogRoot(ctx, &api.GetLatestSignedLogRootRequest{LogId: t.number})
	if err != nil {
		return head{}, fmt.Errorf("couldn't ask Trillian for the log's root: %w", err)
	}
	var v1 types.LogRootV1
	if err := v1.UnmarshalBinary(answer.GetSignedLogRoot().GetLogRoot()); err != nil {
		return head{}, fmt.Errorf("couldn't read Trillian's root: %w", err)
	}
	if len(v1.RootHash) != tlog.HashSize || v1.TreeSize >= 1<<48 {
		return head{}, errors.New("couldn't read Trillian's root: it has no hash") // as when its query failed
	}
	return head{v1.TreeSize, tlog.Hash(v1.RootHash)}, nil
}

// leaves reads some of the n leaves from index first on, at least one, all of them
// in the tree.
func (t tree) leaves(ctx context.Context, first, n uint64) ([][]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWait)
	defer cancel()
	answer, err := t.log.GetLeavesByRange(ctx, &api.GetLeavesByRangeRequest{
		LogId: t.number, StartIndex: int64(first), Count: int64(min(n, maxBatch)),
	})
	if err != nil {
		return nil, fmt.Errorf("couldn't read leaf %d from Trillian: %w", first, err)
	}
	if len(answer.Leaves) == 0 || uint64(len(answer.Leaves)) > n {
		return nil, fmt.Errorf("couldn't read leaf %d from Trillian: it gave %d leaves of %d", first, len(answer.Leaves), n)
	}
	leaves := make([][]byte, len(answer.Leaves))
	for i, leaf := range answer.Leaves {
		if leaf.GetLeafIndex() != int64(first)+int64(i) {
			return nil, fmt.Errorf("couldn't read leaf %d from Trillian: it gave leaf %d", first+uint64(i), leaf.GetLeafIndex())
		}
		leaves[i] = leaf.LeafValue
	}
	return leaves, nil
}

// add hands leaves to Trillian at the indexes from first on. free says that no index
// was taken before; where one was, what stands there may be the same leaf or another.
func (t tree) add(ctx context.Context, first uint64, leaves [][]byte) (free bool, err error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWait)
	defer cancel()
	request := &api.AddSequencedLeavesRequest{LogId: t.number, Leaves: make([]*api.LogLeaf, len(leaves))}
	for i, leaf := range leaves {
		index := first + uint64(i)
		request.Leaves[i] = &api.LogLeaf{LeafIndex: int64(index), LeafValue: leaf, LeafIdentityHash: identity(index)}
	}
	answer, err := t.log.AddSequencedLeaves(ctx, request)
	if err != nil {
		return false, fmt.Errorf("couldn't append at %d: %w", first, err)
	}
	if len(answer.Results) != len(leaves) {
		return false, fmt.Errorf("couldn't append at %d: Trillian answered for %d leaves of %d", first, len(answer.Results), len(leaves))
	}
	free = true
	for i, result := range answer.Results {
		switch code := codes.Code(result.GetStatus().GetCode()); code {
		case codes.OK:
		case codes.FailedPrecondition:
			free = false
		default:
			return false, fmt.Errorf("couldn't append at %d: Trillian says %s", first+uint64(i), code)
		}
	}
	return free, nil
}

// identity is what makes a leaf the same to Trillian: where it stands.
func identity(index uint64) []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("skalig/index/1\n"), index))
	return sum[:]
}
