package ssbteksim

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"time"
)

// A Place is where a simulator answers: on this machine alone, behind mutual TLS
// with an authority of its own that is made anew each time and lies in memory.
type Place struct {
	URL       string
	Client    tls.Certificate   // the municipality's own
	Authority *x509.Certificate // from which both sides' certificates come

	server *http.Server
	done   chan error
}

// Open serves a simulator until it is closed.
func Open(s *Simulator) (*Place, error) {
	p := &Place{done: make(chan error, 1)}
	authority, key, err := p.authority()
	if err != nil {
		return nil, fmt.Errorf("couldn't make the certificates of the simulated agencies: %w", err)
	}
	own, err1 := signed("SSBTEK", x509.ExtKeyUsageServerAuth, authority, key)
	client, err2 := signed("the municipality", x509.ExtKeyUsageClientAuth, authority, key)
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("couldn't make the certificates of the simulated agencies: %w", err)
	}
	p.Client = client
	trusted := x509.NewCertPool()
	trusted.AddCert(authority)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("couldn't serve the simulated agencies: %w", err)
	}
	p.URL = "https://" + listener.Addr().String() + "/ssbtek"
	p.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted}}
	go func() { p.done <- p.server.ServeTLS(listener, "", "") }()
	return p, nil
}

// Roots holds the authority.
func (p *Place) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(p.Authority)
	return pool
}

// Close ends it, with the questions that are under way.
func (p *Place) Close(context.Context) error {
	err := p.server.Close()
	<-p.done
	return err
}

// authority makes the one that both sides trust.
func (p *Place) authority() (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	t := template("the authority of the simulated agencies")
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	p.Authority, err = x509.ParseCertificate(der)
	return p.Authority, key, err
}

func signed(name string, use x509.ExtKeyUsage, authority *x509.Certificate, by *ecdsa.PrivateKey) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	t := template(name)
	t.KeyUsage, t.ExtKeyUsage, t.IPAddresses = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{use}, []net.IP{net.IPv4(127, 0, 0, 1)}
	der, err := x509.CreateCertificate(rand.Reader, t, authority, &key.PublicKey, by)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// template is valid for as long as any demonstration runs.
func template(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0)}
}
