package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server"
)

// scrapeEvery is between two scrapes, by the service's clock.
const scrapeEvery = 15 * time.Second

// A watch scrapes a running service at even steps of the service's own clock, so that
// a quarter of an hour of faults takes seconds, and has promtool judge the alerts on
// what was scraped. promtool's time begins at 0: times are moved there.
type watch struct {
	t       *testing.T
	url     string // of the metrics
	ahead   atomic.Int64
	scrapes []map[string]string // value by series; nil: there was no answer
}

// Time is the service's clock.
func (w *watch) Time() time.Time { return noon.Add(time.Duration(w.ahead.Load())) }

// on has a service use the clock.
func (w *watch) on(c *server.Config) { c.Clock = w.Time }

// of starts a service that is watched.
func (w *watch) of(data string, change ...func(*server.Config)) *site {
	w.t.Helper()
	s := run(w.t, data, append([]func(*server.Config){w.on}, change...)...)
	w.url = s.url + "/metrics"
	return s
}

var metricLine = regexp.MustCompile(`(?m)^([a-zA-Z_:]+)(\{.*\})? (\S+)$`)

func (w *watch) scrape() map[string]string {
	res, err := http.Get(w.url)
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil
	}
	values := map[string]string{}
	for _, m := range metricLine.FindAllStringSubmatch(string(text), -1) {
		name, labels, value := m[1], strings.TrimSuffix(strings.TrimPrefix(m[2], "{"), "}"), m[3]
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			w.t.Fatalf("%s: %v", m[0], err)
		}
		if strings.HasSuffix(name, "_timestamp_seconds") && v != 0 {
			v -= float64(noon.Unix())
		}
		if labels != "" {
			labels += ","
		}
		values[name+"{"+labels+`job="skalig"}`] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return values
}

// pass scrapes n times; meanwhile, where given, is done before each.
func (w *watch) pass(n int, meanwhile ...func()) {
	for range n {
		for _, do := range meanwhile {
			do()
		}
		w.scrapes = append(w.scrapes, w.scrape())
		w.ahead.Add(int64(scrapeEvery))
	}
}

// at is the time of the latest scrape, as promtool has it.
func (w *watch) at() string {
	return (time.Duration(len(w.scrapes)-1) * scrapeEvery).String()
}

// value is that of a series at the latest scrape.
func (w *watch) value(series string) string {
	return w.scrapes[len(w.scrapes)-1][series]
}

// A verdict is what must be firing at a time.
type verdict struct {
	at    string
	pages []string // sorted; nobody is woken by anything else
}

// judge has promtool evaluate the rules on what was scraped.
func (w *watch) judge(verdicts ...verdict) {
	w.t.Helper()
	rules, err := filepath.Abs("deploy/alerts.yml")
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := os.ReadFile(rules)
	if err != nil {
		w.t.Fatal(err)
	}
	named := map[string]bool{}
	for _, name := range regexp.MustCompile(`\b(?:skalig|process)_[a-z0-9_]+\b`).FindAllString(string(text), -1) {
		named[name] = true
	}
	keys := map[string]bool{}
	for _, s := range w.scrapes {
		for k := range s {
			if name, _, _ := strings.Cut(k, "{"); named[name] {
				keys[k] = true
			}
		}
	}
	var series []map[string]string
	for k := range keys {
		var values []string
		before := false
		for _, s := range w.scrapes {
			v, ok := s[k]
			switch {
			case ok:
			case before:
				v = "stale" // as Prometheus marks what a scrape no longer has
			default:
				v = "_"
			}
			before = ok
			values = append(values, v)
		}
		series = append(series, map[string]string{"series": k, "values": strings.Join(values, " ")})
	}
	var tests []map[string]any
	for _, v := range verdicts {
		var samples []map[string]any
		for _, p := range v.pages {
			samples = append(samples, map[string]any{"labels": fmt.Sprintf(`{alertname=%q}`, p), "value": 1})
		}
		tests = append(tests, map[string]any{"expr": `sum by (alertname) (ALERTS{alertstate="firing",severity="page"})`, "eval_time": v.at, "exp_samples": samples})
	}
	file, err := json.Marshal(map[string]any{"rule_files": []string{rules}, "evaluation_interval": scrapeEvery.String(),
		"tests": []any{map[string]any{"interval": scrapeEvery.String(), "input_series": series, "promql_expr_test": tests}}})
	if err != nil {
		w.t.Fatal(err)
	}
	path := filepath.Join(w.t.TempDir(), "test.yml")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		w.t.Fatal(err)
	}
	if out, err := exec.CommandContext(w.t.Context(), "promtool", "test", "rules", path).CombinedOutput(); err != nil {
		w.t.Errorf("promtool: %v\n%s", err, out)
	}
}

// fires holds that nobody was woken at before, and that exactly these pages fire now.
func (w *watch) fires(before string, pages ...string) {
	w.t.Helper()
	slices.Sort(pages)
	w.judge(verdict{at: before}, verdict{at: w.at(), pages: pages})
}
