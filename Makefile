# Skälig. `make run` needs only Go; `make test` installs what the tests need.
ADDR ?= 127.0.0.1:8080
DATA ?= ./data
# Generated households that the native engine, wazero and Node must answer alike.
HOUSEHOLDS ?= $(if $(CI),100000,5000)
# Seeds of the made-up world in which faults are simulated.
SEEDS ?= $(if $(CI),2000,200)

.PHONY: run scale build worker worker-dev embed test wasm bench load faults soak security vuln fuzz screenshots clean

run: build
	@exec bin/skalig serve --demo --addr $(ADDR) --data $(DATA)

# The pages are bundled, then the one binary is built around the released artefact.
# TAGS=earnest leaves out the demonstration with its sign-in for test persons.
build:
	@go run ./site/build
	@go build $(if $(TAGS),-tags $(TAGS)) -o bin/skalig ./cmd/skalig

# Two nodes on a PostgreSQL and a Trillian of their own, at http://localhost:8081 and 8082.
scale: build
	@.ci/need initdb
	@go build -o bin/scale ./server/nodes/scale
	@exec bin/scale bin/skalig

# The edge worker, in bin/worker.
worker: build
	@go run ./cmd/worker/build

# The edge worker in workerd on this machine, at http://localhost:8787.
worker-dev: worker
	@.ci/need node npm
	@cd cmd/worker/test && npm ci --no-audit --no-fund --ignore-scripts >/dev/null && exec npm run -s dev

test: build worker
	@.ci/need node npm chromium initdb mariadbd strace mkfs.ext4 promtool systemd-analyze valgrind
	@test -z "$$(gofmt -l cmd engine ledger server site wasm)" || { gofmt -l cmd engine ledger server site wasm; echo "error: these files are not formatted"; echo "hint: gofmt -w FILE"; exit 1; }
	go vet ./...
	SKALIG_SEEDS=$(SEEDS) go test -timeout 30m ./...
	go test ./wasm -run TestEngineSame -households $(HOUSEHOLDS)
	cd site/test && npm ci --no-audit --no-fund --ignore-scripts && npm test
	cd cmd/worker/test && npm ci --no-audit --no-fund --ignore-scripts && npm test
	@# Its lock holds what there is for this machine; the other command wants every machine's, which not every registry has.
	cd wasm/peers && npm install --no-save --no-audit --no-fund --ignore-scripts && npm test

# Rebuilds both artefacts with the pinned toolchain; fails unless the bytes are the release's.
wasm:
	@go run ./wasm/build

# Every test that server/faults/faults.md names, with what it counted.
faults: build
	@.ci/need initdb mariadbd strace mkfs.ext4
	@.ci/faults

# Repeats them for hours.
SOAK ?= 20
soak: build
	@.ci/need initdb mariadbd strace mkfs.ext4
	SKALIG_SEEDS=$${SEEDS:-200000} go test -timeout 0 -v -run '^TestSimulation$$' ./server/faults/simulation
	@COUNT=$(SOAK) .ci/faults

# The checks of the source and of what is built of it; what they are for is in server/security.
security:
	@.ci/security

# Known flaws in what the program calls, by a copy of the Go vulnerability database: make vuln DB=file:///path
vuln:
	@test -n "$(DB)" || { echo "error: no database was named"; echo "hint: make vuln DB=file:///path/to/vulndb"; exit 1; }
	go run golang.org/x/vuln/cmd/govulncheck@v1.8.0 -db $(DB) ./...

# Every fuzz target, for longer than .ci/run does. ONLY='server/form' takes some of them.
fuzz: build
	@TIME=$${TIME:-5m} .ci/fuzz

bench: build worker
	@.ci/need node npm chromium initdb mariadbd
	@.ci/bench

# Applicants of the first days of a month against a real service, over HTTP. MONTH=85000
# takes so many applications through it as fast as they end.
RATE ?= 50
FOR ?= 10m
load: build
	go run ./cmd/load $(if $(MONTH),-month $(MONTH),-rate $(RATE) -for $(FOR))

# A municipality's page with the embedded calculator, on another origin than the service.
embed: build
	@.ci/need node npm
	@cd site/test && npm ci --no-audit --no-fund --ignore-scripts >/dev/null && exec npm run -s embed

# Makes the README's pictures anew.
screenshots: build
	@.ci/need node npm chromium
	cd site/test && npm ci --no-audit --no-fund --ignore-scripts && npm run -s screenshots

clean:
	rm -rf bin site/dist/* .cache
