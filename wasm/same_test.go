package wasm_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
	"github.com/skalig/skalig/wasm/receipt"
)

// households is how many generated ones TestEngineSame goes through.
var households = flag.Int("households", 2_000, "generated households to compare")

// A call is one input for one call, named for a failure's message.
type call struct{ from, name, in string }

// The engine gives the same bytes compiled by Go, in wazero in a fresh instance
// a call, and in Node in one instance for many, as the page runs it.
func TestEngineSame(t *testing.T) {
	same(t, wasm.Current().EngineSHA256, engineCalls(t, *households),
		func(name string, in []byte) []byte { return contract.Call(name, in) })
}

func TestVerifySame(t *testing.T) {
	same(t, wasm.Current().VerifySHA256, verifyCalls(t),
		func(_ string, in []byte) []byte { return receipt.Verify(in) })
}

func same(t *testing.T, sha [32]byte, calls iter.Seq[call], native func(name string, in []byte) []byte) {
	path := filepath.Join("release", hex.EncodeToString(sha[:])+".wasm")
	module, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wazero, err := host.Open(t.Context(), module)
	if err != nil {
		t.Fatal(err)
	}
	defer wazero.Close(t.Context())
	node := startNode(t, path)

	// Node answers behind the two others, at most so many calls.
	asked := make(chan call, 64)
	go func() {
		defer close(asked)
		for c := range calls {
			if err := node.ask(c); err != nil || t.Context().Err() != nil {
				return
			}
			asked <- c
		}
		node.in.Close()
	}()
	n, failures, slowest := 0, 0, time.Duration(0)
	for c := range asked {
		n++
		want := native(c.name, []byte(c.in))
		got, err := node.answer()
		if !compare(t, "Node", c, got, want, err) {
			failures++
		}
		if len(c.in) > host.MaxInput {
			continue // host has an error of its own for these
		}
		start := time.Now()
		got, err = wazero.Call(t.Context(), c.name, []byte(c.in))
		slowest = max(slowest, time.Since(start))
		if !compare(t, "wazero", c, got, want, err) {
			failures++
		}
		if failures > 4 {
			t.Fatal("and so on")
		}
	}
	t.Logf("%d calls, the slowest in wazero %v", n, slowest)
	if err := node.end(); err != nil {
		t.Error(err)
	}
}

func compare(t *testing.T, where string, c call, got, want []byte, err error) bool {
	if err == nil && bytes.Equal(got, want) {
		return true
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	t.Errorf("%s, %s in %s: %v; from byte %d\n %.80q\nwant\n %.80q\ninput\n %.2000q", c.from, c.name, where, err, at, got[at:], want[at:], c.in)
	return false
}

// A node answers calls in Node, as node/answer.mjs says.
type node struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startNode(t testing.TB, module string) *node {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("error: couldn't compare with Node: there is no node on PATH\nhint:  apt-get install nodejs")
	}
	n := &node{cmd: exec.CommandContext(t.Context(), path, "node/answer.mjs", module)}
	n.cmd.Stderr = os.Stderr
	if n.in, err = n.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	n.out = bufio.NewReader(out)
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) ask(c call) error {
	frame := append([]byte{byte(len(c.name))}, c.name...)
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(c.in)))
	_, err := n.in.Write(append(frame, c.in...))
	return err
}

func (n *node) answer() ([]byte, error) {
	var length uint32
	if err := binary.Read(n.out, binary.BigEndian, &length); err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	if length == 1<<32-1 {
		return nil, host.ErrTrap
	}
	answer := make([]byte, length)
	_, err := io.ReadFull(n.out, answer)
	return answer, err
}

func (n *node) end() error { return n.cmd.Wait() }
