package server

// Natively has a service compute natively by fn, as a program does whose build of the
// engine is another than the artefact.
func (c *Config) Natively(fn func(name string, in []byte) []byte) { c.native = fn }
