package doctor

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

// sessionsOfNode is how many a node opens at most: one that writes, eight that read,
// eight for who is signed in, two for the checkpoint, one that listens and one that leads.
const sessionsOfNode = 21

// database looks at what the node shares with others, and leaves x.db open where it can
// be asked more.
func (x *examination) database() {
	d, err := postgres.Open(x.ctx, postgres.Config{URL: x.shared})
	if err != nil {
		x.find("database", Error, "until it is reached and trusted no node shows a file or takes an application: does it run, from here, with fsync and synchronous_commit on?", "%v", err)
		return
	}
	db := d.Beside(2)
	before := time.Now()
	state, err := postgres.Look(x.ctx, db)
	took := time.Since(before)
	if err != nil {
		x.find("database", Error, "look at PostgreSQL's own log", "%v", err)
		_ = db.Close()
		return
	}
	if state.Left < sessionsOfNode {
		x.find("database", Warning, "raise max_connections, or end the sessions of others", "%d sessions are left; a node that starts needs up to %d", state.Left, sessionsOfNode)
	} else {
		x.find("database", OK, "", "PostgreSQL %s answers and promises to keep what it acknowledges; %d sessions are left", state.Version, state.Left)
	}
	x.apart = state.Clock.Sub(x.o.Clock().Add(-took / 2))
	x.nodes = state.Nodes
	x.open, x.db = d, db
	x.tables()
}

// tables holds that the database is the folder's, and has the tables as this program
// knows them; else nothing more is asked there.
func (x *examination) tables() {
	const do = "is it the database that the nodes use? Its tables are made by the first node's start; else restore it (several-machines.md)"
	for _, ddl := range []string{store.SharedTables, auth.SharedTables, publiclog.BoardTable} {
		lacks, err := postgres.Lacks(x.ctx, x.db, ddl)
		if err != nil || len(lacks) > 0 {
			if err != nil {
				x.find("tables", Error, "look at PostgreSQL's own log", "%v", err)
			} else {
				x.find("tables", Error, do, "the database lacks %s", strings.Join(lacks, ", "))
			}
			x.closeDatabase()
			return
		}
	}
	bound, err := store.Bound(x.ctx, x.o.Data, x.db)
	if _, own := os.Stat(x.path("journal.db")); err == nil && own == nil {
		err = errors.New("the folder has a journal of its own, in journal.db")
	}
	switch {
	case err != nil:
		x.find("tables", Error, "name the database that this node has served; a node never goes on with another", "%v", err)
		x.closeDatabase()
	case !bound:
		x.find("tables", OK, "", "they are as this program knows them; the folder has met no database yet")
	default:
		x.find("tables", OK, "", "they are as this program knows them, in the database that the folder belongs to")
	}
}

func (x *examination) closeDatabase() {
	if x.db != nil {
		_ = x.db.Close()
		x.db = nil
	}
}

// sameKeys holds that the node's keys are those of the other nodes.
func (x *examination) sameKeys() {
	const do = "skalig keys copy on a node that runs, and this node's keys from there"
	if err := store.OpenSharedKeys(x.ctx, x.o.Data, x.db); err != nil {
		x.find("keys", Error, do, "%v", err)
	}
	for _, name := range []string{"person", "session", "digest"} {
		k, err := secret.Load(x.path("keys", name))
		if err != nil {
			continue // that it is missing was said
		}
		known, err := store.Known(x.ctx, x.db, "keys/"+name)
		switch {
		case err != nil:
			x.find("keys", Error, "look at PostgreSQL's own log", "%v", err)
		case known != "" && known != k.Fingerprint(name):
			x.find("keys", Error, do, "keys/%s is another than on the other nodes", name)
		}
	}
}

// election is how long there may be no leader: the old one's session must end first.
const election = 8 * time.Second

// leader holds that one of the nodes leads.
func (x *examination) leader() {
	if x.db == nil {
		return
	}
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		address, since, leads, err := postgres.Leader(x.ctx, x.db)
		switch {
		case err != nil:
			x.find("leader", Error, "look at PostgreSQL's own log", "%v", err)
		case leads:
			x.find("leader", OK, "", "a node at %s leads, connected since %s", address, since.UTC().Format(time.RFC3339))
		case x.nodes == 0:
			x.find("leader", Warning, "start a node; until then nothing is decided and no letter is sent", "no node is running")
		case time.Since(began) < election && x.ctx.Err() == nil:
			continue
		default:
			x.find("leader", Error, "look at each node's /readyz and journalctl; what is decided gets no receipt until one leads", "nodes are connected and none leads")
		}
		return
	}
}
