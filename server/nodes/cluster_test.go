package nodes_test

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/secret"
)

// A place is all that the nodes share, and the nodes.
type place struct {
	t       *testing.T
	root    string
	url     string
	cluster *trilliantest.Cluster
	began   time.Time
	nodes   []*process
}

// A process is a node with the lines that lead from it.
type process struct {
	p        *place
	name     string
	dir      string
	database *toxiproxy.Proxy
	log      *toxiproxy.Proxy
	first    int

	cmd *exec.Cmd
	why string // file with what it says of itself

	mu        sync.Mutex
	ready     bool
	leads     bool
	submitted map[string]int // case to application
	published map[string]int
	errors    map[string]int
	ended     chan struct{}
}

// found makes a journal, a log and two nodes with the same keys.
func found(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, root: t.TempDir(), cluster: trilliantest.Shared(t), began: time.Now()}
	var err error
	if p.url, err = p.cluster.Postgres().Create(); err != nil {
		t.Fatal(err)
	}
	first := filepath.Join(p.root, "a")
	if _, err := publiclog.Create(t.Context(), filepath.Join(first, "log"), "nodes.test/log", publiclog.Config{Backend: publiclog.Trillian, Address: p.cluster.Address()}); err != nil {
		t.Fatal(err)
	}
	tree, err := trillian.Tree(filepath.Join(first, "log"))
	if err != nil {
		t.Fatal(err)
	}
	trilliantest.Retire(t, tree)
	for _, name := range []string{"kek", "digest"} {
		if _, err := secret.LoadOrCreate(filepath.Join(first, "keys", name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := server.CopyNode(first, filepath.Join(p.root, "b")); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"a", "b"} {
		p.nodes = append(p.nodes, p.add(name, (i+1)*1_000_000))
	}
	return p
}

// add makes a node, not yet started, whose lines can be cut.
func (p *place) add(name string, first int) *process {
	p.t.Helper()
	u, err := url.Parse(p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	return &process{p: p, name: name, dir: filepath.Join(p.root, name), first: first, database: line(p.t, u.Host), log: line(p.t, p.cluster.Address()),
		submitted: map[string]int{}, published: map[string]int{}, errors: map[string]int{}}
}

// line is a proxy to an address.
func line(t *testing.T, to string) *toxiproxy.Proxy {
	t.Helper()
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "line", "127.0.0.1:0", to)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return proxy
}

// start starts a node.
func (n *process) start() {
	t := n.p.t
	t.Helper()
	u, err := url.Parse(n.p.url)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = n.database.Listen
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	n.first += 100_000
	n.cmd = exec.CommandContext(t.Context(), self)
	n.cmd.Env = append(os.Environ(), nodeName+"="+n.name, nodeDir+"="+n.dir, nodeDatabase+"="+u.String(), nodeLog+"="+n.log.Listen,
		nodeFirst+"="+strconv.Itoa(n.first), nodeBegan+"="+strconv.FormatInt(n.p.began.UnixMilli(), 10))
	n.why = n.dir + ".said"
	said, err := os.OpenFile(n.why, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	n.cmd.Stderr = said
	pipe, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n.ended = make(chan struct{})
	go func() {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			n.note(lines.Text())
		}
		n.mu.Lock()
		n.ready, n.leads = false, false
		n.mu.Unlock()
		_ = n.cmd.Wait()
		close(n.ended)
	}()
}

// note takes what a node says.
func (n *process) note(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	kind, rest, _ := strings.Cut(line, " ")
	number, id, _ := strings.Cut(rest, " ")
	i, _ := strconv.Atoi(number)
	switch kind {
	case "ready":
		n.ready = true
	case "leads":
		n.leads = rest == "true"
	case "s":
		n.submitted[id] = i
	case "p":
		n.published[id] = i
	case "e":
		n.errors[rest]++
	}
}

func (n *process) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.published)
}

func (n *process) leading() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.leads
}

// signal sends a signal to the node's process.
func (n *process) signal(s syscall.Signal) { _ = syscall.Kill(n.cmd.Process.Pid, s) }

// kill ends the node without a chance to tidy up.
func (n *process) kill() {
	n.signal(syscall.SIGKILL)
	<-n.ended
}

// within waits for something, and tells what the nodes have said if it does not come.
func (p *place) within(patience time.Duration, what string, is func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	for _, n := range p.nodes {
		said, _ := os.ReadFile(n.why)
		p.t.Logf("%s: %d published, leads %v, errors %v\n%s", n.name, n.count(), n.leading(), n.errors, said[max(0, len(said)-3000):])
	}
	p.t.Fatalf("%s: not within %s", what, patience)
}

// patience is for what takes seconds on a machine that is not busy.
const patience = 90 * time.Second

// goesOn waits until each of the nodes has published some more.
func (p *place) goesOn(what string, nodes ...*process) {
	p.t.Helper()
	for _, n := range nodes {
		was := n.count()
		p.within(patience, what+": node "+n.name+" goes on", func() bool { return n.count() >= was+2*writers })
	}
}

// leader waits until exactly one node leads, and gives it and the other.
func (p *place) leader() (leads, other *process) {
	p.t.Helper()
	p.within(patience, "one node leads", func() bool { return p.nodes[0].leading() != p.nodes[1].leading() })
	if p.nodes[0].leading() {
		return p.nodes[0], p.nodes[1]
	}
	return p.nodes[1], p.nodes[0]
}

// check ends the nodes and holds that nothing was lost or done twice.
func (p *place) check() {
	t := p.t
	t.Helper()
	for _, n := range p.nodes {
		n.kill()
	}
	if err := server.CopyNode(filepath.Join(p.root, "a"), filepath.Join(p.root, "c")); err != nil {
		t.Fatal(err)
	}
	t.Setenv(nodeBegan, strconv.FormatInt(p.began.Add(-time.Minute).UnixMilli(), 10)) // nobody is at anything any more
	now, err := clock()
	if err != nil {
		t.Fatal(err)
	}
	n, err := open(t.Context(), filepath.Join(p.root, "c"), p.url, p.cluster.Address(), now)
	if err != nil {
		t.Fatal(err)
	}
	p.settle(n)
	audit(t, p, n)
	if err := n.close(); err != nil {
		t.Error(err)
	}
	p.replay()
}

// replay has everything looked at as an operator would, and every decision made again.
func (p *place) replay() {
	db, err := postgres.OpenURL(p.t.Context(), p.url)
	if err != nil {
		p.t.Fatal(err)
	}
	report, err := inspection.Check(p.t.Context(), filepath.Join(p.root, "c"), inspection.Options{Database: db})
	if err != nil {
		p.t.Fatal(err)
	}
	if report.Wrong != 0 || report.Replayed == 0 || report.Replayed != report.Automatic {
		p.t.Errorf("%d of %d decisions were made again; faults: %v", report.Replayed, report.Automatic, report.Faults)
	}
	p.t.Logf("%d rows of the journal, %d decisions made again, %d faults", report.Rows, report.Replayed, report.Wrong)
}

// settle waits until nothing is under way any more.
func (p *place) settle(n *node) {
	p.within(patience, "everything is published", func() bool {
		pending, err := n.store.Pending()
		unsigned, _ := n.store.Unsigned()
		return err == nil && len(pending) == 0 && unsigned == 0
	})
}

func audit(t *testing.T, p *place, n *node) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	length, err := n.store.Length()
	if err != nil {
		t.Fatal(err)
	}
	size, err := n.log.Size(ctx)
	if err != nil || size != length {
		t.Errorf("%v: the log has %d leaves, the outbox %d", err, size, length)
	}
	leaves := compare(ctx, t, n, length)
	submitted, published, times := 0, 0, map[string]int{}
	for _, node := range p.nodes {
		for id, number := range node.submitted {
			submitted++
			if _, ok := node.published[id]; ok {
				published++
			}
			own, err := n.store.Own(ctx, person(int64(number)))
			if err != nil || len(own) != 1 || own[0].ID != id {
				t.Errorf("application %d is %d cases: %v", number, len(own), err)
				continue
			}
			verify(ctx, t, n, own[0])
			times[leaves[own[0].Index]]++
		}
		t.Logf("node %s: %d acknowledged, %d published, errors that callers met: %v", node.name, len(node.submitted), len(node.published), node.errors)
	}
	for leaf, n := range times {
		if n != 1 || leaf == "" {
			t.Errorf("a leaf is that of %d decisions", n)
		}
	}
	if published == 0 {
		t.Error("nothing was published")
	}
	t.Logf("%d applications acknowledged, %d decisions acknowledged, %d leaves, 0 lost", submitted, published, length)
}

// harm runs a statement in the nodes' database.
func (p *place) harm(statement string) (string, error) {
	u, err := url.Parse(p.url)
	if err != nil {
		return "", err
	}
	return p.cluster.Postgres().Query(strings.TrimPrefix(u.Path, "/"), statement)
}
