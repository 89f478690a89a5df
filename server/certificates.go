package server

import (
	"crypto/tls"
	"fmt"

	"github.com/skalig/skalig/server/metrics"
)

// certificates are those of the configuration that this service shows to others, as
// they are when it starts: a file that is put in one's place is used at the next start.
func (c *Config) certificates() ([]metrics.Certificate, error) {
	var all []metrics.Certificate
	add := func(use, municipality, certificate, key string) error {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return fmt.Errorf("couldn't read the certificate for %s: %w", use, err)
		}
		all = append(all, metrics.Certificate{Use: use, Municipality: municipality, Ends: pair.Leaf.NotAfter})
		return nil
	}
	if c.TLS.Certificate != "" {
		if err := add(metrics.Served, "", c.TLS.Certificate, c.TLS.Key); err != nil {
			return nil, err
		}
	}
	for code, r := range c.Registers {
		if err := add(metrics.Asking, code, r.Certificate, r.Key); err != nil {
			return nil, err
		}
	}
	return all, nil
}
