package metrics

import (
	"cmp"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/register"
)

// people is what people do beside applying, and what is asked about them.
type people struct {
	signIns   *prometheus.CounterVec
	denied    prometheus.Counter
	talks     *prometheus.CounterVec
	handed    prometheus.Counter
	registers *prometheus.CounterVec
	asking    prometheus.Histogram
}

func newPeople() people {
	return people{
		signIns:   counters("auth_total", "Sign-ins by result.", "result"),
		denied:    counter("authz_denied_total", "Requests for a case that the person has no right to."),
		talks:     counters("talks_total", "Wishes to talk to somebody.", "acute"),
		handed:    counter("documents_total", "Documents that were handed in."),
		registers: counters("register_answers_total", "Answers of agencies: ok, or why there is none.", "agency", "result"),
		asking:    prometheus.NewHistogram(histogram("register_duration_seconds", "Time to ask all agencies about a person.", .1, .5, 1, 2.5, 5, 10, 20)),
	}
}

func (p *people) begin(to prometheus.Registerer, _ *Options) {
	to.MustRegister(p.signIns, p.denied, p.talks, p.handed, p.registers, p.asking)
	for _, acute := range []string{"yes", "no"} {
		p.talks.WithLabelValues(acute)
	}
	for _, r := range auth.Results {
		p.signIns.WithLabelValues(r)
	}
	for _, a := range register.Agencies {
		p.registers.WithLabelValues(string(a), "ok")
		for _, silence := range register.Silences {
			p.registers.WithLabelValues(string(a), string(silence))
		}
	}
}

// SignedIn is told of a sign-in by its result, and Denied of a person at somebody
// else's case.
func (p *people) SignedIn(result string) { p.signIns.WithLabelValues(result).Inc() }
func (p *people) Denied()                { p.denied.Inc() }

// Talk counts a wish to talk, and Handed a document that was handed in.
func (p *people) Talk(acute bool) {
	p.talks.WithLabelValues(map[bool]string{true: "yes", false: "no"}[acute]).Inc()
}
func (p *people) Handed() { p.handed.Inc() }

// Registers is told what agencies answered, and how long it took.
func (p *people) Registers(answers []register.Answer, took time.Duration) {
	for _, a := range answers {
		p.registers.WithLabelValues(string(a.Agency), cmp.Or(string(a.Silence), "ok")).Inc()
	}
	p.asking.Observe(took.Seconds())
}
