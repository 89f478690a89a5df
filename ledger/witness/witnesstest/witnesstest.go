// Package witnesstest runs witnesses for tests: litewitness, which nobody here wrote,
// built from the module that servers/ pins, each a process that can be killed and
// started again with all it has seen.
package witnesstest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite" // litewitness keeps what it has seen in it
)

// A Witness is a litewitness with its key and its memory.
type Witness struct {
	Name string // of its key
	Key  string // verifier key of its cosignatures
	URL  string

	dir     string
	address string
	public  ed25519.PublicKey
	running *proctest.Process
}

// Start runs a witness of a log until the test ends.
func Start(t testing.TB, name, logKey string) *Witness {
	t.Helper()
	// A socket's path must be short.
	dir, err := os.MkdirTemp("/tmp", "skalig-witness-")
	if err != nil {
		t.Fatal(err)
	}
	public, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	w := &Witness{Name: name, Key: vkey(name, public), URL: "http://" + address, dir: dir, address: address, public: public}
	t.Cleanup(func() {
		w.Kill()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	w.keyring(t, secret)
	w.Again(t)
	w.know(t, logKey)
	return w
}

// vkey is the key's public half as cosignature keys are written: algorithm 4.
func vkey(name string, public ed25519.PublicKey) string {
	key := append([]byte{4}, public...)
	sum := sha256.Sum256([]byte(name + "\n" + string(key)))
	return fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(key))
}

// Line is the witness's line in a policy, under a short name.
func (w *Witness) Line(as string) string { return fmt.Sprintf("witness %s %s %s\n", as, w.Key, w.URL) }

// Again starts a witness that was killed.
func (w *Witness) Again(t testing.TB) {
	t.Helper()
	program, err := program()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(w.public)
	w.running, err = proctest.Launch(filepath.Join(w.dir, "said"), nil, program, "-db", filepath.Join(w.dir, "seen.db"), "-name", w.Name,
		"-key", hex.EncodeToString(sum[:]), "-ssh-agent", filepath.Join(w.dir, "agent"), "-listen", w.address)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		res, err := http.Get(w.URL + "/")
		if err == nil {
			res.Body.Close()
			return
		}
		if w.running.Ended() || time.Now().After(deadline) {
			t.Fatalf("the witness does not answer: %v\n%s", err, w.running.Said())
		}
	}
}

// Kill ends the witness at once.
func (w *Witness) Kill() {
	if w.running != nil {
		w.running.Kill()
		w.running = nil
	}
}

// keyring is the agent that holds the witness's key; litewitness takes it from
// nowhere else.
func (w *Witness) keyring(t testing.TB, secret ed25519.PrivateKey) {
	t.Helper()
	keys := agent.NewKeyring()
	if err := keys.Add(agent.AddedKey{PrivateKey: &secret}); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(w.dir, "agent"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go func() {
		for {
			conn, err := socket.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(keys, conn) // ends with the witness
		}
	}()
}

// know tells the witness of the log, as witnessctl does.
func (w *Witness) know(t testing.TB, logKey string) {
	t.Helper()
	verifier, err := note.NewVerifier(logKey)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "seen.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	empty := sha256.Sum256(nil)
	_, err = db.Exec(`INSERT INTO log VALUES (?, 0, ?)`, verifier.Name(), base64.StdEncoding.EncodeToString(empty[:]))
	if err == nil {
		_, err = db.Exec(`INSERT INTO key VALUES (?, ?)`, verifier.Name(), logKey)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// program builds litewitness. An unchanged one is not built again.
var program = sync.OnceValues(func() (string, error) {
	_, self, _, ok := runtime.Caller(0)
	if !ok {
		return "", fmt.Errorf("couldn't find the module of the witness")
	}
	module := filepath.Join(filepath.Dir(self), "servers")
	bin, err := filepath.Abs(filepath.Join(module, "../../../../.cache/litewitness"))
	if err == nil {
		err = os.MkdirAll(bin, 0o755)
	}
	if err != nil {
		return "", err
	}
	// The tests of several packages may be at it at once.
	lock, err := os.OpenFile(filepath.Join(bin, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin+"/", "filippo.io/torchwood/cmd/litewitness")
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("couldn't build litewitness: %w\n%s", err, strings.TrimSpace(string(out)))
	}
	return filepath.Join(bin, "litewitness"), nil
})
