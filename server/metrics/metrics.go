// Package metrics counts what the service does, for Prometheus.
//
// All names begin with skalig_. Labels come from fixed sets, and what an alert
// counts is there from the start, at 0, so that the first event of a kind is seen as
// an increase. No label, name or value is about a person: there are no case ids and no
// paths (only the routes' patterns); municipalities are those that are served.
package metrics

import (
	"cmp"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/gate"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/register"
)

// Metrics implement flow.Observer.
type Metrics struct {
	registry *prometheus.Registry

	inFlight  prometheus.Gauge
	requests  *prometheus.CounterVec
	answering *prometheus.HistogramVec
	limited   prometheus.Counter
	crossSite prometheus.Counter
	panics    prometheus.Counter
	signIns   *prometheus.CounterVec
	denied    prometheus.Counter
	talks     *prometheus.CounterVec
	handed    prometheus.Counter

	decisions *prometheus.CounterVec
	referrals *prometheus.CounterVec
	repeated  prometheus.Counter
	differs   prometheus.Counter
	erased    prometheus.Counter
	due, kept prometheus.Gauge
	deciding  *prometheus.HistogramVec
	receipts  prometheus.Histogram

	printing      prometheus.Histogram
	printFailures prometheus.Counter
	registers     *prometheus.CounterVec
	asking        prometheus.Histogram

	commit prometheus.Histogram
	batch  prometheus.Histogram
}

// Info is what build_info says.
type Info struct{ Version, Engine string }

// New makes the metrics of a service with these routes.
func New(info Info, routes []string, look func() State) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.inFlight = gauge("http_requests_in_flight", "Requests being answered.")
	m.requests = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skalig_http_requests_total", Help: "Requests by route pattern and class of the answer."}, []string{"route", "code"})
	m.answering = prometheus.NewHistogramVec(histogram("http_request_duration_seconds", "Time to answer a request, by route pattern.",
		[]float64{.005, .025, .1, .25, 1, 2.5, 10}), []string{"route"})
	m.limited = counter("ratelimited_total", "Requests refused because too many came from one address.")
	m.crossSite = counter("csrf_rejected_total", "Requests refused because they came from another site.")
	m.panics = counter("panics_total", "Requests that ended in a panic.")
	m.denied = counter("authz_denied_total", "Requests for a case that the person has no right to.")
	m.talks = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skalig_talks_total", Help: "Wishes to talk to somebody."}, []string{"acute"})
	m.handed = counter("documents_total", "Documents that were handed in.")
	m.signIns = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skalig_auth_total", Help: "Sign-ins by result."}, []string{"result"})
	m.decisions = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skalig_decisions_total", Help: "Decisions by mode and outcome."}, []string{"mode", "outcome"})
	m.referrals = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skalig_referrals_total", Help: "Reasons why cases were referred to a caseworker."}, []string{"reason"})
	m.repeated = counter("duplicate_submissions_total", "Forms that were sent again.")
	m.due = prometheus.NewGauge(prometheus.GaugeOpts{Name: "skalig_retention_due_cases", Help: "Cases whose last note is five years old and that are not erased."})
	m.kept = prometheus.NewGauge(prometheus.GaugeOpts{Name: "skalig_retention_kept_cases", Help: "Cases of that age that are kept for research."})
	m.erased = counter("cases_erased_total", "Cases that were erased after their time.")
	m.differs = counter("engine_mismatch_total", "Cases where artefact and native build differed.")
	m.deciding = prometheus.NewHistogramVec(histogram("decision_duration_seconds", "Time from gate (automatic) or submission (human) to a durable decision.",
		[]float64{.002, .01, .05, .25, 1, 60, 3600, 86400, 604800}), []string{"mode"})
	m.receipts = prometheus.NewHistogram(histogram("receipt_duration_seconds", "Time from decision to published receipt.", []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 60}))
	m.printing = prometheus.NewHistogram(histogram("letter_print_duration_seconds", "Time to print a letter.", []float64{.25, .5, 1, 2.5, 5, 10, 40}))
	m.printFailures = counter("letter_print_failures_total", "Attempts to print a letter that failed.")
	m.registers = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skalig_register_answers_total", Help: "Answers of agencies: ok, or why there is none."}, []string{"agency", "result"})
	m.asking = prometheus.NewHistogram(histogram("register_duration_seconds", "Time to ask all agencies about a person.", []float64{.1, .5, 1, 2.5, 5, 10, 20}))
	m.commit = prometheus.NewHistogram(histogram("journal_commit_duration_seconds", "Time of a commit to the journal.", []float64{.0005, .001, .0025, .005, .01, .025, .1, 1}))
	m.batch = prometheus.NewHistogram(histogram("journal_batch_rows", "Rows in a commit to the journal.", []float64{1, 2, 4, 8, 16, 32, 64, 128, 256}))

	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "skalig_build_info", Help: "What runs; the value is always 1."}, []string{"version", "engine"})
	build.WithLabelValues(info.Version, info.Engine).Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build,
		m.inFlight, m.requests, m.answering, m.limited, m.crossSite, m.panics, m.denied, m.talks, m.handed, m.signIns, m.decisions, m.referrals, m.repeated, m.differs, m.due, m.kept, m.erased,
		m.deciding, m.receipts, m.registers, m.asking, m.printing, m.printFailures, m.commit, m.batch)
	m.registry.MustRegister(&stateCollector{look})
	m.begin(routes)
	return m
}

// begin makes every label value that will ever be, at 0.
func (m *Metrics) begin(routes []string) {
	for _, route := range append(routes, Unknown) {
		m.requests.WithLabelValues(route, "5xx") // the first failure is seen as an increase
	}
	for _, acute := range []string{"yes", "no"} {
		m.talks.WithLabelValues(acute)
	}
	for _, r := range auth.Results {
		m.signIns.WithLabelValues(r)
	}
	m.decisions.WithLabelValues(record.Automatic, record.Granted)
	for _, o := range []string{record.Granted, record.Partly, record.Refused, record.Dismissed} {
		m.decisions.WithLabelValues(record.Human, o)
	}
	for _, r := range gate.All() {
		m.referrals.WithLabelValues(string(r.Code))
	}
	m.referrals.WithLabelValues(string(gate.Undecidable))
	for _, a := range register.Agencies {
		m.registers.WithLabelValues(string(a), "ok")
		for _, silence := range register.Silences {
			m.registers.WithLabelValues(string(a), string(silence))
		}
	}
	m.deciding.WithLabelValues(record.Automatic)
	m.deciding.WithLabelValues(record.Human)
}

// Unknown is the route of a request that fits no pattern.
const Unknown = "other"

var classes = []string{"1xx", "2xx", "3xx", "4xx", "5xx"}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true, MaxRequestsInFlight: 4, Timeout: 5 * time.Second})
}

// Gatherer is for tests and for whoever else reads the metrics.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Begun counts a request in and gives what counts it out.
func (m *Metrics) Begun() (ended func(route string, code int, took time.Duration)) {
	m.inFlight.Inc()
	return func(route string, code int, took time.Duration) {
		m.inFlight.Dec()
		m.requests.WithLabelValues(route, classes[min(max(code/100, 1), 5)-1]).Inc()
		m.answering.WithLabelValues(route).Observe(took.Seconds())
	}
}

// What happened, one method each.
func (m *Metrics) Limited()               { m.limited.Inc() }
func (m *Metrics) CrossSite()             { m.crossSite.Inc() }
func (m *Metrics) Panicked()              { m.panics.Inc() }
func (m *Metrics) Denied()                { m.denied.Inc() }
func (m *Metrics) SignedIn(result string) { m.signIns.WithLabelValues(result).Inc() }

// Committed is told by the store.
func (m *Metrics) Committed(rows int, took time.Duration) {
	m.commit.Observe(took.Seconds())
	m.batch.Observe(float64(rows))
}

// Referred, Decided, Published, Repeated and EngineDiffers are told by flow.
func (m *Metrics) Referred(codes []string) {
	for _, c := range codes {
		m.referrals.WithLabelValues(c).Inc()
	}
}

func (m *Metrics) Decided(mode, outcome string, took time.Duration) {
	m.decisions.WithLabelValues(mode, outcome).Inc()
	m.deciding.WithLabelValues(mode).Observe(took.Seconds())
}

func (m *Metrics) Published(took time.Duration) { m.receipts.Observe(took.Seconds()) }
func (m *Metrics) Repeated()                    { m.repeated.Inc() }
func (m *Metrics) EngineDiffers()               { m.differs.Inc() }

// Retained is told once a day of cases that are old enough to be erased.
func (m *Metrics) Retained(due, kept, erased int) {
	m.due.Set(float64(due))
	m.kept.Set(float64(kept))
	m.erased.Add(float64(erased))
}

// LetterPrinted and LetterFailed are told by what prints letters.
func (m *Metrics) LetterPrinted(took time.Duration) { m.printing.Observe(took.Seconds()) }
func (m *Metrics) LetterFailed()                    { m.printFailures.Inc() }

// Registers is told what agencies answered, and how long it took.
func (m *Metrics) Registers(answers []register.Answer, took time.Duration) {
	for _, a := range answers {
		m.registers.WithLabelValues(string(a.Agency), cmp.Or(string(a.Silence), "ok")).Inc()
	}
	m.asking.Observe(took.Seconds())
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: "skalig_" + name, Help: help})
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: "skalig_" + name, Help: help})
}

// histogram is exposed both as classic buckets and as a native histogram.
func histogram(name, help string, buckets []float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Name: "skalig_" + name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour}
}

func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// Talk counts a wish to talk, and Handed a document.
func (m *Metrics) Talk(acute bool) {
	m.talks.WithLabelValues(map[bool]string{true: "yes", false: "no"}[acute]).Inc()
}

// Handed counts a document that was handed in.
func (m *Metrics) Handed() { m.handed.Inc() }
