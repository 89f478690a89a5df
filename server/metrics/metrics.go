// Package metrics counts what the service does, for Prometheus.
//
// All names begin with skalig_. Labels come from fixed sets, and what an alert
// counts is there from the start, at 0, so that the first event of a kind is seen as
// an increase. No label, name or value is about a person: there are no case ids and no
// paths (only the routes' patterns); municipalities are those that are served.
//
// Histograms are exposed both as classic buckets and as native histograms. Times are
// gauges in seconds since 1970, so that an age is computed by who asks.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics implement flow.Observer.
type Metrics struct {
	registry *prometheus.Registry

	requests
	people
	decisions
	outbox
	keeping
	letters
}

// Options say what is counted.
type Options struct {
	Version        string
	Engine         string   // the released artefact's SHA-256, hexadecimal
	Routes         []string // their patterns
	Municipalities []string // codes of those that are served
	Look           func() State
}

// A group registers its metrics and makes every label value that will ever be, at 0.
type group interface {
	begin(prometheus.Registerer, *Options)
}

// New makes the metrics of a service.
func New(o Options) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), requests: newRequests(), people: newPeople(), decisions: newDecisions(),
		outbox: newOutbox(), keeping: newKeeping(), letters: newLetters()}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "skalig_build_info", Help: "What runs; the value is always 1."}, []string{"version", "engine"})
	build.WithLabelValues(o.Version, o.Engine).Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build, &stateCollector{o.Look})
	for _, g := range []group{&m.requests, &m.people, &m.decisions, &m.outbox, &m.keeping, &m.letters} {
		g.begin(m.registry, &o)
	}
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true, MaxRequestsInFlight: 4, Timeout: 5 * time.Second})
}

// Gatherer is for tests and for whoever else reads the metrics.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: "skalig_" + name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "skalig_" + name, Help: help}, labels)
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: "skalig_" + name, Help: help})
}

func histogram(name, help string, buckets ...float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Name: "skalig_" + name, Help: help, Buckets: buckets,
		NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100, NativeHistogramMinResetDuration: time.Hour}
}

func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
