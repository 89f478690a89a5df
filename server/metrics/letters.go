package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// letters are printed in the background.
type letters struct {
	printing      prometheus.Histogram
	printFailures prometheus.Counter
}

func newLetters() letters {
	return letters{
		printing:      prometheus.NewHistogram(histogram("letter_print_duration_seconds", "Time to print a letter.", .25, .5, 1, 2.5, 5, 10, 40)),
		printFailures: counter("letter_print_failures_total", "Attempts to print a letter that failed."),
	}
}

func (l *letters) begin(to prometheus.Registerer, _ *Options) {
	to.MustRegister(l.printing, l.printFailures)
}

// LetterPrinted and LetterFailed are told by what prints letters.
func (l *letters) LetterPrinted(took time.Duration) { l.printing.Observe(took.Seconds()) }
func (l *letters) LetterFailed()                    { l.printFailures.Inc() }
