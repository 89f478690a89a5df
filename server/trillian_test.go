package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/publiclog"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(servedDir); dir != "" {
		os.Exit(serveAlone(dir))
	}
	os.Exit(trilliantest.Run(m))
}

// decided applies as a person, is granted, and keeps the receipt.
func decided(t *testing.T, s *site, person string) []byte {
	t.Helper()
	page := s.as(t, person).apply(single, nil)
	if !strings.HasPrefix(page.path, "/arende/") || page.code != 200 {
		t.Fatalf("%s: %s %d", person, page.path, page.code)
	}
	b := s.as(t, person)
	receipt := b.get(page.path + "/kvitto.json")
	if receipt.code != 200 {
		t.Fatalf("the receipt of %s: %d", person, receipt.code)
	}
	return []byte(receipt.body)
}

// fetch reads a public file of a running service.
func fetch(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %v", url, res.StatusCode, err)
	}
	return string(body)
}

// A service decides on a log in files, moves to a real Trillian, decides there, and
// moves back. The log keeps its key, has no gap, never shrinks, and every receipt from
// the whole of its life verifies.
func TestLogMovesBetweenBackends(t *testing.T) {
	data := t.TempDir()
	files := publiclog.Config{}
	there := publiclog.Config{Backend: publiclog.Trillian, Address: trilliantest.Shared(t).Address()}
	on := func(c publiclog.Config) func(*server.Config) {
		return func(config *server.Config) { config.PublicLog, config.Origin = c, "log.example.se/skalig" }
	}
	var receipts [][]byte
	var kept *monitor.State
	var last ledger.Checkpoint
	var key string
	for i, stage := range []struct {
		config publiclog.Config
		person string
	}{{files, "alva"}, {there, "bo"}, {files, "cleo"}} {
		if i > 0 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			from := []publiclog.Config{files, there}[i-1]
			moved, err := publiclog.Migrate(ctx, filepath.Join(data, "log"), from, stage.config, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if moved.Size != last.Size || moved.Root != last.Root {
				t.Fatalf("%d leaves with root %s were moved, the log had %d with root %s", moved.Size, moved.Root, last.Size, last.Root)
			}
			if err := os.RemoveAll(filepath.Join(data, "log.before")); err != nil {
				t.Fatal(err)
			}
		}
		if stage.config.Backend == publiclog.Trillian {
			number, err := trillian.Tree(filepath.Join(data, "log"))
			if err != nil {
				t.Fatal(err)
			}
			trilliantest.Retire(t, number)
		}
		s := run(t, data, on(stage.config))
		receipts = append(receipts, decided(t, s, stage.person))
		vkey := strings.TrimSpace(fetch(t, s.url+"/log/key"))
		if key == "" {
			key = vkey
		}
		if vkey != key {
			t.Fatalf("the key was %s and is %s", key, vkey)
		}
		result, err := monitor.Poll(t.Context(), monitor.Tiles{Fetcher: monitor.HTTP(s.url+"/log", nil), Records: monitor.HTTP(s.url+"/log/opened", nil)}, key, kept, nil)
		if err != nil || !result.Sound() {
			t.Fatalf("%v: the monitor says %v", err, result)
		}
		kept, last = result.State, result.New
		s.stop()
	}
	if last.Size != 4 {
		t.Errorf("the log has %d leaves, want a release and three decisions", last.Size)
	}
	for i, receipt := range receipts {
		rep := ledger.Verify(receipt, []string{key})
		if !rep.OK || rep.Index != uint64(i+1) || rep.Leaf.Number != uint64(i) {
			t.Errorf("receipt %d: %+v", i, rep)
		}
	}
	report, err := inspection.Check(t.Context(), data, inspection.Options{})
	if err != nil || report.Wrong != 0 {
		t.Errorf("%v: %v", err, report)
	}
}

// A service decides on a log server that it reaches over TLS, and on none for which
// the configured certificates do not vouch.
func TestLogOverTLS(t *testing.T) {
	data := t.TempDir()
	address, ca := trilliantest.Shared(t).Secure(t)
	secure := publiclog.Config{Backend: publiclog.Trillian, Address: address, TLS: true, CA: ca}
	stranger, system, plain := secure, secure, secure
	stranger.CA, system.CA = trilliantest.Authority(t), ""
	plain.TLS, plain.CA = false, ""
	for _, refused := range []struct {
		config publiclog.Config
		why    string
	}{{stranger, "certificate"}, {system, "certificate"}, {plain, "Unavailable"}} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		if _, err := publiclog.Create(ctx, filepath.Join(t.TempDir(), "log"), "log.example.se/skalig", refused.config); err == nil || !strings.Contains(err.Error(), refused.why) {
			t.Errorf("a log was made by %+v: %v", refused.config, err)
		}
		cancel()
	}
	key, err := publiclog.Create(t.Context(), filepath.Join(data, "log"), "log.example.se/skalig", secure)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := trillian.Tree(filepath.Join(data, "log"))
	if err != nil {
		t.Fatal(err)
	}
	trilliantest.Retire(t, tree)
	s := run(t, data, func(c *server.Config) { c.PublicLog, c.Origin = secure, "log.example.se/skalig" })
	if rep := ledger.Verify(decided(t, s, "alva"), []string{key}); !rep.OK || rep.Index != 1 {
		t.Errorf("the receipt: %+v", rep)
	}
	s.stop()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	err = server.Run(ctx, server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Version: "test", Clock: func() time.Time { return noon }, PublicLog: stranger})
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("the service started on a log server that nobody vouches for: %v", err)
	}
}

// What must not be started, and what must not be moved.
func TestLogRefused(t *testing.T) {
	data := t.TempDir()
	there := publiclog.Config{Backend: publiclog.Trillian, Address: trilliantest.Shared(t).Address()}
	refused := func(change func(*server.Config), want string) {
		t.Helper()
		c := server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Version: "test", Clock: func() time.Time { return noon }}
		change(&c)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := server.Run(ctx, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the service ended with %v, want %q", err, want)
		}
	}
	refused(func(c *server.Config) { c.PublicLog = there }, "skalig log create")
	refused(func(c *server.Config) { c.PublicLog.Backend = "paper" }, `"paper"`)
	refused(func(c *server.Config) { c.PublicLog.Tree = 7 }, "Trillian's")

	run(t, data).stop()
	refused(func(c *server.Config) { c.PublicLog = there }, publiclog.ErrBackend.Error())
	if _, err := publiclog.Migrate(t.Context(), filepath.Join(data, "log"), there, publiclog.Config{}, nil); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("moved to where it is: %v", err)
	}
}

// The configuration file says what keeps the log.
func TestLogConfiguration(t *testing.T) {
	var c server.Config
	d := json.NewDecoder(bytes.NewReader([]byte(`{"log":{"backend":"trillian","address":"logserver:8090","tree":42,"tls":true,"ca":"/etc/ca.pem"}}`)))
	if err := d.Decode(&c); err != nil || c.PublicLog != (publiclog.Config{Backend: "trillian", Address: "logserver:8090", Tree: 42, TLS: true, CA: "/etc/ca.pem"}) {
		t.Errorf("%v: %+v", err, c.PublicLog)
	}
}
