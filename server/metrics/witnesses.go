package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
)

// witnesses collects what is known of the log's witnesses. Their names are those of the
// policy, so the label's values are as many as its lines.
type witnesses struct{ s State }

var (
	witnessUp = prometheus.NewDesc("skalig_witness_up", "1 where the witness cosigned when it was last asked, by its name in the policy.", []string{"witness"}, nil)
	witnessAt = prometheus.NewDesc("skalig_witness_cosigned_timestamp_seconds", "When the witness last cosigned here, 0 where it has not since start.", []string{"witness"}, nil)
	witnessNo = prometheus.NewDesc("skalig_witness_conflict", "1 where the witness has cosigned what this log no longer holds.", []string{"witness"}, nil)
	quorumMet = prometheus.NewDesc("skalig_witness_quorum", "1 where the published checkpoint has the cosignatures that the policy requires, or none is required.", nil, nil)
)

// Describe implements prometheus.Collector.
func (witnesses) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{witnessUp, witnessAt, witnessNo, quorumMet} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (w witnesses) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	is := func(b bool) float64 { return map[bool]float64{true: 1}[b] }
	all, quorum := w.s.Witnesses()
	for _, s := range all {
		gauge(witnessUp, is(s.Up), s.Name)
		gauge(witnessAt, seconds(s.Seen), s.Name)
		gauge(witnessNo, is(s.Conflict), s.Name)
	}
	gauge(quorumMet, is(quorum))
}
