module github.com/skalig/skalig

go 1.26.0

require (
	filippo.io/torchwood v0.9.0 // tests: another's client walks our log
	github.com/Shopify/toxiproxy/v2 v2.5.0 // tests: lines that are cut
	github.com/alecthomas/kong v1.17.0 // the command line
	github.com/alexedwards/scs/v2 v2.9.0 // sessions
	github.com/andybalholm/brotli v1.2.0 // pages and artefacts compressed once, when built
	github.com/anishathalye/porcupine v1.1.0 // tests: whether a history has one order
	github.com/coreos/go-oidc/v3 v3.21.0 // sign-in
	github.com/evanw/esbuild v0.28.2 // bundles the pages without Node
	github.com/go-jose/go-jose/v4 v4.1.4 // keys of the demonstration's provider
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3 // strict JSON outside the artefact
	github.com/google/trillian v1.8.0 // the log beyond one machine, its client
	github.com/hashicorp/go-memdb v1.3.5 // the read model
	github.com/jackc/pgx/v5 v5.12.0 // the journal of several nodes
	github.com/personnummer/go/v3 v3.0.2 // identity numbers
	github.com/prometheus/client_golang v1.25.0 // metrics
	github.com/prometheus/client_model v0.6.3 // tests: what a scraper reads
	github.com/prometheus/common v0.72.0 // tests: metrics as a scraper reads them
	github.com/rogpeppe/go-internal v1.16.0 // tests: sessions at a terminal, txtar
	github.com/rs/zerolog v1.28.0 // tests: keeps the proxy quiet
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.2 // tests: the published schemas
	github.com/syumai/workers v0.32.0 // the estimate at an edge
	github.com/tailscale/hujson v0.0.0-20250605163823-992244df8c5a // comments in the configuration file
	github.com/tetratelabs/wazero v1.12.0 // runs the artefact on the server
	github.com/transparency-dev/tessera v1.0.4 // the log in files
	github.com/zitadel/oidc/v3 v3.45.0 // the demonstration's provider
	golang.org/x/crypto v0.58.0 // tests: the agent that holds the key of a witness
	golang.org/x/mod v0.42.0 // signed notes and Merkle trees, in the verifier too
	golang.org/x/net v0.61.0 // tests: frames of HTTP/2 that no client sends
	golang.org/x/oauth2 v0.37.0 // sign-in
	golang.org/x/sync v0.24.0 // what many wait for is asked or computed once
	golang.org/x/sys v0.49.0 // a power cut in the tests
	golang.org/x/text v0.43.0 // plural forms: the pages', and tests of the engine's
	golang.org/x/time v0.15.0 // rate limits
	google.golang.org/grpc v1.83.2 // how Trillian is spoken to
	google.golang.org/protobuf v1.36.12 // what is said
	k8s.io/klog/v2 v2.140.0 // keeps the log libraries' own logging quiet
	modernc.org/sqlite v1.61.1 // the journal and the sessions
	pgregory.net/rapid v1.3.0 // tests: anything that can be said of a household
	rsc.io/qr v0.2.0 // the receipt's code on paper
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/bmatcuk/doublestar/v4 v4.9.1 // indirect
	github.com/cenkalti/backoff/v5 v5.0.3 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/go-chi/chi/v5 v5.2.3 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/mux v1.8.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/hashicorp/go-immutable-radix v1.3.1 // indirect
	github.com/hashicorp/golang-lru v0.5.4 // indirect
	github.com/hashicorp/golang-lru/v2 v2.0.7 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/kylelemons/godebug v1.1.0 // indirect
	github.com/mattn/go-colorable v0.1.14 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/muhlemmer/gu v0.3.1 // indirect
	github.com/muhlemmer/httpforwarded v0.1.0 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/rs/cors v1.11.1 // indirect
	github.com/rs/xid v1.4.0 // indirect
	github.com/sirupsen/logrus v1.9.4 // indirect
	github.com/transparency-dev/formats v0.0.0-20251208091212-1378f9e1b1b7 // indirect
	github.com/transparency-dev/merkle v0.0.2 // indirect
	github.com/zitadel/logging v0.6.2 // indirect
	github.com/zitadel/schema v1.3.1 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/otel v1.45.0 // indirect
	go.opentelemetry.io/otel/metric v1.45.0 // indirect
	go.opentelemetry.io/otel/trace v1.45.0 // indirect
	golang.org/x/crypto/x509roots/fallback v0.0.0-20261030153154-30a33513ff6d
	golang.org/x/exp v0.0.0-20260508232706-74f9aab9d74a // indirect
	golang.org/x/tools v0.52.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260825221802-da73d73af1c5
	gopkg.in/tomb.v1 v1.0.0-20141024135613-dd632973f1e7 // indirect
	modernc.org/libc v1.79.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

exclude github.com/google/pprof v0.0.0-20261016150608-1facf8f91b50

tool github.com/syumai/workers/cmd/workers-assets-gen
