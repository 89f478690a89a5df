package nodes_test

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

// TestNodes harms two nodes under load, one harm after the other, and then counts.
func TestNodes(t *testing.T) {
	p := found(t)
	for _, n := range p.nodes {
		n.start()
	}
	p.goesOn("at first", p.nodes...)
	harms := 0
	for _, h := range []struct {
		name string
		harm func(t *testing.T, p *place)
	}{
		{"the leader is killed", leaderKilled},
		{"the other node is killed", otherKilled},
		{"the leader is frozen and goes on", leaderFrozen},
		{"PostgreSQL is restarted", restarted},
		{"PostgreSQL is killed", databaseKilled},
		{"every session is ended", sessionsEnded},
		{"the journal is locked by somebody else", slow},
		{"no session is to be had", hoard},
		{"the leader's line to the database: blackhole", cutLeader("timeout", true, both...)},
		{"the leader's line to the database: reset", cutLeader("reset_peer", true, both...)},
		{"the leader's line to the database: refused", cutLeader("down", true)},
		{"the leader's line to the database: half-open, no answers", cutLeader("timeout", true, "downstream")},
		{"the leader's line to the database: half-open, no questions", cutLeader("timeout", true, "upstream")},
		{"both nodes' lines to the database: slow", slowLines},
		{"the leader's line to the log: blackhole", cutLeader("timeout", false, both...)},
		{"the leader's line to the log: reset", cutLeader("reset_peer", false, both...)},
		{"the leader's line to the log: half-open, no answers", cutLeader("timeout", false, "downstream")},
		{"the log server is killed", partKilled(trilliantest.Server)},
		{"the log signer is killed", partKilled(trilliantest.Signer)},
	} {
		before := p.nodes[0].count() + p.nodes[1].count()
		began := time.Now()
		h.harm(t, p)
		p.goesOn("after: "+h.name, p.nodes...)
		t.Logf("%s: %d decisions published meanwhile, %s", h.name, p.nodes[0].count()+p.nodes[1].count()-before, time.Since(began).Round(100*time.Millisecond))
		harms++
	}
	p.check()
	t.Logf("%d harms", harms)
}

var both = []string{"upstream", "downstream"}

func leaderKilled(_ *testing.T, p *place) {
	leads, other := p.leader()
	leads.kill()
	p.within(patience, "the other node takes over", other.leading)
	p.goesOn("alone", other)
	leads.start()
}

func otherKilled(_ *testing.T, p *place) {
	leads, other := p.leader()
	other.kill()
	p.goesOn("alone", leads)
	other.start()
}

// leaderFrozen stops a leader amid whatever it does for so long that another leads.
func leaderFrozen(_ *testing.T, p *place) {
	leads, other := p.leader()
	leads.signal(syscall.SIGSTOP)
	p.within(patience, "the other node takes over", other.leading)
	p.goesOn("beside a frozen leader", other)
	leads.signal(syscall.SIGCONT)
	p.within(patience, "the old leader leads no longer", func() bool { return !leads.leading() })
}

func restarted(t *testing.T, p *place) {
	if err := p.cluster.Postgres().Restart(); err != nil {
		t.Fatal(err)
	}
}

func databaseKilled(t *testing.T, p *place) {
	p.cluster.Postgres().Kill()
	time.Sleep(time.Second)
	if err := p.cluster.Postgres().Begin(); err != nil {
		t.Fatal(err)
	}
}

func sessionsEnded(t *testing.T, p *place) {
	for range 5 {
		if _, err := p.harm(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'skalig%' AND datname = current_database()`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func slow(t *testing.T, p *place) {
	if _, err := p.harm(`BEGIN; LOCK TABLE journal IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(4); COMMIT`); err != nil {
		t.Fatal(err)
	}
}

// cutLeader cuts one of the leader's lines, heals it, and has the node come back.
func cutLeader(toxic string, database bool, streams ...string) func(*testing.T, *place) {
	return func(t *testing.T, p *place) {
		leads, other := p.leader()
		line := leads.log
		if database {
			line = leads.database
		}
		heal := poison(t, line, toxic, streams...)
		if database {
			p.within(patience, "the other node takes over", other.leading)
			p.goesOn("beside a leader that is cut off", other)
		} else {
			time.Sleep(4 * time.Second)
		}
		heal()
		if database {
			p.within(patience, "the old leader leads no longer", func() bool { return !leads.leading() })
		}
	}
}

func slowLines(t *testing.T, p *place) {
	var heal []func()
	for _, n := range p.nodes {
		heal = append(heal, poison(t, n.database, "latency", both...))
	}
	time.Sleep(4 * time.Second)
	for _, h := range heal {
		h()
	}
}

func partKilled(part trilliantest.Part) func(*testing.T, *place) {
	return func(t *testing.T, p *place) {
		p.cluster.Kill(part)
		time.Sleep(2 * time.Second)
		if err := p.cluster.Start(part); err != nil {
			t.Fatal(err)
		}
	}
}

// poison spoils a line and gives what heals it.
func poison(t *testing.T, line *toxiproxy.Proxy, toxic string, streams ...string) (heal func()) {
	t.Helper()
	if toxic == "down" {
		line.Stop()
		return func() {
			if err := line.Start(); err != nil {
				t.Error(err)
			}
		}
	}
	for _, stream := range streams {
		text := fmt.Sprintf(`{"name":%q,"type":%q,"stream":%q,"attributes":{"timeout":0,"latency":150,"jitter":25}}`, stream, toxic, stream)
		if toxic == "timeout" || toxic == "reset_peer" {
			text = fmt.Sprintf(`{"name":%q,"type":%q,"stream":%q,"attributes":{"timeout":0}}`, stream, toxic, stream)
		}
		if _, err := line.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	return func() { line.Toxics.ResetToxics(context.WithoutCancel(t.Context())) }
}
