package server

import "time"

// Natively has a service compute natively by fn, as a program does whose build of the
// engine is another than the artefact.
func (c *Config) Natively(fn func(name string, in []byte) []byte) { c.native = fn }

// ProofLasts has a service ask for a new proof of who is signed in after lasts.
func (c *Config) ProofLasts(lasts func() time.Duration) { c.proofLasts = lasts }

// AtATime has a page of the queue hold n cases.
func (c *Config) AtATime(n int) { c.atATime = n }
