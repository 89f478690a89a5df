package server

import (
	"bytes"
	"cmp"
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
	Addr string `json:"-"`   // 127.0.0.1:8080
	Data string `json:"-"`   // directory
	URL  string `json:"url"` // the service's own address as people write it, https://host; empty, in a demonstration: http:// and the address listened on

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
	atATime    int                                 // 0: the constant of that name
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
		return fail(placed(text, err))
	}
	return c, nil
}

// placed says in which line of a configuration something is wrong, and with which member.
func placed(text []byte, err error) error {
	wrong, ok := errors.AsType[*json.SemanticError](err)
	if !ok {
		return err
	}
	line := 1 + bytes.Count(text[:min(int(wrong.ByteOffset), len(text))], []byte("\n"))
	if errors.Is(err, json.ErrUnknownName) {
		return fmt.Errorf("line %d: there is no member %s", line, wrong.JSONPointer)
	}
	return fmt.Errorf("line %d: the member %s can't be a %s", line, cmp.Or(string(wrong.JSONPointer), "of the whole"), wrong.JSONKind)
}

// address is a service's own as people write it.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || text != u.Scheme+"://"+u.Host {
		return nil, fmt.Errorf("the service's own address, url, is %q, which is not of the form https://host", text)
	}
	return u, nil
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
	c.atATime = cmp.Or(c.atATime, atATime)
	if c.proofLasts == nil {
		c.proofLasts = proofLasts
	}
	scheme := "http://"
	if c.TLS.Certificate != "" {
		scheme = "https://"
	}
	if c.URL == "" && c.Demo != nil {
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
	u, err := address(c.URL)
	if err != nil {
		return fmt.Errorf("couldn't serve: %w", err)
	}
	c.Origin = cmp.Or(c.Origin, u.Host+"/log")
	c.Rate = cmp.Or(c.Rate, 50)
	c.SessionRate = cmp.Or(c.SessionRate, c.Rate)
	if c.Demo != nil {
		c.demonstrate()
	}
	err = c.Check()
	if c.Demo == nil {
		err = errors.Join(err, c.CheckFiles(c.Clock()))
	}
	if err != nil {
		return fmt.Errorf("couldn't serve: %w", err)
	}
	return nil
}
