package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/gate"
	"github.com/skalig/skalig/server/record"
)

// decisions is the way of a case to its decision. They implement flow.CaseObserver.
type decisions struct {
	decided   *prometheus.CounterVec
	deciding  *prometheus.HistogramVec
	referrals *prometheus.CounterVec
	repeated  prometheus.Counter
	computing *prometheus.HistogramVec
	differs   prometheus.Counter
}

func newDecisions() decisions {
	return decisions{
		decided: counters("decisions_total", "Decisions by municipality, mode and outcome.", "municipality", "mode", "outcome"),
		deciding: prometheus.NewHistogramVec(histogram("decision_duration_seconds", "Time from gate (automatic) or submission (human) to a durable decision.",
			.002, .01, .05, .25, 1, 60, 3600, 86400, 604800), []string{"mode"}),
		referrals: counters("referrals_total", "Reasons why cases were referred to a caseworker.", "reason"),
		repeated:  counter("duplicate_submissions_total", "Forms that were sent again."),
		computing: prometheus.NewHistogramVec(histogram("engine_duration_seconds", "Time to compute an application, by the native build and by the released artefact.",
			.000005, .00002, .0001, .0005, .002, .01, .1), []string{"build"}),
		differs: counter("engine_mismatch_total", "Cases where artefact and native build differed."),
	}
}

func (d *decisions) begin(to prometheus.Registerer, o *Options) {
	to.MustRegister(d.decided, d.deciding, d.referrals, d.repeated, d.computing, d.differs)
	for _, m := range o.Municipalities {
		d.decided.WithLabelValues(m, record.Automatic, record.Granted)
		for _, outcome := range []string{record.Granted, record.Partly, record.Refused, record.Dismissed} {
			d.decided.WithLabelValues(m, record.Human, outcome)
		}
	}
	for _, r := range gate.All() {
		d.referrals.WithLabelValues(string(r.Code))
	}
	d.referrals.WithLabelValues(string(gate.Undecidable))
	for _, build := range []string{flow.Native, flow.Released} {
		d.computing.WithLabelValues(build)
	}
	d.deciding.WithLabelValues(record.Automatic)
	d.deciding.WithLabelValues(record.Human)
}

// Referred is told of the reasons why a case went to a caseworker.
func (d *decisions) Referred(codes []string) {
	for _, c := range codes {
		d.referrals.WithLabelValues(c).Inc()
	}
}

// Decided is told of a durable decision.
func (d *decisions) Decided(municipality, mode, outcome string, took time.Duration) {
	d.decided.WithLabelValues(municipality, mode, outcome).Inc()
	d.deciding.WithLabelValues(mode).Observe(took.Seconds())
}

// Repeated, Computed and EngineDiffers are told of the steps before a decision.
func (d *decisions) Repeated() { d.repeated.Inc() }
func (d *decisions) Computed(build string, took time.Duration) {
	d.computing.WithLabelValues(build).Observe(took.Seconds())
}
func (d *decisions) EngineDiffers() { d.differs.Inc() }
