package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// requests are those of anybody, by route pattern.
type requests struct {
	inFlight  prometheus.Gauge
	answered  *prometheus.CounterVec
	answering *prometheus.HistogramVec
	limited   prometheus.Counter
	crossSite prometheus.Counter
	panics    prometheus.Counter
}

func newRequests() requests {
	return requests{
		inFlight: gauge("http_requests_in_flight", "Requests being answered."),
		answered: counters("http_requests_total", "Requests by route pattern and class of the answer.", "route", "code"),
		answering: prometheus.NewHistogramVec(histogram("http_request_duration_seconds", "Time to answer a request, by route pattern.",
			.005, .025, .1, .25, 1, 2.5, 10), []string{"route"}),
		limited:   counter("ratelimited_total", "Requests refused because too many came from one address."),
		crossSite: counter("csrf_rejected_total", "Requests refused because they came from another site."),
		panics:    counter("panics_total", "Requests that ended in a panic."),
	}
}

func (r *requests) begin(to prometheus.Registerer, o *Options) {
	to.MustRegister(r.inFlight, r.answered, r.answering, r.limited, r.crossSite, r.panics)
	for _, route := range append(o.Routes, Unknown) {
		r.answered.WithLabelValues(route, "5xx") // the first failure is seen as an increase
	}
}

// Unknown is the route of a request that fits no pattern.
const Unknown = "other"

var classes = []string{"1xx", "2xx", "3xx", "4xx", "5xx"}

// Begun counts a request in and gives what counts it out.
func (r *requests) Begun() (ended func(route string, code int, took time.Duration)) {
	r.inFlight.Inc()
	return func(route string, code int, took time.Duration) {
		r.inFlight.Dec()
		r.answered.WithLabelValues(route, classes[min(max(code/100, 1), 5)-1]).Inc()
		r.answering.WithLabelValues(route).Observe(took.Seconds())
	}
}

// Limited, CrossSite and Panicked count what became of a request.
func (r *requests) Limited()   { r.limited.Inc() }
func (r *requests) CrossSite() { r.crossSite.Inc() }
func (r *requests) Panicked()  { r.panics.Inc() }
