package metrics

import (
	"cmp"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skalig/skalig/server/record"
)

// outbox is what makes a decision durable and public. It implements flow.LogObserver.
type outbox struct {
	commit    prometheus.Histogram
	batch     prometheus.Histogram
	appending prometheus.Histogram
	leaves    prometheus.Histogram
	covering  prometheus.Histogram
	receipts  *prometheus.HistogramVec
}

func newOutbox() outbox {
	small := []float64{1, 2, 4, 8, 16, 32, 64, 128, 256}
	return outbox{
		commit:    prometheus.NewHistogram(histogram("journal_commit_duration_seconds", "Time of a commit to the journal.", .0005, .001, .0025, .005, .01, .025, .1, 1)),
		batch:     prometheus.NewHistogram(histogram("journal_batch_rows", "Rows in a commit to the journal.", small...)),
		appending: prometheus.NewHistogram(histogram("log_append_duration_seconds", "Time to make a batch of leaves durable in the log.", .001, .005, .025, .1, .5, 1, 5)),
		leaves:    prometheus.NewHistogram(histogram("log_append_leaves", "Leaves in a batch for the log.", small...)),
		covering:  prometheus.NewHistogram(histogram("log_publication_duration_seconds", "Time that durable leaves waited for a checkpoint over them.", .005, .025, .1, .25, .5, 1, 5, 60)),
		receipts: prometheus.NewHistogramVec(histogram("receipt_duration_seconds", "Time from a decision (automatic, human) or another leaf to its published receipt.",
			.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 60), []string{"mode"}),
	}
}

func (o *outbox) begin(to prometheus.Registerer, _ *Options) {
	to.MustRegister(o.commit, o.batch, o.appending, o.leaves, o.covering, o.receipts)
	for _, mode := range []string{record.Automatic, record.Human, other} {
		o.receipts.WithLabelValues(mode)
	}
}

// other is the mode of what is no decision.
const other = "other"

// Committed is told by the store.
func (o *outbox) Committed(rows int, took time.Duration) {
	o.commit.Observe(took.Seconds())
	o.batch.Observe(float64(rows))
}

// Appended, Covered and Published are told of a leaf's steps.
func (o *outbox) Appended(leaves int, took time.Duration) {
	o.appending.Observe(took.Seconds())
	o.leaves.Observe(float64(leaves))
}
func (o *outbox) Covered(took time.Duration) { o.covering.Observe(took.Seconds()) }
func (o *outbox) Published(mode string, took time.Duration) {
	o.receipts.WithLabelValues(cmp.Or(mode, other)).Observe(took.Seconds())
}
