package nodes_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/flow/flowtest"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

// What a node is told by its environment.
const (
	nodeName     = "SKALIG_NODE" // set in the process that is one
	nodeDir      = "SKALIG_NODE_DIR"
	nodeDatabase = "SKALIG_NODE_DATABASE"
	nodeLog      = "SKALIG_NODE_LOG"
	nodeFirst    = "SKALIG_NODE_FIRST" // number of its first application
	nodeBegan    = "SKALIG_NODE_BEGAN" // when its clock was at noon, in milliseconds since 1970
)

const writers = 4 // of each node

func TestMain(m *testing.M) {
	if os.Getenv(nodeName) == "" {
		os.Exit(trilliantest.Run(m))
	}
	if err := victim(); err != nil {
		fmt.Fprintln(os.Stderr, "node ends:", err)
		os.Exit(1)
	}
}

const single = flowtest.Single

var noon = flowtest.Noon

// A node is a service without its pages.
type node struct {
	store *store.Store
	board *publiclog.Board
	log   *publiclog.Log
	flow  *flow.Service
	leads atomic.Bool
}

// logger says what a node does, for a test that fails.
var logger = slog.New(slog.NewTextHandler(os.Stderr, nil))

// open starts a node on a folder.
func open(ctx context.Context, dir, url, address string, clock func() time.Time) (_ *node, err error) {
	n := &node{}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	db, err := postgres.OpenURL(ctx, url)
	if err != nil {
		return nil, err
	}
	if n.store, err = store.Open(ctx, store.Options{Dir: dir, Database: db, Clock: clock}); err != nil {
		return nil, err
	}
	if n.board, err = publiclog.NewBoard(ctx, db); err != nil {
		return nil, err
	}
	kept := publiclog.Config{Backend: publiclog.Trillian, Address: address}
	if n.log, err = publiclog.OpenShared(ctx, filepath.Join(dir, "log"), kept, n.board, logger); err != nil {
		return nil, err
	}
	lead := func(ctx context.Context, duty func(context.Context)) { db.Lead(ctx, &n.leads, duty) }
	if n.flow, err = decider(ctx, n, dir, clock, lead); err != nil {
		return nil, err
	}
	return n, n.flow.Start(ctx)
}

func decider(ctx context.Context, n *node, dir string, clock func() time.Time, lead func(context.Context, func(context.Context))) (*flow.Service, error) {
	c, err := flowtest.Config()
	if err != nil {
		return nil, err
	}
	if c.Digests, err = secret.Load(filepath.Join(dir, "keys", "digest")); err != nil {
		return nil, err
	}
	c.Store, c.Ledger, c.Keys, c.Clock, c.Lead, c.Log = n.store, n.log, []string{n.log.Key()}, clock, lead, logger
	return flow.New(ctx, c)
}

func (n *node) close() error {
	var errs []error
	if n.flow != nil {
		n.flow.Stop()
	}
	if n.log != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		errs = append(errs, n.log.Close(ctx))
	}
	if n.board != nil {
		errs = append(errs, n.board.Close())
	}
	if n.store != nil {
		errs = append(errs, n.store.Close())
	}
	return errors.Join(errs...)
}

// clock is at noon when the test began, and goes.
func clock() (func() time.Time, error) {
	began, err := strconv.ParseInt(os.Getenv(nodeBegan), 10, 64)
	return func() time.Time { return noon.Add(time.Since(time.UnixMilli(began))) }, err
}

// victim is a node that takes applications until it is killed, or can't go on. Each is
// sent again, with the same form, until it is published.
func victim() error {
	first, err1 := strconv.ParseInt(os.Getenv(nodeFirst), 10, 64)
	clock, err2 := clock()
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	n, err := open(ctx, os.Getenv(nodeDir), os.Getenv(nodeDatabase), os.Getenv(nodeLog), clock)
	if err != nil {
		return err
	}
	say("ready")
	go n.watch(ctx, cancel)
	var next atomic.Int64
	next.Store(first)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for ctx.Err() == nil {
				n.apply(ctx, next.Add(1))
			}
		})
	}
	wg.Wait()
	return errors.Join(context.Cause(ctx), n.close())
}

// watch tells when the node begins and ceases to lead, and ends it when it can't go on.
func (n *node) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	led := false
	for {
		if leads := n.leads.Load(); leads != led {
			led = leads
			say(fmt.Sprintf("leads %v", led))
		}
		select {
		case <-n.flow.Failed():
			cancel(n.flow.Err())
			return
		case <-n.store.Stopped():
			cancel(n.store.Err())
			return
		case <-ctx.Done():
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// apply sends an application until it is published.
func (n *node) apply(ctx context.Context, number int64) {
	for ctx.Err() == nil {
		bounded, cancel := context.WithTimeout(ctx, 12*time.Second)
		err := n.submit(bounded, number)
		cancel()
		if err == nil {
			return
		}
		said, _, _ := strings.Cut(err.Error(), "\n")
		say("e " + said)
		time.Sleep(50 * time.Millisecond)
	}
}

func (n *node) submit(ctx context.Context, number int64) error {
	id, err := n.flow.Submit(ctx, person(number), flow.Application{Key: "form", Number: "199211222386", Name: "Alva Exempel", Facts: []byte(single)})
	if err != nil {
		return err
	}
	say(fmt.Sprintf("s %d %s", number, id))
	if err := n.store.Await(ctx, id); err != nil {
		return err
	}
	say(fmt.Sprintf("p %d %s", number, id))
	return nil
}

func person(number int64) store.Caller {
	return store.Caller{Ref: fmt.Sprintf("person-%d", number), Role: store.Applicant}
}

var saying sync.Mutex

func say(line string) {
	saying.Lock()
	defer saying.Unlock()
	_, _ = os.Stdout.WriteString(line + "\n")
}
