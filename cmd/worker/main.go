//go:build !js

// Command worker is the estimate (package estimate) at an edge: Cloudflare
// Workers, by github.com/syumai/workers. `make worker` builds it into
// bin/worker, `make worker-dev` runs it here in workerd.
//
// # Parts
//
//	entry.ts      what the platform calls for every request
//	program.ts    app.wasm, this command compiled by Go, in one instance
//	engine.wasm   the released artefact, byte for byte, in one instance
//	assets/       the calculator's pages, taken from the service (command pages)
//	wrangler.jsonc  what the platform is told
//
// # One instance for many requests
//
// The library's own entry makes a Go program for each request, and its program
// ends with the first answer that has been streamed: a second one panics on the
// channel that is closed twice. Here one program serves them all. An answer is
// handed over whole, as a value of JavaScript, which the library passes on
// without streaming it; and a body is taken whole too, because the library's
// reader keeps two callbacks for every piece that it reads.
//
// The call that is asked most, POST /v1/assess without parameters, needs nothing
// but the artefact: the entry answers it alone, with the headers that package
// estimate gave when the worker was built. So a first estimate does not wait
// until Go has started. The tests ask every case in both ways, and hold both to
// the server's bytes.
//
// # Limits
//
// Nothing is kept between requests but the two instances; the artefact's is made
// anew above 16 MiB. Nothing is logged. A body is read to 1 MiB and no further.
// The binding LIMIT, where the platform offers it, refuses an address that asks
// too often; a network of IPv6 is one address.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "error: this program runs at an edge\nhint: make worker builds it, make worker-dev runs it here")
	os.Exit(1)
}
