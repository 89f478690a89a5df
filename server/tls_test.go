package server_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/skalig/skalig/server"
)

// TestTLS serves over TLS by itself: the browser is told to stay with it, and what is
// older than 1.2 is not spoken.
func TestTLS(t *testing.T) {
	other := httptest.NewTLSServer(nil) // has a certificate for this machine
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
	own := server.TLS{Certificate: write("chain", "CERTIFICATE", pair.Certificate[0]), Key: write("key", "PRIVATE KEY", key)}
	s := run(t, filepath.Join(dir, "data"), func(c *server.Config) { c.TLS = own })

	b := s.browser(t)
	b.Transport = other.Client().Transport
	if a := b.get("/kvitto"); a.code != 200 || a.head.Get("Strict-Transport-Security") != "max-age=31536000; includeSubDomains" {
		t.Errorf("%d %v", a.code, a.head)
	}
	pool := x509.NewCertPool()
	pool.AddCert(other.Certificate())
	for version, ok := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		old := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: version, MaxVersion: version}}}
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
