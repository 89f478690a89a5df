package server_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/server"
)

// TestTLS serves over TLS by itself: the browser is told to stay with it, and what is
// older than 1.2 is not spoken.
func TestTLS(t *testing.T) {
	own, trust := ownTLS(t)
	s := run(t, filepath.Join(t.TempDir(), "data"), func(c *server.Config) { c.TLS = own })

	b := s.browser(t)
	b.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}}
	if a := b.get("/kvitto"); a.code != 200 || a.head.Get("Strict-Transport-Security") != "max-age=31536000; includeSubDomains" {
		t.Errorf("%d %v", a.code, a.head)
	}
	leaf, err := tls.LoadX509KeyPair(own.Certificate, own.Key)
	if err != nil {
		t.Fatal(err)
	}
	ends := fmt.Sprintf(`skalig_certificate_expiry_timestamp_seconds{municipality="",use="service"} %v`, float64(leaf.Leaf.NotAfter.Unix()))
	if a := b.get("/metrics"); !strings.Contains(a.body, ends+"\n") {
		t.Errorf("the metrics lack %s (%d)", ends, a.code)
	}
	for version, ok := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		old := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust, MinVersion: version, MaxVersion: version}}}
		res, err := old.Get(s.url + "/healthz")
		if (err == nil) != ok {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			_ = res.Body.Close()
		}
		old.CloseIdleConnections()
	}
}

// ownTLS is a certificate for this machine in files, and who trusts it.
func ownTLS(t *testing.T) (own server.TLS, trust *x509.CertPool) {
	t.Helper()
	other := httptest.NewTLSServer(nil)
	defer other.Close()
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pair := other.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	trust = x509.NewCertPool()
	trust.AddCert(other.Certificate())
	return server.TLS{Certificate: write("chain", "CERTIFICATE", pair.Certificate[0]), Key: write("key", "PRIVATE KEY", key)}, trust
}
