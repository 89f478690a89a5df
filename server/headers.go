package server

import (
	"net/http"
	"strings"
)

// closed is the policy of what is no page: it runs, fetches, frames and sends nothing.
const closed = "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard sets what every answer of the process says to the browser, also where the
// service is not ready and where only those who watch may ask. A page widens the
// policy, and what is the same for everyone says how long it may be kept.
func guard(h http.Header, https bool) {
	h.Set("Content-Security-Policy", closed)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// policyOfPages is the policy of the service's own pages: its own files alone, and
// forms that may lead to the providers of e-identification.
func (s *service) policyOfPages() string {
	csp := "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
	return strings.Join(append([]string{csp}, s.auth.FormOrigins()...), " ") + "; frame-ancestors 'none'"
}
