// Package ssbtek asks the agencies through SSBTEK, their composite service for
// ekonomiskt bistånd, version 10: SOAP 1.1 over mutual TLS, one question, one block
// for each agency with data or an error.
//
// # The question
//
// hamtaBastjanstInformation in http://schema.forsakringskassan.se/integration/ssbt/10
// names the municipality, the person, the case, the period, the purpose and the
// law. Each agency is asked for; the Social Insurance Agency and the Pensions Agency
// share one block, whose question is JSON (LEFI version 9) in base64.
//
// # The answer
//
//	AF   employment service: registered or not, decisions     notes
//	CSN  XML in base64: payments of student aid               rows
//	FK   JSON in base64: payments of FK and PM, each with the agency's own state
//	SKV  XML as text: capital income                          notes
//	SO   unemployment funds: payments                         rows
//	TNS  vehicles                                             notes
//	MIV  residence permits                                    notes
//
// A block that is missing, or holds both or neither of data and error, is
// malformed; so is one about another person than was asked about. An agency whose
// answer says that the person's data is protected is withheld: nothing of it is
// kept.
//
// # What is read
//
// Amounts are what was paid out. Kinds are given where the agency's own name for a
// payment leaves no doubt (kindsOfFK and readCSN have the lists): a planned payment,
// one in another currency or under another name has none, and is read by a person.
//
// The answer is at most MaxBytes, has no document type, no processing instruction
// but its declaration, and is no deeper than maxDepth; so are the documents inside
// it. Nothing of it stands in any error.
package ssbtek

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"regexp"
	"time"

	"github.com/skalig/skalig/server/register"
)

// MaxBytes is the largest answer that is read.
const MaxBytes = 2 << 20

// Config says where SSBTEK is and who asks. Every member must be set.
type Config struct {
	URL          string `json:"url"`          // https
	Certificate  string `json:"certificate"`  // path of the municipality's own, PEM
	Key          string `json:"key"`          // path of its key
	Authority    string `json:"authority"`    // path of the certificates that SSBTEK's must come from, PEM
	Organisation string `json:"organisation"` // organisation number, 12 digits: 162120…
	Name         string `json:"name"`         // of the municipality
	Actor        string `json:"actor"`        // aktorsid, given by the Social Insurance Agency
}

// A Client asks. It is a register.Connector.
type Client struct {
	c    Config
	http *http.Client
}

var organisation = regexp.MustCompile(`^[0-9]{4}[2-9][0-9]{7}$`)

// New makes a client, and reads its certificates.
func New(c Config) (*Client, error) {
	own, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the certificate for SSBTEK: %w", err)
	}
	text, err := os.ReadFile(c.Authority)
	if err != nil {
		return nil, fmt.Errorf("couldn't read the authority of SSBTEK: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, errors.New("couldn't read the authority of SSBTEK: there is no certificate in the file")
	}
	return Connect(c, own, roots)
}

// Connect makes a client with certificates that are there already; the
// configuration's paths are not read.
func Connect(c Config, own tls.Certificate, roots *x509.CertPool) (*Client, error) {
	if c.Name == "" || c.Actor == "" || !organisation.MatchString(c.Organisation) {
		return nil, errors.New("couldn't set up SSBTEK: the municipality's name, organisation number of 12 digits and aktorsid must be set")
	}
	req, err := http.NewRequest(http.MethodPost, c.URL, nil)
	if err != nil || req.URL.Scheme != "https" || req.URL.Host == "" || req.URL.User != nil {
		return nil, errors.New("couldn't set up SSBTEK: its address is not of the form https://host/path")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}, RootCAs: roots},
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 60 * time.Second, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute, DisableCompression: true}
	return &Client{c, &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Ask implements register.Connector. One failure of the way there is every
// agency's silence.
func (c *Client) Ask(ctx context.Context, q register.Query) []register.Answer {
	question, err := Question(c.c, q)
	if err != nil {
		return silent(register.Malformed)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.c.URL, bytes.NewReader(question))
	if err != nil {
		return silent(register.Down)
	}
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	req.Header.Set("SOAPAction", `""`)
	res, err := c.http.Do(req)
	if err != nil {
		return silent(why(ctx))
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, MaxBytes+1))
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return silent(why(ctx))
	case res.StatusCode != http.StatusOK: // a fault of the composite service, or of what stands before it
		return silent(register.Down)
	case media != "text/xml" || len(text) > MaxBytes:
		return silent(register.Malformed)
	}
	return Parse(text, q.Number)
}

// why is the reason of a call that did not come back.
func why(ctx context.Context) register.Silence {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return register.Late
	}
	return register.Down
}

func silent(s register.Silence) []register.Answer {
	out := make([]register.Answer, len(register.Agencies))
	for i, a := range register.Agencies {
		out[i] = register.Answer{Agency: a, Silence: s}
	}
	return out
}
