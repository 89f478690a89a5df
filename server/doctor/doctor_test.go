package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/backup"
	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/server/doctor"
	"github.com/skalig/skalig/server/register/ssbtek"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/store/storetest"
)

// served is a folder that a demonstration has served; meanwhile, where given, is done
// while it does.
func served(t *testing.T, data string, meanwhile func(url string), on ...func(*server.Config)) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	started, ended := make(chan string, 1), make(chan error, 1)
	c := server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Version: "test", Chromium: "none", Started: func(url string) { started <- url }}
	for _, set := range on {
		set(&c)
	}
	go func() { ended <- server.Run(ctx, c) }()
	select {
	case url := <-started:
		if meanwhile != nil {
			meanwhile(url)
		}
	case err := <-ended:
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// well are options under which a sound folder has nothing to complain of.
func well(t *testing.T, data string) doctor.Options {
	t.Helper()
	c := &server.Config{Chromium: "none"}
	for i := range 2 {
		text, err := os.ReadFile(filepath.Join(data, "keys", fmt.Sprintf("approver-%d", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		vkey, err := logdir.PublicHalf(strings.TrimSpace(string(text)), fmt.Sprintf("approver-%d.demo", i+1))
		if err != nil {
			t.Fatal(err)
		}
		c.Approvers = append(c.Approvers, release.Approver{Name: fmt.Sprint("approver ", i+1), Key: vkey})
	}
	return doctor.Options{Data: data, Config: c, Synced: func() (bool, bool) { return true, true },
		Free: func(string) (uint64, uint64, error) { return 1e11, 1e7, nil }}
}

func examine(t *testing.T, o doctor.Options) []doctor.Finding {
	t.Helper()
	found, err := doctor.Examine(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// contents is what lies in a folder, and when it was changed.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		all[path] = fmt.Sprintf("%x %v", sha256.Sum256(text), info.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWell looks at a server beside it and at what it left, finds nothing wrong, and
// changes nothing.
func TestWell(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	sound := func(when string) {
		for _, f := range examine(t, well(t, data)) {
			if f.Level != doctor.OK {
				t.Errorf("%s: %+v", when, f)
			}
		}
	}
	served(t, data, func(url string) {
		expect(t, examine(t, well(t, data)), "backup", doctor.Warning, "none was taken yet")
		_, err := backup.Take(t.Context(), data, filepath.Join(t.TempDir(), "copy"), filepath.Join(t.TempDir(), "keys"), time.Now())
		must(t, err)
		sound("beside a server")
		o := well(t, data)
		o.Config.SignIn.Issuer = url + "/demo/idp"
		expect(t, examine(t, o), "signin", doctor.OK, "answers")
	})
	before := contents(t, data)
	sound("stopped")
	after := contents(t, data)
	for path := range after {
		if after[path] != before[path] {
			t.Errorf("looking changed %s", path)
		}
	}
	if len(before) != len(after) {
		t.Errorf("%d files before, %d after", len(before), len(after))
	}
	o := well(t, data)
	o.Config, o.Synced, o.Free = nil, nil, nil // of this machine, whatever it says
	expect(t, examine(t, o), "configuration", doctor.Warning, "were not looked at")
	if _, err := doctor.Examine(t.Context(), doctor.Options{Data: t.TempDir()}); err == nil {
		t.Error("an empty folder is a server's")
	}
}

func expect(t *testing.T, found []doctor.Finding, part string, level doctor.Level, text string) {
	t.Helper()
	for _, f := range found {
		if f.Part == part && f.Level == level && strings.Contains(f.Text, text) {
			if level != doctor.OK && f.Do == "" {
				t.Errorf("nothing to do about %+v", f)
			}
			return
		}
	}
	t.Errorf("no %s of %s says %q: %+v", level, part, text, found)
}

// TestFindings makes each finding appear.
func TestFindings(t *testing.T) {
	sound := filepath.Join(t.TempDir(), "data")
	served(t, sound, nil)
	silent := httptest.NewServer(http.NotFoundHandler())
	silent.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, c := range []struct {
		part  string
		level doctor.Level
		text  string
		harm  func(t *testing.T, o *doctor.Options)
	}{
		{"clock", doctor.Error, "put back", func(_ *testing.T, o *doctor.Options) {
			o.Clock = func() time.Time { return time.Now().Add(-time.Hour) }
		}},
		{"clock", doctor.Error, "checkpoint is from", func(t *testing.T, o *doctor.Options) {
			later := time.Now().Add(time.Hour)
			must(t, os.Chtimes(filepath.Join(o.Data, "log/log/checkpoint"), later, later))
		}},
		{"clock", doctor.Warning, "NTP", func(_ *testing.T, o *doctor.Options) { o.Synced = func() (bool, bool) { return false, true } }},
		{"clock", doctor.Warning, "can't be seen", func(_ *testing.T, o *doctor.Options) { o.Synced = func() (bool, bool) { return false, false } }},
		{"disk", doctor.Error, "400 MB", room(4e8, 1e7, nil)},
		{"disk", doctor.Warning, "3000 MB", room(3e9, 1e7, nil)},
		{"disk", doctor.Error, "inodes", room(1e11, 100, nil)},
		{"disk", doctor.Error, "couldn't see", room(0, 0, errors.New("no disk"))},
		{"backup", doctor.Warning, "more than 36 hours ago", write("last-backup", "2026-11-01T02:30:00Z\n")},
		{"backup", doctor.Warning, "couldn't read when", write("last-backup", "yesterday\n")},
		{"permissions", doctor.Error, "log/key may be read by others", mode("log/key", 0o640)},
		{"permissions", doctor.Error, "may be read by others", mode(".", 0o755)},
		{"keys", doctor.Error, "keys/digest", remove("keys/digest")},
		{"keys", doctor.Error, "keys/kek", remove("keys/kek")},
		{"keys", doctor.Error, "does not open the cases' keys", write("keys/kek", strings.Repeat("k", 32))},
		{"keys", doctor.Warning, "a rotation of the keys", write("keys/kek.next", strings.Repeat("k", 32))},
		{"keys", doctor.Error, "the log's key", remove("log/key")},
		{"keys", doctor.Error, "the log's key", write("log/vkey", "other.example/log+6d081049+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n")},
		{"journal", doctor.Error, "head does not name", execute("journal.db", `UPDATE journal_head SET seq = seq - 1`)},
		{"journal", doctor.Error, "not what follows", execute("journal.db", `UPDATE journal SET at = at + 1 WHERE seq = (SELECT max(seq) FROM journal)`)},
		{"journal", doctor.Error, "journal_mode", execute("journal.db", `PRAGMA journal_mode = DELETE`)},
		{"forms", doctor.Error, "couldn't read the file of what is being filled in", write("forms.db", "other\n")},
		{"forms", doctor.Error, "pages", write("forms.db", strings.Repeat("other\n", 4096))},
		{"forms", doctor.Error, "no such table", execute("forms.db", `DROP TABLE forms`)},
		{"sessions", doctor.Warning, "not a database", write("sessions.db", strings.Repeat("other\n", 4096))},
		{"log", doctor.Error, "how many leaves", func(t *testing.T, o *doctor.Options) {
			must(t, os.RemoveAll(filepath.Join(o.Data, "log/log/.state")))
		}},
		{"log", doctor.Error, "holds 0 leaves", write("log/log/.state/treeState", `{"size":0,"root":""}`)},
		{"log", doctor.Error, "tiles are not those", func(t *testing.T, o *doctor.Options) {
			must(t, os.RemoveAll(filepath.Join(o.Data, "log/log/tile/0")))
		}},
		{"log", doctor.Error, "couldn't read the checkpoint", remove("log/log/checkpoint")},
		{"log", doctor.Error, "not signed by the log", write("log/log/checkpoint", "other\n")},
		{"log", doctor.Error, "an older journal was put back", func(t *testing.T, o *doctor.Options) {
			storetest.Rechain(t, o.Data, `DELETE FROM journal WHERE seq >= (SELECT max(seq) FROM journal WHERE kind = 'released')`)
		}},
		{"log", doctor.Error, "not those of the journal", otherLeaf},
		{"log", doctor.Warning, "1 leaves have no checkpoint", func(t *testing.T, o *doctor.Options) { decide(t, o) }},
		{"release", doctor.Error, "does not hold the engine 00000000", func(t *testing.T, o *doctor.Options) { decide(t, o) }},
		{"release", doctor.Error, "nobody has approved", func(_ *testing.T, o *doctor.Options) { must(t, os.RemoveAll(filepath.Join(o.Data, "releases"))) }},
		{"release", doctor.Warning, "release ", func(t *testing.T, o *doctor.Options) {
			must(t, os.Remove(glob(t, filepath.Join(o.Data, "releases/*/*.approval"))[0]))
		}},
		{"release", doctor.Warning, "is approved from", func(_ *testing.T, o *doctor.Options) {
			o.Clock = func() time.Time { return time.Now().AddDate(0, 0, -2) }
		}},
		{"certificate", doctor.OK, "lasts until", certificate(-time.Hour, 90*24*time.Hour)},
		{"certificate", doctor.Warning, "ends on", certificate(-time.Hour, 7*24*time.Hour)},
		{"certificate", doctor.Error, "ended on", certificate(-48*time.Hour, -time.Hour)},
		{"certificate", doctor.Error, "begins on", certificate(time.Hour, 48*time.Hour)},
		{"certificate", doctor.Error, "can't be read", func(_ *testing.T, o *doctor.Options) { o.Config.TLS.Certificate = "/nowhere" }},
		{"certificate", doctor.Error, "of 9999 for the agencies can't be read", func(_ *testing.T, o *doctor.Options) {
			o.Config.Registers = map[string]ssbtek.Config{"9999": {Certificate: "/nowhere", Authority: "/nowhere"}}
		}},
		{"logserver", doctor.OK, "answers", func(_ *testing.T, o *doctor.Options) {
			o.Config.PublicLog.Backend, o.Config.PublicLog.Address = "trillian", listener.Addr().String()
		}},
		{"logserver", doctor.Error, "does not answer", func(_ *testing.T, o *doctor.Options) {
			o.Config.PublicLog.Backend, o.Config.PublicLog.Address = "trillian", silent.Listener.Addr().String()
		}},
		{"witness", doctor.Error, "can't be read", func(_ *testing.T, o *doctor.Options) { o.Config.PublicLog.Policy = "/nowhere" }},
		{"witness", doctor.Warning, "one does not answer", policy(silent.URL)},
		{"witness", doctor.OK, "one answers", policy("http://" + answering(t))},
		{"printer", doctor.Warning, "no Chromium", func(_ *testing.T, o *doctor.Options) { o.Config.Chromium = "/nowhere/chromium" }},
		{"printer", doctor.Warning, "does not print", func(_ *testing.T, o *doctor.Options) { o.Config.Chromium = "/bin/true" }},
		{"printer", doctor.OK, "prints", func(_ *testing.T, o *doctor.Options) { o.Config.Chromium = "" }},
		{"signin", doctor.Error, "does not answer", func(_ *testing.T, o *doctor.Options) { o.Config.SignIn.Issuer = silent.URL }},
	} {
		t.Run(c.part+" "+c.text, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			if out, err := exec.CommandContext(t.Context(), "cp", "-a", sound, data).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			o := well(t, data)
			c.harm(t, &o)
			found := examine(t, o)
			expect(t, found, c.part, c.level, c.text)
			if c.level == doctor.Error && doctor.Worst(found) != doctor.Error {
				t.Error("the worst is not an error")
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	return found
}

type harm = func(*testing.T, *doctor.Options)

func room(bytes, inodes uint64, err error) harm {
	return func(_ *testing.T, o *doctor.Options) {
		o.Free = func(string) (uint64, uint64, error) { return bytes, inodes, err }
	}
}

func mode(name string, mode os.FileMode) harm {
	return func(t *testing.T, o *doctor.Options) { must(t, os.Chmod(filepath.Join(o.Data, name), mode)) }
}

func remove(name string) harm {
	return func(t *testing.T, o *doctor.Options) { must(t, os.Remove(filepath.Join(o.Data, name))) }
}

func write(name, text string) harm {
	return func(t *testing.T, o *doctor.Options) {
		must(t, os.WriteFile(filepath.Join(o.Data, name), []byte(text), 0o600))
	}
}

func execute(name, statement string) harm {
	return func(t *testing.T, o *doctor.Options) {
		db, err := sql.Open("sqlite", filepath.Join(o.Data, name))
		must(t, err)
		_, err = db.Exec(statement)
		must(t, errors.Join(err, db.Close()))
	}
}

// decide adds a decision of an engine that nobody has.
func decide(t *testing.T, o *doctor.Options) {
	storetest.Rechain(t, o.Data, `INSERT INTO journal (seq, hash, kind, case_ref, at, head, body)
		SELECT max(seq) + 1, zeroblob(32), 'decided', 'c', max(at), $1, x'' FROM journal`,
		`{"index":1,"municipality":"9999","number":0,"leaf":"","mode":"automatic","outcome":"granted","engine":"`+strings.Repeat("0", 64)+`"}`)
}

// certificate has the service use one that lasts so long.
func certificate(from, until time.Duration) harm {
	return func(t *testing.T, o *doctor.Options) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(until)}
		der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
		must(t, err)
		o.Config.TLS.Certificate = filepath.Join(t.TempDir(), "chain.pem")
		must(t, os.WriteFile(o.Config.TLS.Certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	}
}

// policy has the log witnessed at an address.
func policy(url string) harm {
	return func(t *testing.T, o *doctor.Options) {
		vkey, err := os.ReadFile(filepath.Join(o.Data, "log", "vkey"))
		must(t, err)
		o.Config.PublicLog.Policy = filepath.Join(t.TempDir(), "policy")
		must(t, os.WriteFile(o.Config.PublicLog.Policy, []byte("log "+string(vkey)+"witness one "+witnessKey+" "+url+"\nquorum one\n"), 0o600))
	}
}

// witnessKey is nobody's: only whether something answers is asked.
var witnessKey = func() string {
	const name = "witness.example/one"
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	key := append([]byte{4}, public...) // 4: of cosignatures
	sum := sha256.Sum256([]byte(name + "\n" + string(key)))
	return fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(key))
}()

// answering is the address of a server that answers anything.
func answering(t *testing.T) string {
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// TestStays: whom a provider or a witness leads to is not asked.
func TestStays(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	served(t, data, func(string) {})
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer elsewhere.Close()
	moved := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusFound))
	defer moved.Close()
	o := well(t, data)
	o.Config.SignIn.Issuer = moved.URL
	policy(moved.URL)(t, &o)
	found := examine(t, o)
	expect(t, found, "signin", doctor.Error, "does not answer")
	expect(t, found, "witness", doctor.OK, "one answers")
	if n := asked.Load(); n != 0 {
		t.Errorf("who was led to was asked %d times", n)
	}
}
