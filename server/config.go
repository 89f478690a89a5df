package server

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/tailscale/hujson"

	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/register/ssbtek"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/wasm/contract"
)

// Config says what to serve and where. Addr and Data must be set, and either
// Demo or SignIn. The members with a name in JSON are a configuration file's.
type Config struct {
	Addr string `json:"-"` // 127.0.0.1:8080
	Data string `json:"-"` // directory
	URL  string `json:"-"` // the service's own address as people write it, https://host; empty: http:// and the address listened on

	Demo Demonstration `json:"-"` // what stands in for the world around it; nil: in earnest

	SignIn         municipality.SignIn         `json:"signIn"`         // of a service in earnest
	Municipalities []municipality.Municipality `json:"municipalities"` // who decides; a demonstration has its own
	Operators      []string                    `json:"operators"`      // who keeps the service running, as in the claim orgAffiliation
	EraseOld       bool                        `json:"eraseOld"`       // erase files five years after their last note (package retention); else they are only counted
	StopAutomation bool                        `json:"stopAutomation"` // every case goes to a caseworker
	Approvers      []release.Approver          `json:"approvers"`      // who may approve engines, two for each; a demonstration has its own
	Origin         string                      `json:"origin"`         // the log's name for ever, host/path; empty: from URL; read only when the log is made

	Database  postgres.Config  `json:"database"` // PostgreSQL, for several nodes; nothing: files under Data, for one
	PublicLog publiclog.Config `json:"log"`      // what keeps the log; nothing: files under Data

	Registers map[string]ssbtek.Config `json:"registers"` // the agencies' composite service, for each municipality by its code that is connected; a demonstration has its own

	Chromium string `json:"chromium"` // to print letters with; empty: found by its usual names; none: letters are not printed

	TLS     TLS    `json:"tls"`     // serve over TLS; nothing: a proxy in front does
	Metrics string `json:"metrics"` // address for /metrics, /healthz and /readyz alone; nothing: only a demonstration shows its metrics, among its pages

	Rate        float64  `json:"rate"`        // requests a second from one address; 0: 50
	SessionRate float64  `json:"sessionRate"` // requests a second in one session, from wherever; 0: as from one address
	Edges       []string `json:"edges"`       // https://host of each edge that serves the calculator's pages: a form may come from there
	BehindProxy bool     `json:"behindProxy"` // addresses are the last of X-Forwarded-For

	KeepFree uint64        `json:"keepFree"` // bytes of the disk under which nothing new is taken in; 0: 64 MiB
	Free     func() uint64 `json:"-"`        // bytes that are free under Data; nil: what the file system says

	Version string           `json:"-"` // of this program
	Log     *slog.Logger     `json:"-"` // nil: silent
	Clock   func() time.Time `json:"-"` // nil: time.Now
	Started func(url string) `json:"-"` // told once when the service is ready; may be nil

	native     func(name string, in []byte) []byte // the native build of the engine; nil: this program's
	proofLasts func() time.Duration                // nil: the function of that name
}

// TLS names the files with the certificate chain and its key, PEM.
type TLS struct {
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

// ReadConfig reads a configuration file: JSON with comments and trailing commas,
// and no member that means nothing.
func ReadConfig(text []byte) (Config, error) {
	fail := func(err error) (Config, error) {
		return Config{}, fmt.Errorf("couldn't read the configuration: %w", err)
	}
	plain, err := hujson.Standardize(bytes.Clone(text)) // it writes over what it is given
	if err != nil {
		return fail(err)
	}
	var c Config
	if err := json.Unmarshal(plain, &c, json.RejectUnknownMembers(true)); err != nil {
		return fail(err)
	}
	return c, nil
}

// Check says everything that is wrong with a configuration, as far as it can be told
// without serving.
func (c *Config) Check() error {
	var errs []error
	must := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	must(c.SignIn.Issuer != "" && len(c.Municipalities) > 0, "without a demonstration, sign-in and at least one municipality must be set")
	errs = append(errs, municipality.Check(c.Municipalities))
	must(c.Demo != nil || c.SignIn.Issuer == "" || unheard(c.SignIn.Issuer), "sign-in's issuer must be https")
	for _, m := range c.Municipalities {
		must(c.Demo != nil || m.SignIn == nil || unheard(m.SignIn.Issuer), "the issuer of %s must be https", m.Code)
	}
	must(c.Demo != nil || len(c.Approvers) >= release.Needed, "%d people must be set who may approve engines", release.Needed)
	if c.TLS != (TLS{}) {
		pair, err := tls.LoadX509KeyPair(c.TLS.Certificate, c.TLS.Key)
		if err != nil {
			errs = append(errs, fmt.Errorf("the certificate can't be used: %w", err))
		} else if c.Clock != nil {
			now := c.Clock()
			must(now.Before(pair.Leaf.NotAfter) && now.After(pair.Leaf.NotBefore), "the certificate is valid from %s to %s", pair.Leaf.NotBefore.Format(time.DateOnly), pair.Leaf.NotAfter.Format(time.DateOnly))
		}
	}
	must(c.Database.URL == "" || c.PublicLog.Backend == publiclog.Trillian, "with a database the log's backend must be %q: %w", publiclog.Trillian, publiclog.ErrShared)
	if c.Metrics != "" {
		_, _, err := net.SplitHostPort(c.Metrics)
		must(err == nil, "the address for metrics is not host:port")
	}
	return errors.Join(errs...)
}

// unheard says whether nobody on the way hears what is said to an address: it is of
// https, or of this very machine.
func unheard(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()))
}

// complete fills in what was left out, given the address that is listened on.
func (c *Config) complete(listening net.Addr) error {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.native == nil {
		c.native = contract.Call
	}
	if c.proofLasts == nil {
		c.proofLasts = proofLasts
	}
	scheme := "http://"
	if c.TLS.Certificate != "" {
		scheme = "https://"
	}
	if c.URL == "" {
		host, _, err1 := net.SplitHostPort(c.Addr)
		_, port, err2 := net.SplitHostPort(listening.String())
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("couldn't serve: %w", err)
		}
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "localhost"
		}
		c.URL = scheme + net.JoinHostPort(host, port)
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || c.URL != u.Scheme+"://"+u.Host {
		return fmt.Errorf("couldn't serve: the URL %q is not of the form https://host", c.URL)
	}
	if c.Demo == nil && !unheard(c.URL) {
		return fmt.Errorf("couldn't serve: the address %s is not https; a proxy in front or the configuration's tls speaks it", c.URL)
	}
	c.Origin = cmp.Or(c.Origin, u.Host+"/log")
	c.Rate = cmp.Or(c.Rate, 50)
	c.SessionRate = cmp.Or(c.SessionRate, c.Rate)
	if c.Demo != nil {
		c.demonstrate()
	}
	if err := c.Check(); err != nil {
		return fmt.Errorf("couldn't serve: %w", err)
	}
	return nil
}
