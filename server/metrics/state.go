package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/skalig/skalig/ledger/witness"
)

// A State is how the service is at one moment, read when metrics are collected.
type State struct {
	Ready      bool
	Queue      int       // cases that wait for a caseworker
	Oldest     time.Time // when the oldest of them was submitted; zero where none waits
	Unlogged   int       // leaves without a receipt
	Since      time.Time // when the oldest of them was made; zero where there is none
	Tree       uint64    // leaves in the log's published tree
	Published  time.Time // when it last grew here
	Rows       uint64    // of the journal, in the read model
	Rebuilt    float64   // the share of the journal that the read model holds, until it holds all
	Full       int       // 1 when the disk has room for nothing new, 2 when for nothing
	Free       uint64    // bytes of the disk under the data
	Elsewhere  bool      // the data are in a database, which is copied there
	Backup     time.Time // when the last backup of the data was taken; zero: none was
	Letters    int       // decisions whose letter is not printed yet
	Unprinted  time.Time // when the oldest of them was made; zero where there is none
	Printer    bool      // there is a Chromium to print letters with
	Witnesses  []witness.Status
	Quorum     bool            // the published checkpoint has the cosignatures that are required
	Automation map[string]bool // by municipality whose board has delegated them: automatic decisions are on

	Certificates []Certificate // that are in use

	Objects  map[string]int // of the read model, by table
	Behind   uint64         // rows of the journal that the read model lacks
	Leads    bool           // this node does what one of several nodes does for all
	Stale    time.Duration  // since the read model was last known to hold the whole journal
	Readable bool           // the journal's head could be read
	Engine   string         // the artefact that decides, SHA-256
	InForce  string         // the first day of its release; empty: none is in force
}

// A Certificate is one that this service shows to others.
type Certificate struct {
	Use          string // Served or Asking
	Municipality string // whose, where it is a municipality's
	Ends         time.Time
}

// The uses of a certificate.
const (
	Served = "service"  // to visitors
	Asking = "agencies" // to the agencies' registers
)

// stateCollector reads the state once for each scrape.
type stateCollector struct{ look func() State }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("skalig_"+name, help, labels, nil)
}

var (
	readyDesc       = describe("ready", "1 when the service is ready.")
	queueDesc       = describe("queue_depth", "Cases that wait for a caseworker.")
	oldestDesc      = describe("queue_oldest_timestamp_seconds", "When the oldest waiting case was submitted, 0 where none waits.")
	unloggedDesc    = describe("log_unlogged_decisions", "Leaves without a receipt.")
	sinceDesc       = describe("log_oldest_unlogged_timestamp_seconds", "When the oldest leaf without a receipt was made, 0 where there is none.")
	treeDesc        = describe("log_tree_size_entries", "Leaves in the log's published tree.")
	publishedDesc   = describe("log_checkpoint_timestamp_seconds", "When a larger checkpoint was last seen.")
	rowsDesc        = describe("journal_rows", "Rows of the journal that the read model holds.")
	rebuiltDesc     = describe("readmodel_rebuild_progress_ratio", "The share of the journal that a start has replayed into the read model; 1 when it holds all.")
	fullDesc        = describe("disk_full", "0 with room on the disk, 1 when nothing new is taken in for want of it, 2 when nothing is kept.")
	freeDesc        = describe("disk_free_bytes", "Bytes that are free where the data are.")
	backupDesc      = describe("backup_timestamp_seconds", "When the last backup of the data was taken, 0 where none was; absent where the data are in a database.")
	lettersDesc     = describe("letters_waiting", "Decisions whose letter is not printed yet.")
	unprintedDesc   = describe("letters_oldest_timestamp_seconds", "When the oldest decision without a printed letter was made, 0 where there is none.")
	printerDesc     = describe("letter_printer_ready", "1 when there is a Chromium to print letters with.")
	quorumDesc      = describe("witness_quorum", "1 where the published checkpoint has the cosignatures that the policy requires, or none is required.")
	witnessUpDesc   = describe("witness_up", "1 where the witness cosigned when it was last asked, by its name in the policy.", "witness")
	witnessAtDesc   = describe("witness_cosigned_timestamp_seconds", "When the witness last cosigned here, 0 where it has not since start.", "witness")
	conflictDesc    = describe("witness_conflict", "1 where the witness has cosigned what this log no longer holds.", "witness")
	cosignedDesc    = describe("witness_answers_total", "Times that a witness was asked, by whether it cosigned.", "witness", "result")
	objectsDesc     = describe("readmodel_objects", "Objects in the read model by table, counted once a minute.", "table")
	behindDesc      = describe("readmodel_lag_rows", "Rows of the journal that the read model does not hold yet.")
	leaderDesc      = describe("leader", "1 on the node that appends to the log and does the daily work, of several on one journal.")
	staleDesc       = describe("readmodel_stale_seconds", "Seconds since the read model was last known to hold the whole journal; 0 where no other node writes.")
	readableDesc    = describe("journal_readable", "1 when the journal could be read at the scrape.")
	releaseDesc     = describe("release_info", "The release that decides, by artefact and first day; 0 where none is in force.", "engine", "from")
	certificateDesc = describe("certificate_expiry_timestamp_seconds", "When a certificate ends that the service has in use since its start.", "use", "municipality")
	automationDesc  = describe("automation_on", "1 while automatic decisions are on in a municipality.", "municipality")
)

// Describe implements prometheus.Collector.
func (c *stateCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{readyDesc, queueDesc, oldestDesc, unloggedDesc, sinceDesc, treeDesc, publishedDesc, rowsDesc, rebuiltDesc, fullDesc, freeDesc, backupDesc,
		lettersDesc, unprintedDesc, printerDesc, quorumDesc, witnessUpDesc, witnessAtDesc, conflictDesc, automationDesc,
		cosignedDesc, objectsDesc, behindDesc, leaderDesc, staleDesc, readableDesc, releaseDesc, certificateDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *stateCollector) Collect(to chan<- prometheus.Metric) {
	s := c.look()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(readyDesc, one(s.Ready))
	gauge(queueDesc, float64(s.Queue))
	gauge(oldestDesc, seconds(s.Oldest))
	gauge(unloggedDesc, float64(s.Unlogged))
	gauge(sinceDesc, seconds(s.Since))
	gauge(treeDesc, float64(s.Tree))
	gauge(publishedDesc, seconds(s.Published))
	gauge(rowsDesc, float64(s.Rows))
	gauge(rebuiltDesc, s.Rebuilt)
	gauge(fullDesc, float64(s.Full))
	gauge(freeDesc, float64(s.Free))
	if !s.Elsewhere {
		gauge(backupDesc, seconds(s.Backup))
	}
	gauge(lettersDesc, float64(s.Letters))
	gauge(unprintedDesc, seconds(s.Unprinted))
	gauge(printerDesc, one(s.Printer))
	gauge(quorumDesc, one(s.Quorum))
	for _, w := range s.Witnesses { // their names are those of the policy
		gauge(witnessUpDesc, one(w.Up), w.Name)
		gauge(witnessAtDesc, seconds(w.Seen), w.Name)
		gauge(conflictDesc, one(w.Conflict), w.Name)
		to <- prometheus.MustNewConstMetric(cosignedDesc, prometheus.CounterValue, float64(w.Cosigned), w.Name, "cosigned")
		to <- prometheus.MustNewConstMetric(cosignedDesc, prometheus.CounterValue, float64(w.Failed), w.Name, "failed")
	}
	for table, n := range s.Objects {
		gauge(objectsDesc, float64(n), table)
	}
	gauge(behindDesc, float64(s.Behind))
	gauge(leaderDesc, one(s.Leads))
	gauge(staleDesc, s.Stale.Seconds())
	gauge(readableDesc, one(s.Readable))
	gauge(releaseDesc, one(s.InForce != ""), s.Engine, s.InForce)
	for _, c := range s.Certificates {
		gauge(certificateDesc, seconds(c.Ends), c.Use, c.Municipality)
	}
	for municipality, on := range s.Automation {
		gauge(automationDesc, one(on), municipality)
	}
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
