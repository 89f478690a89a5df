package main

// parts are the table's, in its order.
var parts = []part{
	{"engine", all(gobench("./wasm/peers", "Engine", "300ms"), node("wasm/peers")), []row{
		{"one household natively, whole trace", engine + "with-trace ns/op", "µs", 1e3, "node publicodes estimate", "publicodes in Node", false},
		{"the same", engine + "with-trace ns/op", "µs", 1e3, "node zen estimate", "zen-engine in Node, with trace", false},
		{"the same, without trace", engine + "without-trace ns/op", "µs", 1e3, "", "", false},
		{"allocations with trace", engine + "with-trace allocs/op", "", 1, "", "", false},
		{"allocations without", engine + "without-trace allocs/op", "", 1, "", "", false},
		{"artefact in Node: start to first estimate", "node skalig start", "ms", 1, "node publicodes start", "publicodes", false},
		{"artefact in Node: start to first estimate", "node skalig start", "ms", 1, "node zen start", "zen-engine (native)", false},
		{"artefact in Node: estimate, JSON in and out", "node skalig estimate", "ms", 1, "node publicodes estimate", "publicodes", false},
		{"artefact in Node: estimate, JSON in and out", "node skalig estimate", "ms", 1, "node zen estimate", "zen-engine, with trace", false},
		{"artefact in Chromium: start to first estimate", "chromium skalig start", "ms", 1, "chromium publicodes start", "publicodes", false},
		{"artefact in Chromium: estimate, JSON in and out", "chromium skalig estimate", "ms", 1, "chromium publicodes estimate", "publicodes", false},
		{"over the wire, brotli", "wire skalig", "kB", 1e-3, "wire publicodes", "publicodes and these rules alone", false},
		{"artefact in wazero, a fresh instance a call", engine + "wazero ns/op", "µs", 1e3, engine + "json ns/op", "the native build, same JSON", false},
	}},
	{"openfisca", openfisca("wasm/peers"), []row{
		{"one household natively, whole trace", engine + "with-trace ns/op", "µs", 1e3, "openfisca estimate", "OpenFisca, one household a simulation", false},
		{"the same", engine + "with-trace ns/op", "µs", 1e3, "openfisca population", "OpenFisca, 100 000 at once, no reasons", false},
	}},
	{"log", all(gobench("./ledger/trillian", ".", "1s"), gobench("./ledger/tessera", "Sync|Publish/rest|Overhead/256", "1s")), []row{
		{"leaf appended to published checkpoint, log at rest", tessera + "Publish/rest p50-ms", "ms", 1, tessera + "Sync p50-ms", "one 4 KiB write and fsync: the disk's limit", false},
		{"the same, one after the other", trillian + "Publish/tessera published-p50-ms", "ms", 1, trillian + "Publish/trillian published-p50-ms", "our log on Trillian and PostgreSQL", false},
		{"the same", trillian + "Publish/tessera published-p50-ms", "ms", 1, trillian + "Publish/mariadb published-p50-ms", "our log on Trillian and MariaDB", false},
		{"leaves in batches of 256, each durable before the next", tessera + "Overhead/256 ours-leaves/s", "/s", 1, tessera + "Overhead/256 bare-leaves/s", "Tessera alone, the same batches in turn", true},
		{"leaves in batches of 1 000", trillian + "Bulk/tessera/1000 leaves/s", "/s", 1, trillian + "Bulk/trillian/1000 leaves/s", "our log on Trillian and PostgreSQL", true},
		{"the same", trillian + "Bulk/tessera/1000 leaves/s", "/s", 1, trillian + "Bulk/mariadb/1000 leaves/s", "our log on Trillian and MariaDB", true},
	}},
	{"decisions", gobench("./server/flow", "Receipt/clients=64", "1s"), []row{
		{"binding decisions, each durable and in the log, 64 clients", "./server/flow BenchmarkReceipt/clients=64 decisions/s", "/s", 1, "", "", true},
	}},
	{"replay", gobench("./server/replay", "Receipt/(proof|Verify|limit)", "500ms"), []row{
		{"receipts verified and decided again", replay + "proof+native receipts/s", "/s", 1, replay + "limit receipts/s", "SHA-256 and one Ed25519 alone: the limit", true},
		{"the same by the artefact in wazero", replay + "proof+artefact receipts/s", "/s", 1, replay + "proof+native receipts/s", "the native build", true},
	}},
	{"journal", all(gobench("./server/store", "Append|BareSQLite|Replay", "1s"), gobench("./server/store", "Events/1000000", "1x")), []row{
		{"events written, encrypted, chained and in the read model, 256 writers", "./server/store BenchmarkAppend events/s", "/s", 1, "./server/store BenchmarkBareSQLite events/s", "bare SQLite, 256 rows a transaction", true},
		{"events read back into the read model", "./server/store BenchmarkReplay events/s", "/s", 1, "", "", true},
		{"start with a journal of a million events", "./server/store BenchmarkEvents/1000000 s", "s", 1, "", "", false},
	}},
	{"page", node("site/test"), []row{
		{"calculator page, all of it, brotli", "page bytes /rakna", "kB", 1e-3, "", "", false},
		{"first page, all of it, brotli", "page bytes /", "kB", 1e-3, "", "", false},
		{"first page shown and usable, 1.6 Mbit/s, 150 ms round trip, 4× slower CPU", "page first", "ms", 1, "", "", false},
		{"calculator ready there, cold", "page cold", "ms", 1, "", "", false},
		{"first estimate there, cold", "page estimate cold", "ms", 1, "", "", false},
		{"first estimate there, warm", "page estimate warm", "ms", 1, "", "", false},
		{"keystroke to shown amount there", "page keystroke slow", "ms", 1, "", "", false},
		{"keystroke to shown amount", "page keystroke", "ms", 1, "", "", false},
		{"every line explained in the page, JSON in and out", "page explain", "ms", 1, "", "", false},
	}},
	{"worker", node("cmd/worker/test"), []row{
		{"worker: process start to first estimate (artefact alone)", "worker cold", "ms", 1, "hello cold", "“hello” by the same library and its entry", false},
		{"worker: process start to first explanation (Go program)", "program cold", "ms", 1, "hello cold", "“hello”", false},
		{"worker: /v1/assess, one client", "worker p50", "ms", 1, "hello p50", "“hello”", false},
		{"worker: /v1/assess, four clients", "worker rate", "/s", 1, "hello rate", "“hello”", true},
		{"worker: /v1/explain, one client", "program p50", "ms", 1, "hello p50", "“hello”", false},
		{"worker: /v1/explain, four clients", "program rate", "/s", 1, "hello rate", "“hello”", true},
		{"worker: memory of workerd after the load", "worker memory", "MiB", 1, "hello memory", "“hello”", false},
	}},
}

// Beginnings of the samples' names.
const (
	engine   = "./wasm/peers BenchmarkEngine/"
	tessera  = "./ledger/tessera Benchmark"
	trillian = "./ledger/trillian Benchmark"
	replay   = "./server/replay BenchmarkReceipt/"
)
