package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	command "os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/postgrestest"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

// TestMain is also the process that is killed while it writes, or in the middle of a rotation: with
// the folder in the environment, at the step of that number.
func TestMain(m *testing.M) {
	if dir := os.Getenv(startDir); dir != "" {
		fmt.Fprintln(os.Stderr, "it ends:", writeUntilKilled(dir))
		os.Exit(1)
	}
	dir := os.Getenv("SKALIG_ROTATE")
	if dir == "" {
		os.Exit(postgrestest.Run(m))
	}
	at, err := strconv.Atoi(os.Getenv("SKALIG_ROTATE_STEP"))
	if err != nil {
		os.Exit(2)
	}
	err = rotateUntil(dir, func(string) {
		if at--; at < 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// rotateUntil rotates the keys of a folder, or those in the database that is named.
func rotateUntil(dir string, step func(string)) error {
	url := os.Getenv("SKALIG_ROTATE_DATABASE")
	if url == "" {
		_, err := store.RotateKeys(context.Background(), dir, step)
		return err
	}
	db, err := postgres.OpenURL(context.Background(), url)
	if err != nil {
		return err
	}
	_, err = store.RotateSharedKeys(context.Background(), dir, db, step)
	return err
}

const sealedCases = 600 // more than two batches

// sealed fills a folder with cases and closes it.
func sealed(t *testing.T, dir string) {
	t.Helper()
	st, err := store.Open(t.Context(), at(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	errs := make([]error, sealedCases)
	for i := range sealedCases {
		all.Go(func() { errs[i] = submitCase(t.Context(), st, i) })
	}
	all.Wait()
	if err := errors.Join(append(errs, st.Close())...); err != nil {
		t.Fatal(err)
	}
}

func submitCase(ctx context.Context, st *store.Store, i int) error {
	who := store.Caller{Ref: fmt.Sprintf("person-%d", i), Role: store.Applicant}
	_, err := st.Update(ctx, who, func(*store.View) (store.Draft, error) {
		return store.Draft{Case: fmt.Sprintf("case-%d", i), Head: store.Submitted{Person: who.Ref, Municipality: "9999", Month: "2026-11", Key: who.Ref, Digest: "d"},
			Body: fmt.Appendf(nil, "body of %d", i)}, nil
	})
	return err
}

// opens holds that every case can be read, and that a new one can be added.
func opens(t *testing.T, dir string, added int) {
	t.Helper()
	st, err := store.Open(t.Context(), at(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := submitCase(t.Context(), st, sealedCases+added); err != nil {
		t.Fatal(err)
	}
	every := 1
	if _, shared := databases.Load(dir); shared {
		every = 9 // each reading is a row, and there a round trip
	}
	for i := added % every; i <= sealedCases+added; i += every {
		f, err := st.Read(t.Context(), store.Program, fmt.Sprintf("case-%d", i))
		if err != nil || string(f.Submitted) != fmt.Sprintf("body of %d", i) {
			t.Fatalf("case %d: %v", i, err)
		}
	}
}

// TestRotateKilled kills a rotation at each of its steps. After each kill a store
// opens everything, and adds a case; then the rotation is finished, the old key is
// of no use and everything opens with the new one.
func TestRotateKilled(t *testing.T) { outside(t, testRotateKilled) }

func testRotateKilled(t *testing.T) {
	dir := folder(t)
	sealed(t, dir)
	url, shared := databases.Load(dir)
	kek := filepath.Join(dir, "keys", "kek")
	first, err := secret.Load(kek)
	if err != nil {
		t.Fatal(err)
	}
	kills := 0
	for step := 0; ; step++ {
		cmd := command.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "SKALIG_ROTATE="+dir, "SKALIG_ROTATE_STEP="+strconv.Itoa(step))
		if shared {
			cmd.Env = append(cmd.Env, "SKALIG_ROTATE_DATABASE="+url.(string))
			alone(t, dir)
		}
		out, err := cmd.CombinedOutput()
		opens(t, dir, step)
		if err == nil {
			break
		}
		var exit *command.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: %v %s", step, err, out)
		}
		kills++
	}
	if kills < 6 { // the next key, three batches, the check, the rename, its directory
		t.Errorf("the rotation was killed %d times", kills)
	}
	t.Logf("killed at %d steps", kills)
	now, err := secret.Load(kek)
	if err != nil || string(now.Bytes()) == string(first.Bytes()) {
		t.Errorf("the key is the old one: %v", err)
	}
	if _, err := os.Stat(kek + ".next"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the next key is still there: %v", err)
	}
	if err := os.WriteFile(kek, first.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), at(t, store.Options{Dir: dir}))
	if shared && errors.Is(err, store.ErrOther) {
		return // the node does not even start
	}
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, err := st.Read(t.Context(), store.Program, "case-0"); err == nil {
		t.Error("the old key still opens a case")
	}
}

// TestRotateOpen rotates the keys of an open store while its cases are read with no key
// at hand, by itself and by another process that has read the key-encryption key before.
func TestRotateOpen(t *testing.T) {
	dir := folder(t)
	sealed(t, dir)
	st, err := store.Open(t.Context(), at(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	stop := make(chan bool)
	var all sync.WaitGroup
	var added, read atomic.Int64
	loop := func(do func(i int)) {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					do(i)
				}
			}
		})
	}
	for range 4 {
		loop(func(i int) {
			st.Forget()
			if f, err := st.Read(t.Context(), store.Program, fmt.Sprintf("case-%d", i%sealedCases)); err != nil || string(f.Submitted) != fmt.Sprintf("body of %d", i%sealedCases) {
				t.Errorf("case %d: %v", i, err)
			}
			read.Add(1)
		})
	}
	loop(func(i int) {
		if err := submitCase(t.Context(), st, sealedCases+i); err != nil {
			t.Error(err)
		}
		added.Add(1)
	})
	loop(func(int) {
		if err := store.OpenKeys(t.Context(), dir); err != nil {
			t.Errorf("beside: %v", err)
		}
	})
	for range 5 {
		steps, meanwhile := 0, errors.New("not asked")
		n, err := st.Rotate(t.Context(), func(string) {
			if steps++; steps == 2 {
				_, meanwhile = st.Rotate(t.Context(), nil)
			}
			if !st.Rotating() && steps > 1 && steps < 6 {
				t.Errorf("nothing is said of the rotation at step %d", steps)
			}
		})
		if err != nil || n < sealedCases || !errors.Is(meanwhile, store.ErrRotating) || st.Rotating() {
			t.Errorf("%d keys: %v; another one meanwhile: %v", n, err, meanwhile)
		}
	}
	close(stop)
	all.Wait()
	if added.Load() == 0 || read.Load() == 0 {
		t.Errorf("no load: %d added, %d read", added.Load(), read.Load())
	}
	// One that is stopped says so, and goes on with the same key.
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := st.Rotate(ctx, func(step string) {
		if step == "rewrap a batch" {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) || !st.Rotating() {
		t.Fatalf("stopped: %v", err)
	}
	next, err := secret.Load(filepath.Join(dir, "keys", "kek.next"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Rotate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if now, err := secret.Load(filepath.Join(dir, "keys", "kek")); err != nil || !bytes.Equal(now.Bytes(), next.Bytes()) {
		t.Errorf("it began anew: %v", err)
	}
	t.Logf("5 rotations; %d cases added and %d read meanwhile", added.Load(), read.Load())
}

// TestRotateAfterFailure: of a rotation that fails when the old key is gone already, the
// next one in the same process destroys nothing.
func TestRotateAfterFailure(t *testing.T) {
	dir := folder(t)
	st, err := store.Open(t.Context(), at(t, store.Options{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	if err := submitCase(t.Context(), st, 0); err != nil {
		t.Fatal(err)
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	_, err = st.Rotate(t.Context(), func(step string) {
		if step == "make that durable" { // no folder can be opened any more
			_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 3, Max: files.Max})
		}
	})
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	if err == nil || st.Rotating() {
		t.Fatalf("the first one: %v", err)
	}
	if n, err := st.Rotate(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("the second one: %d keys, %v", n, err)
	}
	read := func(st *store.Store) {
		t.Helper()
		st.Forget()
		if f, err := st.Read(t.Context(), store.Program, "case-0"); err != nil || string(f.Submitted) != "body of 0" {
			t.Errorf("the case: %v", err)
		}
	}
	read(st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if st, err = store.Open(t.Context(), at(t, store.Options{Dir: dir})); err != nil {
		t.Fatal(err)
	}
	read(st)
}

// TestRotateOpenNode: a node of several does not exchange the key that the others have.
func TestRotateOpenNode(t *testing.T) {
	outside(t, func(t *testing.T) {
		dir := folder(t)
		st, err := store.Open(t.Context(), at(t, store.Options{Dir: dir}))
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		if _, shared := databases.Load(dir); !shared {
			return
		}
		if _, err := st.Rotate(t.Context(), nil); !errors.Is(err, store.ErrSeveral) {
			t.Errorf("it was rotated: %v", err)
		}
		if err := store.AskRotation(t.Context(), dir); !errors.Is(err, store.ErrSeveral) || st.Rotating() {
			t.Errorf("it was asked for: %v", err)
		}
	})
}

// alone waits until no session of a node is left on a folder's database: they end a
// moment after their process.
func alone(t *testing.T, dir string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		n, err := postgres.Others(t.Context(), raw(t, dir, ""))
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d sessions are still open", n)
		}
	}
}
