package server

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits gives each address a bucket of requests. It remembers a bounded number
// of addresses: when there are more it forgets those that are full anyway.
type limits struct {
	rate rate.Limit
	mu   sync.Mutex
	by   map[string]*rate.Limiter
}

const maxAddresses = 20_000

func newLimits(perSecond float64) *limits {
	return &limits{rate: rate.Limit(perSecond), by: map[string]*rate.Limiter{}}
}

func (l *limits) burst() int { return int(4*l.rate) + 1 }

func (l *limits) allow(address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.by[address]
	if b == nil {
		if len(l.by) >= maxAddresses {
			l.forget(now)
		}
		b = rate.NewLimiter(l.rate, l.burst())
		l.by[address] = b
	}
	return b.AllowN(now, 1)
}

// forget drops the buckets that have filled up again, and all of them if none has.
func (l *limits) forget(now time.Time) {
	for a, b := range l.by {
		if b.TokensAt(now) >= float64(l.burst()) {
			delete(l.by, a)
		}
	}
	if len(l.by) >= maxAddresses {
		clear(l.by)
	}
}

// watched are the paths of those who watch the service, who ask from one address whatever
// the visitors do.
var watched = map[string]bool{"/readyz": true, "/metrics": true}

// allowed takes a request from its address's bucket.
func (s *service) allowed(r *http.Request) bool {
	if watched[r.URL.Path] || s.c.Demo != nil && s.c.Demo.BackChannel(r.URL.Path) { // whose provider stands for another host
		return true
	}
	now := time.Now()
	ok := s.limits.allow(s.address(r), now)
	if token := s.auth.Token(r); ok && token != "" { // one session has its bucket whatever addresses it comes from
		ok = s.bySession.allow(token, now)
	}
	if !ok {
		s.metrics.Limited()
	}
	return ok
}

// address is whose bucket a request takes from: a network of IPv6 is one.
func (s *service) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if s.c.BehindProxy {
		// The proxy's own word is the last of all: some append to the visitor's line, some add one.
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		host = strings.TrimSpace(all[len(all)-1])
	}
	ip := net.ParseIP(host)
	if ip == nil {
		return "unknown"
	}
	if ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return ip.String()
}
