package trilliantest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
)

// Secure starts one more log server on the cluster's database until the test ends,
// which speaks TLS only. It gives its address and a file with the certificate that
// vouches for it.
func (c *Cluster) Secure(t testing.TB) (address, ca string) {
	t.Helper()
	dir := t.TempDir()
	a, cert, key := newAuthority(t), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.issue(t, cert, key)
	address, err := proctest.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p, err := proctest.Begin(func() (*proctest.Process, error) {
		return proctest.Launch(filepath.Join(c.dir, "secure.log"), nil, c.files.server,
			append(c.common(), "--rpc_endpoint="+address, "--tree_gc=false", "--tls_cert_file="+cert, "--tls_key_file="+key)...)
	}, func() error { return proctest.Listening(address) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return address, a.file
}

// An authority vouches for servers on this machine.
type authority struct {
	file string // with its certificate
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Authority makes a new authority that no server's certificate is from, and gives the
// file with its own.
func Authority(t testing.TB) string { return newAuthority(t).file }

func newAuthority(t testing.TB) authority {
	t.Helper()
	a := authority{file: filepath.Join(t.TempDir(), "ca.pem"), key: newKey(t)}
	der := certify(t, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test's authority"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, a.key, a.key)
	var err error
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	writePEM(t, a.file, "CERTIFICATE", der)
	return a
}

// issue writes a server's certificate and key.
func (a authority) issue(t testing.TB, cert, key string) {
	t.Helper()
	own := newKey(t)
	writePEM(t, cert, "CERTIFICATE", certify(t, &x509.Certificate{SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, a.cert, own, a.key))
	der, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, key, "PRIVATE KEY", der)
}

// certify signs a certificate for own; without an issuer it is its own.
func certify(t testing.TB, c, issuer *x509.Certificate, own, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	if issuer == nil {
		issuer = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, issuer, &own.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func writePEM(t testing.TB, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}
