package doctor

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/letter"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/wasm"
)

// patience is how long anybody is waited for.
const patience = 5 * time.Second

func (x *examination) releases() {
	approved, faults, err := release.Read(x.path("releases"), x.o.Config.Approvers)
	if err != nil {
		x.find("release", Error, "look at the folder releases", "%v", err)
		return
	}
	for _, f := range faults {
		x.find("release", Warning, "have two people approve it (skalig release), or remove its folder", "%v", f)
	}
	current, today := wasm.Current().EngineSHA256, x.o.Clock().In(flow.Stockholm).Format(time.DateOnly)
	since, next := "", ""
	for _, a := range approved {
		switch {
		case a.Engine != current:
		case a.From <= today:
			since = a.From
		case next == "":
			next = a.From
		}
	}
	name := hex.EncodeToString(current[:])[:12]
	switch {
	case since != "":
		x.find("release", OK, "", "the engine %s… is approved since %s", name, since)
	case next != "":
		x.find("release", Warning, "until then every application waits; is the day right?", "the engine %s… is approved from %s", name, next)
	default:
		x.find("release", Error, "skalig release state, then two approvals (skalig release approve, put)", "nobody has approved the engine %s… of this program", name)
	}
}

// soon is how long before its end a certificate is spoken of.
const soon = 21 * 24 * time.Hour

func (x *examination) certificates() {
	c := x.o.Config
	if c.TLS.Certificate != "" {
		x.certificate("the service's certificate", c.TLS.Certificate)
	}
	for _, code := range slices.Sorted(maps.Keys(c.Registers)) {
		x.certificate("the certificate of "+code+" for the agencies", c.Registers[code].Certificate)
		x.certificate("what vouches for the agencies of "+code, c.Registers[code].Authority)
	}
	if c.PublicLog.CA != "" {
		x.certificate("what vouches for the log server", c.PublicLog.CA)
	}
}

// certificate looks at the first certificate of a file.
func (x *examination) certificate(what, file string) {
	leaf, err := readCertificate(file)
	if err != nil {
		x.find("certificate", Error, "put the file there that the configuration names", "%s can't be read: %v", what, err)
		return
	}
	now, until := x.o.Clock(), leaf.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case now.After(leaf.NotAfter):
		x.find("certificate", Error, "get another from its authority, and start the service again", "%s ended on %s", what, until)
	case now.Before(leaf.NotBefore):
		x.find("certificate", Error, "is the clock right?", "%s begins on %s", what, leaf.NotBefore.UTC().Format(time.DateOnly))
	case now.Add(soon).After(leaf.NotAfter):
		x.find("certificate", Warning, "get another from its authority before that day", "%s ends on %s", what, until)
	default:
		x.find("certificate", OK, "", "%s lasts until %s", what, until)
	}
}

func readCertificate(file string) (*x509.Certificate, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			return x509.ParseCertificate(block.Bytes)
		}
	}
	return nil, fmt.Errorf("%s holds no certificate", file)
}

func (x *examination) logServer() {
	if x.o.Config.PublicLog.Backend != publiclog.Trillian {
		return
	}
	address := x.o.Config.PublicLog.Address
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		x.find("logserver", Error, "start the log server; applications are taken in meanwhile, and nobody gets a decision", "the log server does not answer: %v", err)
		return
	}
	_ = conn.Close()
	x.find("logserver", OK, "", "the log server at %s answers", address)
}

func (x *examination) witnesses() {
	file := x.o.Config.PublicLog.Policy
	if file == "" {
		return
	}
	text, err := os.ReadFile(file)
	var policy ledger.Policy
	if err == nil {
		policy, err = ledger.ParsePolicy(text)
	}
	if err != nil {
		x.find("witness", Error, "put the policy there that the configuration names", "the policy of the witnesses can't be read: %v", err)
		return
	}
	for _, w := range policy.Witnesses {
		if w.URL == "" {
			continue
		}
		if err := x.ask(w.URL); err != nil {
			x.find("witness", Warning, "write to its operator; decisions go on, and the quorum is lost when more are away", "%s does not answer: %v", w.Name, err)
			continue
		}
		x.find("witness", OK, "", "%s answers", w.Name)
	}
}

// client asks whom the configuration names and nobody whom they name.
var client = &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ask holds that anything answers at an address.
func (x *examination) ask(url string) error {
	ctx, cancel := context.WithTimeout(x.ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

const page = `<!DOCTYPE html><html lang="sv"><title>Prov</title><h1>Prov</h1><p>Detta är ett prov.</p></html>`

func (x *examination) printer() {
	const do = "install Chromium, or say \"chromium\": \"none\"; until then decisions are pages to read and print"
	if x.o.Config.Chromium == "none" {
		return
	}
	p, err := letter.Find(x.o.Config.Chromium, "doctor "+x.o.Data)
	if errors.Is(err, letter.ErrNoBrowser) {
		x.find("printer", Warning, do, "there is no Chromium to print letters with")
		return
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(x.ctx, 8*patience)
		defer cancel()
		_, err = p.Print(ctx, []byte(page))
	}
	if err != nil {
		x.find("printer", Warning, do, "Chromium does not print: %v", err)
		return
	}
	x.find("printer", OK, "", "Chromium prints")
}

func (x *examination) signIns() {
	issuers := []string{}
	if x.o.Config.SignIn.Issuer != "" {
		issuers = append(issuers, x.o.Config.SignIn.Issuer)
	}
	for i := range x.o.Config.Municipalities {
		if own := x.o.Config.Municipalities[i].SignIn; own != nil {
			issuers = append(issuers, own.Issuer)
		}
	}
	for _, issuer := range slices.Compact(issuers) {
		ctx, cancel := context.WithTimeout(x.ctx, patience)
		_, err := oidc.NewProvider(oidc.ClientContext(ctx, client), issuer)
		cancel()
		if err != nil {
			x.find("signin", Error, "nobody can sign in until it answers: its status page, this machine's DNS and firewall", "%s does not answer as a provider of e-identification: %v", issuer, err)
			continue
		}
		x.find("signin", OK, "", "%s answers", issuer)
	}
}
