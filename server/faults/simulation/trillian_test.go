package simulation_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	api "github.com/google/trillian"
	"github.com/google/trillian/types"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcstatus "google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/server/store/fragile"
)

// A signer is a Trillian in memory: what is added is durable at once, and in the tree
// when its signer has come by. Of the calls there are those that ledger/trillian makes.
type signer struct {
	mu     sync.Mutex
	leaves map[int64][]byte
	tree   []tlog.Hash // stored hashes of what is in the tree
	size   int64
	due    time.Time // when the signer comes next
	delay  func() time.Duration
}

func newSigner(delay func() time.Duration) *signer {
	return &signer{leaves: map[int64][]byte{}, delay: delay}
}

// ReadHashes implements tlog.HashReader.
func (s *signer) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = s.tree[x]
	}
	return out, nil
}

// sign takes what has been added into the tree, if it is time. The caller holds mu.
func (s *signer) sign() error {
	if time.Now().Before(s.due) {
		return nil
	}
	for leaf, ok := s.leaves[s.size]; ok; leaf, ok = s.leaves[s.size] {
		hashes, err := tlog.StoredHashes(s.size, leaf, s)
		if err != nil {
			return err
		}
		s.tree = append(s.tree, hashes...)
		s.size++
	}
	return nil
}

// root is the tree's. The caller holds mu.
func (s *signer) root(size int64) (tlog.Hash, error) {
	if size == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(size, s)
}

func (s *signer) latest(answer *api.GetLatestSignedLogRootResponse) error {
	if err := s.sign(); err != nil {
		return err
	}
	root, err := s.root(s.size)
	if err != nil {
		return err
	}
	text, err := (&types.LogRootV1{TreeSize: uint64(s.size), RootHash: root[:]}).MarshalBinary()
	answer.SignedLogRoot = &api.SignedLogRoot{LogRoot: text}
	return err
}

func (s *signer) add(question *api.AddSequencedLeavesRequest, answer *api.AddSequencedLeavesResponse) {
	fresh := false
	for _, leaf := range question.Leaves {
		code := codes.OK
		if _, there := s.leaves[leaf.LeafIndex]; there {
			code = codes.FailedPrecondition
		} else {
			s.leaves[leaf.LeafIndex], fresh = leaf.LeafValue, true
		}
		answer.Results = append(answer.Results, &api.QueuedLogLeaf{Leaf: leaf, Status: &status.Status{Code: int32(code)}})
	}
	if fresh && time.Now().After(s.due) {
		s.due = time.Now().Add(s.delay())
	}
}

func (s *signer) read(question *api.GetLeavesByRangeRequest, answer *api.GetLeavesByRangeResponse) error {
	if question.StartIndex >= s.size {
		return grpcstatus.Error(codes.OutOfRange, "beyond the tree")
	}
	for i := question.StartIndex; i < min(question.StartIndex+question.Count, s.size); i++ {
		answer.Leaves = append(answer.Leaves, &api.LogLeaf{LeafIndex: i, LeafValue: s.leaves[i]})
	}
	return nil
}

// wire is a connection to a signer over a line: a grpc.ClientConnInterface.
type wire struct {
	s     *signer
	line  fragile.Line
	twice func() bool // deliver a question twice
}

// Invoke implements grpc.ClientConnInterface.
func (w wire) Invoke(ctx context.Context, method string, question, answer any, _ ...grpc.CallOption) error {
	name := method[strings.LastIndexByte(method, '/')+1:]
	got := answer.(proto.Message).ProtoReflect().New().Interface()
	err := w.line.Call(ctx, name, func() error {
		w.s.mu.Lock()
		defer w.s.mu.Unlock()
		if name == "AddSequencedLeaves" && w.twice() {
			_ = w.s.answer(question, &api.AddSequencedLeavesResponse{})
		}
		return w.s.answer(question, got)
	})
	if err == nil {
		proto.Merge(answer.(proto.Message), got)
		return nil
	}
	if _, ok := grpcstatus.FromError(err); ok {
		return err
	}
	return grpcstatus.Error(codes.Unavailable, err.Error())
}

// answer does what is asked. The caller holds mu.
func (s *signer) answer(question, answer any) error {
	switch q := question.(type) {
	case *api.GetLatestSignedLogRootRequest:
		return s.latest(answer.(*api.GetLatestSignedLogRootResponse))
	case *api.AddSequencedLeavesRequest:
		s.add(q, answer.(*api.AddSequencedLeavesResponse))
		return nil
	case *api.GetLeavesByRangeRequest:
		return s.read(q, answer.(*api.GetLeavesByRangeResponse))
	case *api.InitLogRequest:
		return nil
	case *api.CreateTreeRequest:
		proto.Merge(answer.(proto.Message), &api.Tree{TreeId: 1, TreeType: api.TreeType_PREORDERED_LOG, TreeState: api.TreeState_ACTIVE})
		return nil
	}
	return grpcstatus.Error(codes.Unimplemented, fmt.Sprintf("%T", question))
}

// NewStream implements grpc.ClientConnInterface.
func (wire) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, grpcstatus.Error(codes.Unimplemented, "no streams")
}

// TestSigner holds the made-up log server to what every log must do.
func TestSigner(t *testing.T) {
	signers := map[string]*signer{}
	var mu sync.Mutex
	open := func(t testing.TB, dir string) (ledger.Log, string) {
		t.Helper()
		if _, err := trillian.Tree(dir); err != nil {
			s := newSigner(func() time.Duration { return time.Millisecond })
			if _, err := trillian.Init(t.Context(), wire{s, fragile.Perfect{}, never}, dir, "simulation.test/log", 0); err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			signers[key(t, dir)] = s
			mu.Unlock()
		}
		mu.Lock()
		s := signers[key(t, dir)]
		mu.Unlock()
		log, err := trillian.Open(t.Context(), wire{s, fragile.Perfect{}, never}, dir, trillian.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return log, log.Key()
	}
	ledgertest.Test(t, open)
	ledgertest.TestDurable(t, open)
}

func never() bool { return false }

// key is a log's, by which its server is found again when the directory was copied.
func key(t testing.TB, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "vkey"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
