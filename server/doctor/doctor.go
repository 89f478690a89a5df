// Package doctor looks at a service as its operator can, and says what to do.
//
// It works beside a running server and without one: it reads, makes no lock, writes
// nothing but a page that it prints to nowhere, and shows nothing personal. It takes a
// second; what takes long is `skalig check`, which asserts everything of a stopped
// server's folder.
//
// # What is looked at
//
//	database     a node's PostgreSQL can be reached, promises durability, and has sessions
//	             left for another node
//	tables       are those that this program knows, in the database that the folder
//	             belongs to
//	clock        this machine's clock against the journal's last row, the log's
//	             checkpoint and a node's database, and whether the system keeps it by NTP
//	disk         room and inodes under the data: the bounds of the alerts
//	backup       when the last one of the folder was taken
//	permissions  the folder, and every key, for their owner alone
//	keys         the key-encryption key opens the cases' keys; the log's two key files
//	             belong together; a node has the keys of the others
//	forms        the file of what is being filled in can be read
//	sessions     the file of who is signed in can be read
//	journal      the pragmas, the chain of the last rows, the head
//	log          its checkpoint verifies, its tiles lead to it, it is not ahead of the journal, and its last
//	             leaves are those of the outbox; of nodes, the one that they share, which
//	             the folder's own is not ahead of
//	leader       one of the nodes leads
//	logserver    Trillian's log server can be reached, where one is configured
//	witness      each witness of the policy can be reached
//	release      what two people have approved, and since when; every engine that a
//	             decision names is kept
//	certificate  TLS and each municipality's for the agencies, and how long they last
//	printer      a Chromium that prints
//	signin       each provider of e-identification answers with its discovery document
//
// What the configuration says is only looked at where one is given. A node's journal is
// in a database: where that can't be asked, what is in it is not looked at, and said so.
package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/skalig/skalig/server"
)

// A Level says how bad a finding is.
type Level string

// The levels.
const (
	OK      Level = "ok"
	Warning Level = "warning" // soon something stops, or could not be looked at
	Error   Level = "error"   // something does not work
)

// A Finding is one thing that was looked at.
type Finding struct {
	Part  string `json:"part"` // of the package comment's list
	Level Level  `json:"level"`
	Text  string `json:"text"`
	Do    string `json:"do,omitzero"` // what to do first; empty where all is well
}

// Options say what to look at.
type Options struct {
	Data   string
	Config *server.Config // nil: there is none to look at
	// Database is the file that says where a node's PostgreSQL is; empty: what the
	// configuration says, and without it the journal is in the folder.
	Database string
	Clock    func() time.Time
	Free     func(path string) (bytes, inodes uint64, err error) // nil: of the file system
	Synced   func() (synced, known bool)                         // nil: what the system says of its clock
}

// Worst is the worst level among findings.
func Worst(all []Finding) Level {
	worst := OK
	for _, f := range all {
		if f.Level == Error || f.Level == Warning && worst == OK {
			worst = f.Level
		}
	}
	return worst
}

// Examine looks at everything. The error says that there is nothing to look at.
func Examine(ctx context.Context, o Options) ([]Finding, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Free == nil {
		o.Free = free
	}
	if o.Synced == nil {
		o.Synced = synced
	}
	x := &examination{ctx: ctx, o: o, shared: o.Database}
	if x.shared == "" && o.Config != nil {
		x.shared = o.Config.Database.URL
	}
	if err := x.folder(); err != nil {
		return nil, err
	}
	if x.shared != "" {
		x.database()
		defer x.closeDatabase()
	}
	x.disk()
	x.backup()
	x.permissions()
	x.keys()
	x.beside()
	x.journal()
	x.log()
	x.leader()
	x.clock()
	x.kept()
	if o.Config == nil {
		x.find("configuration", Warning, "give the configuration with --config", "releases, certificates, witnesses, printer and sign-in were not looked at")
		return x.found, nil
	}
	x.releases()
	x.certificates()
	x.logServer()
	x.witnesses()
	x.printer()
	x.signIns()
	return x.found, nil
}

// find notes a finding.
func (x *examination) find(part string, level Level, do, format string, args ...any) {
	if level == OK {
		do = ""
	}
	x.found = append(x.found, Finding{part, level, fmt.Sprintf(format, args...), do})
}
