package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skalig/skalig/server/flow"
)

// keeping is what becomes of decisions afterwards. It implements flow.KeepingObserver.
type keeping struct {
	erased    prometheus.Counter
	due, kept prometheus.Gauge
	replays   *prometheus.CounterVec
	replayed  prometheus.Gauge
	transfers *prometheus.CounterVec
	kronor    *prometheus.CounterVec
}

func newKeeping() keeping {
	return keeping{
		erased:    counter("cases_erased_total", "Cases that were erased after their time."),
		due:       gauge("retention_due_cases", "Cases whose last note is five years old and that are not erased."),
		kept:      gauge("retention_kept_cases", "Cases of that age that are kept for research."),
		replays:   counters("replay_decisions_total", "Past decisions that were computed again, by result.", "result"),
		replayed:  gauge("replay_complete_timestamp_seconds", "When the latest round over every past decision ended, 0 before the first."),
		transfers: counters("payment_transfers_total", "Transfers of payment files by municipality and the state that they came to.", "municipality", "state"),
		kronor:    counters("payment_kronor_total", "Kronor of transfers by municipality and the state that they came to.", "municipality", "state"),
	}
}

func (k *keeping) begin(to prometheus.Registerer, o *Options) {
	to.MustRegister(k.erased, k.due, k.kept, k.replays, k.replayed, k.transfers, k.kronor)
	for _, r := range []string{flow.Match, flow.Mismatch, flow.Unreadable} {
		k.replays.WithLabelValues(r)
	}
	for _, m := range o.Municipalities {
		for _, state := range flow.TransferStates {
			k.transfers.WithLabelValues(m, state)
			k.kronor.WithLabelValues(m, state)
		}
	}
}

// Retained is told once a day of cases that are old enough to be erased.
func (k *keeping) Retained(due, kept, erased int) {
	k.due.Set(float64(due))
	k.kept.Set(float64(kept))
	k.erased.Add(float64(erased))
}

// Replayed is told of each past decision that was computed again, and ReplayedAll of
// the end of a round over them.
func (k *keeping) Replayed(result string)   { k.replays.WithLabelValues(result).Inc() }
func (k *keeping) ReplayedAll(at time.Time) { k.replayed.Set(seconds(at)) }

// Transferred is told of n transfers that came to a state.
func (k *keeping) Transferred(municipality, state string, n int, ore int64) {
	k.transfers.WithLabelValues(municipality, state).Add(float64(n))
	k.kronor.WithLabelValues(municipality, state).Add(float64(ore) / 100)
}
