package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/publiclog"
)

// TestAlerts has promtool check the rules and run their tests.
func TestAlerts(t *testing.T) {
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}, {"test", "rules", "alerts_days_test.yml"}} {
		cmd := exec.CommandContext(t.Context(), "promtool", args...)
		cmd.Dir = "deploy"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	read := func(name string) string {
		text, err := os.ReadFile("deploy/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tests := read("alerts_test.yml") + read("alerts_days_test.yml")
	for _, m := range regexp.MustCompile(`- alert: (\w+)\n((?:      .*\n)*)`).FindAllStringSubmatch(read("alerts.yml"), -1) {
		if !strings.Contains(tests, `alertname="`+m[1]+`"`) {
			t.Errorf("no test makes %s fire", m[1])
		}
		for _, part := range []string{"summary: ", "means: ", "first: "} {
			if !strings.Contains(m[2], part) {
				t.Errorf("%s does not say %s", m[1], part)
			}
		}
	}
}

// TestUnit has systemd look at the units.
func TestUnit(t *testing.T) {
	for _, unit := range []string{"skalig.service", "skalig-backup.service", "skalig-backup.timer"} {
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", "deploy/"+unit).CombinedOutput()
		for line := range strings.SplitSeq(string(out), "\n") {
			if strings.Contains(line, "skalig") && !strings.Contains(line, "/usr/local/bin/skalig") { // which is not installed here
				t.Errorf("%s (%v)", line, err)
			}
		}
	}
}

// TestHeardByOthers: a service in earnest has no address at which others hear what is
// said.
func TestHeardByOthers(t *testing.T) {
	text, err := os.ReadFile("deploy/config.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := server.ReadConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	c.Addr, c.Data, c.URL = "127.0.0.1:0", t.TempDir(), "http://skalig.example"
	if err := server.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "is not https") {
		t.Errorf("got %v", err)
	}
}

// TestConfiguration reads the example of a configuration, and some that are wrong.
func TestConfiguration(t *testing.T) {
	text, err := os.ReadFile("deploy/config.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := server.ReadConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil {
		t.Errorf("the example: %v", err)
	}
	for change, want := range map[string]string{
		`"metrics": "127.0.0.1:9464"|"metrics": "9464"`: "not host:port",
		`"rate": 50|"rates": 50`:                        "there is no member /rates",
		`"rate": 50|"rate": "many"`:                     "the member /rate can't be a string",
		`"rate": 50|"rate": -5`:                         "can't be less than 0",
		`"127.0.0.1:9464"|"127.0.0.1:99999"`:            "no port",
		`"url": "https://bistand.example"|"url": ""`:    "own address",
		`"https://bistand.example"|"http://localhost"`:  "everybody would be sent to their own",
		`"clientID": "skalig"|"clientID": ""`:           "needs a clientID",
		`"backend": "files"|"backend": "file"`:          `is neither "files" nor "trillian"`,
		`"drift@exempelkommun"|"drift"`:                 "not of the form member@organisation",
		`"ti"]|"xx"]`:                                   `the language "xx"`,
		`"name": "Bo Exempel"|"name": "Anna Exempel"`:   "shares name or key",
		`AWIb8B7|AWIb8B8`:                               "the key of approver",
		`"guidelines": []|"guidelines": ["none.json"]`:  "none.json",
		`"chromium": ""|"chromium": "/none"`:            "no Chromium at /none",
		`"/etc/skalig/client-secret"|"config.json"`:     "the client's secret of sign-in",
		`"rate": 50|"edges": ["not an address"]`:        "the edge",
		`"code": "9999"|"code": "999"`:                  "four digits",
		`"issuer": "https://eid.example"|"issuer": ""`:  "sign-in",
		`https://eid.example|http://eid.example`:        "must be https",
		`// "tls": {"certificate": "/etc/skalig/chain.pem"|"tls": {"certificate": "/etc/skalig/none.pem"`: "certificate",
	} {
		old, new, _ := strings.Cut(change, "|")
		if !strings.Contains(string(text), old) {
			t.Fatalf("the example lacks %s", old)
		}
		c, err := server.ReadConfig([]byte(strings.Replace(string(text), old, new, 1)))
		if err == nil {
			err = errors.Join(c.Check(), c.CheckFiles(noon))
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", new, err)
		}
	}
}

// TestNodesConfiguration reads the example of a node of several.
func TestNodesConfiguration(t *testing.T) {
	text, err := os.ReadFile("deploy/nodes.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := server.ReadConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(); err != nil || c.Database.URL == "" || c.PublicLog.Backend != publiclog.Trillian {
		t.Errorf("%v: %+v %+v", err, c.Database, c.PublicLog)
	}
	c.PublicLog = publiclog.Config{}
	if err := c.Check(); !errors.Is(err, publiclog.ErrShared) {
		t.Errorf("nodes with a log of their own each: %v", err)
	}
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestPrometheus runs a real Prometheus with the rules against a service that
// decides, and asks it what every panel and every rule asks: each name is there.
func TestPrometheus(t *testing.T) {
	watched := free(t)
	s := run(t, filepath.Join(t.TempDir(), "data"), func(c *server.Config) { c.Metrics = watched })
	if a := s.browser(t).get("/metrics"); a.code != http.StatusNotFound {
		t.Errorf("among the pages the metrics answer %d", a.code)
	}
	dir, at := t.TempDir(), free(t)
	rules, err := filepath.Abs("deploy/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("global: {scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}\nrule_files: [%q]\nscrape_configs: [{job_name: skalig, static_configs: [{targets: [%q]}]}]\n", rules, watched)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+at)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })

	visitor := s.browser(t)
	page := visitor.choose(visitor.post("/ansok", url.Values{"facts": {single}}), "alva")
	visitor.get("/rakna")
	sent := visitor.post("/ansok/skicka", url.Values{"key": {formKey.FindStringSubmatch(page.body)[1]}, "attest": {"ja"}})
	if sent.code != http.StatusOK {
		t.Fatalf("the application is answered by %d", sent.code)
	}

	check := exec.CommandContext(t.Context(), "promtool", "check", "metrics")
	check.Stdin = strings.NewReader(fetch(t, "http://"+watched+"/metrics"))
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ask := func(expr string) (n int, problem string) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at+"/api/v1/query?query="+url.QueryEscape(expr), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err.Error()
		}
		defer res.Body.Close()
		var answer struct {
			Status, Error string
			Data          struct{ Result []any }
		}
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			return 0, err.Error()
		}
		return len(answer.Data.Result), answer.Error
	}
	for { // two scrapes of what happened
		if n, _ := ask(`count_over_time(skalig_decisions_total{mode="automatic"}[1m]) > 3 and skalig_decisions_total > 0`); n > 0 {
			break
		}
		if ctx.Err() != nil {
			t.Fatal("Prometheus has not seen the decision")
		}
		time.Sleep(100 * time.Millisecond)
	}
	queries := 0
	for _, p := range readBoard(t).Panels {
		if p.Type == "row" {
			continue
		}
		if p.Title == "" || p.Description == "" || len(p.Targets) == 0 {
			t.Errorf("the panel %q says too little", p.Title)
		}
		for _, target := range p.Targets {
			queries++
			expr := strings.ReplaceAll(target.Expr, "$__rate_interval", "1m")
			if n, problem := ask(expr); problem != "" || n == 0 {
				t.Errorf("the panel %q asks %s: %d series %s", p.Title, expr, n, problem)
			}
			if strings.Contains(target.Expr, "rate(") && !strings.Contains(target.Expr, "$__rate_interval") {
				t.Errorf("the panel %q has an interval of its own", p.Title)
			}
		}
	}
	alerts, err := os.ReadFile(rules)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, name := range regexp.MustCompile(`\b(?:skalig|process)_[a-z0-9_]+\b`).FindAllString(string(alerts), -1) {
		names[name] = true
	}
	for name := range names {
		if strings.HasPrefix(name, "skalig_certificate_") {
			continue // the demonstration has none; TestTLS has
		}
		if perWitness := strings.HasPrefix(name, "skalig_witness_") && name != "skalig_witness_quorum"; perWitness {
			continue // the demonstration has none; package metrics' tests have
		}
		if n, problem := ask(name); problem != "" || n == 0 {
			t.Errorf("the alerts speak of %s: %d series %s", name, n, problem)
		}
	}
	if n, problem := ask(`skalig:decisions_automatic:ratio_rate1d`); problem != "" {
		t.Errorf("the recorded level: %d %s", n, problem)
	}
	if n, problem := ask(`ALERTS{alertstate="firing",severity="page"}`); problem != "" || n > 0 {
		t.Errorf("%d pages in a sound service %s", n, problem)
	}
	t.Logf("%d panel queries and %d names of metrics are answered", queries, len(names))
}
