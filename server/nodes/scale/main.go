// Command scale runs a demonstration of several nodes on this machine until it is
// stopped: a private PostgreSQL, Trillian's log server and signer, and two servers on
// them. Everything is in a temporary folder and goes with it.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/server"
)

// Where the nodes listen.
var addresses = []string{"127.0.0.1:8081", "127.0.0.1:8082"}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) != 2 {
		return errors.New("usage: scale bin/skalig")
	}
	binary, err := filepath.Abs(os.Args[1])
	if err != nil {
		return err
	}
	root, err := os.MkdirTemp("", "skalig-scale-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	fmt.Println("starting PostgreSQL and Trillian …")
	cluster, err := trilliantest.Start()
	if err != nil {
		return err
	}
	defer cluster.Stop()
	address, err := cluster.Postgres().Create()
	if err != nil {
		return err
	}
	database := filepath.Join(root, "database.url")
	if err := os.WriteFile(database, []byte(address+"\n"), 0o600); err != nil {
		return err
	}
	nodes, err := start(ctx, binary, root, database, cluster.Address())
	defer func() {
		for _, n := range nodes {
			err = errors.Join(err, n.end())
		}
	}()
	if err != nil {
		return err
	}
	fmt.Printf(`
Two nodes are one service, whichever you ask; one leads, the other takes over:
  node 1      http://localhost:8081   process %d
  node 2      http://localhost:8082   process %d
  PostgreSQL  %s
  Trillian    %s
  who leads   curl -s http://localhost:8081/metrics | grep ^skalig_leader
Kill one (kill -9 PROCESS) and go on with the other. Ctrl-C stops all.
`, nodes[0].cmd.Process.Pid, nodes[1].cmd.Process.Pid, address, cluster.Address())
	<-ctx.Done()
	return nil
}

// start makes the log and starts the nodes one after the other: the second is given what
// the first has made.
func start(ctx context.Context, binary, root, database, log string) (nodes []*node, err error) {
	folders := []string{filepath.Join(root, "1"), filepath.Join(root, "2")}
	create := exec.CommandContext(ctx, binary, "log", "create", "--data", folders[0], "--origin", "localhost/log", "--backend", "trillian", "--address", log)
	if out, err := create.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("couldn't make the log: %w\n%s", err, out)
	}
	for i, folder := range folders {
		if i > 0 {
			if err := server.CopyNode(folders[0], folder); err != nil {
				return nodes, err
			}
		}
		n, err := begin(binary, "serve", "--demo", "--addr", addresses[i], "--data", folder, "--database", database, "--trillian", log)
		if err != nil {
			return nodes, err
		}
		nodes = append(nodes, n)
		if err := n.await(ctx, addresses[i]); err != nil {
			return nodes, err
		}
	}
	return nodes, nil
}

// A node is a server's process.
type node struct {
	cmd   *exec.Cmd
	ended chan struct{}
	err   error // read after ended is closed
}

func begin(binary string, args ...string) (*node, error) {
	n := &node{cmd: exec.Command(binary, args...), ended: make(chan struct{})}
	n.cmd.Stderr = os.Stderr
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is ours to pass on
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		n.err = n.cmd.Wait()
		close(n.ended)
	}()
	return n, nil
}

// await returns when the node is ready.
func (n *node) await(ctx context.Context, address string) error {
	for {
		if res, err := http.Get("http://" + address + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-n.ended:
			return fmt.Errorf("a node ended: %w", n.err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// end stops the node, unless somebody has.
func (n *node) end() error {
	_ = n.cmd.Process.Signal(syscall.SIGTERM) // fails only where it has ended
	select {
	case <-n.ended:
	case <-time.After(20 * time.Second):
		return n.cmd.Process.Kill()
	}
	return nil
}
