package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/register/ssbtek"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/site"
)

// faults collects what is wrong.
type faults []error

func (f *faults) must(ok bool, format string, args ...any) {
	if !ok {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}

func (f *faults) add(err error) {
	if err != nil {
		*f = append(*f, err)
	}
}

// Check says everything that is wrong with what a configuration says, whatever lies in
// the files that it names.
func (c *Config) Check() error {
	var f faults
	f.must(c.SignIn.Issuer != "" && len(c.Municipalities) > 0, "without a demonstration, sign-in and at least one municipality must be set")
	f.add(municipality.Check(c.Municipalities))
	f.must(c.Database.URL == "" || c.PublicLog.Backend == publiclog.Trillian, "with a database the log's backend must be %q: %w", publiclog.Trillian, publiclog.ErrShared)
	f.add(c.PublicLog.Check())
	f.must(c.Rate >= 0 && c.SessionRate >= 0, "rate and sessionRate can't be less than 0: nobody would be answered")
	f.must((c.TLS.Certificate == "") == (c.TLS.Key == ""), "tls needs both a certificate and its key")
	for _, edge := range c.Edges {
		f.must(http.NewCrossOriginProtection().AddTrustedOrigin(edge) == nil && strings.HasPrefix(edge, "https://"), "the edge %q is not of the form https://host", edge)
	}
	if c.Metrics != "" {
		_, port, err := net.SplitHostPort(c.Metrics)
		f.must(err == nil, "the address for metrics is not host:port")
		n, wrong := strconv.ParseUint(port, 10, 16)
		f.must(err != nil || wrong == nil && n > 0, "the address for metrics has no port of a machine")
	}
	if c.Demo == nil {
		c.inEarnest(&f)
	}
	return errors.Join(f...)
}

// inEarnest is what a demonstration decides for itself.
func (c *Config) inEarnest(f *faults) {
	u, err := address(strings.TrimSuffix(c.URL, "/"))
	f.add(err)
	f.must(err != nil || unheard(c.URL), "the service's own address, url, is not https; a proxy in front or the configuration's tls speaks it")
	f.must(err != nil || !c.BehindProxy || u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback(),
		"behind a proxy the service's own address, url, is not this machine's: everybody would be sent to their own")
	f.provider("sign-in", c.SignIn)
	for _, m := range c.Municipalities {
		if m.SignIn != nil {
			f.provider("the sign-in of "+m.Code, *m.SignIn)
		}
		for _, lang := range m.Languages {
			f.must(slices.Contains(site.Languages(), lang), "municipality %s offers the language %q, which the pages don't have", m.Code, lang)
		}
	}
	for code := range c.Registers {
		f.must(slices.ContainsFunc(c.Municipalities, func(m municipality.Municipality) bool { return m.Code == code }), "registers are set for %s, which is none of the municipalities", code)
	}
	for _, affiliation := range c.Operators {
		member, organisation, _ := strings.Cut(affiliation, "@")
		f.must(member != "" && organisation != "" && !strings.Contains(organisation, "@"), "the operator %q is not of the form member@organisation", affiliation)
	}
	f.must(len(c.Approvers) >= release.Needed, "%d people must be set who may approve engines", release.Needed)
	f.add(release.CheckApprovers(c.Approvers))
}

func (f *faults) provider(what string, p municipality.SignIn) {
	f.must(p.Issuer == "" || unheard(p.Issuer), "the issuer of %s must be https", what)
	f.must(p.Issuer == "" || p.ClientID != "" && len(p.Contexts) > 0, "%s needs a clientID, and in contexts how the provider says that a proof is good enough", what)
}

// CheckFiles says everything that is wrong with the files that a configuration names. It
// opens no connection.
func (c *Config) CheckFiles(now time.Time) error {
	var f faults
	if c.TLS.Certificate != "" && c.TLS.Key != "" {
		pair, err := tls.LoadX509KeyPair(c.TLS.Certificate, c.TLS.Key)
		if err != nil {
			f.add(fmt.Errorf("the certificate can't be used: %w", err))
		} else {
			f.must(now.Before(pair.Leaf.NotAfter) && now.After(pair.Leaf.NotBefore), "the certificate is valid from %s to %s", pair.Leaf.NotBefore.Format(time.DateOnly), pair.Leaf.NotAfter.Format(time.DateOnly))
		}
	}
	f.secret("sign-in", c.SignIn.ClientSecret)
	for _, m := range c.Municipalities {
		if m.SignIn != nil {
			f.secret("the sign-in of "+m.Code, m.SignIn.ClientSecret)
		}
	}
	_, err := municipality.Open(c.Municipalities)
	f.add(err)
	for code, r := range c.Registers {
		if _, err := ssbtek.New(r); err != nil {
			f.add(fmt.Errorf("municipality %s: %w", code, err))
		}
	}
	f.add(c.PublicLog.CheckFiles())
	if c.Chromium != "" && c.Chromium != noPrinter {
		_, err := exec.LookPath(c.Chromium)
		f.must(err == nil, "there is no Chromium at %s", c.Chromium)
	}
	return errors.Join(f...)
}

// secret holds that a file with a client's secret is there, for the service alone.
func (f *faults) secret(what, path string) {
	if path == "" {
		return
	}
	info, err := os.Stat(path)
	if err != nil {
		f.add(fmt.Errorf("the client's secret of %s can't be read: %w", what, err))
		return
	}
	f.must(info.Mode().Perm()&0o077 == 0, "the client's secret of %s, %s, may be read by others (mode %o, want 600)", what, path, info.Mode().Perm())
}
