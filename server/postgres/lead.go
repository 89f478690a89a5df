package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// How a leader is elected and looked after.
const (
	campaignEvery = time.Second
	beatEvery     = time.Second
	beatWithin    = 2 * time.Second
)

// A Session is one with the database, by which a node leads.
type Session interface {
	// Hold takes the lock of who leads, if it is free.
	Hold(ctx context.Context) (held bool, err error)
	Ping(ctx context.Context) error
	Close(ctx context.Context) error
}

// Lead runs duty while this node leads, until ctx ends. The context of duty ends when
// the node no longer leads; another leads only after that, but for what the package
// comment says. Lead returns when duty has.
func (d *DB) Lead(ctx context.Context, leads *atomic.Bool, duty func(context.Context)) {
	Lead(ctx, d.candidate, leads, duty)
}

// Lead is that of DB with sessions of whatever database.
func Lead(ctx context.Context, open func(context.Context) (Session, error), leads *atomic.Bool, duty func(context.Context)) {
	for ctx.Err() == nil {
		_ = lead(ctx, open, leads, duty) // whatever it was, the next campaign tells
		select {
		case <-time.After(campaignEvery):
		case <-ctx.Done():
		}
	}
}

// candidate opens the session of a node that would lead.
func (d *DB) candidate(ctx context.Context) (Session, error) {
	c, err := d.connect(ctx, map[string]string{"idle_session_timeout": millis(silentFor), "application_name": "skalig leader"})
	if err != nil {
		return nil, err
	}
	return candidate{c}, nil
}

type candidate struct{ *pgx.Conn }

func (c candidate) Hold(ctx context.Context) (held bool, err error) {
	err = c.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, leading).Scan(&held)
	return held, err
}

// lead campaigns once, and leads until the session is lost.
func lead(ctx context.Context, open func(context.Context) (Session, error), leads *atomic.Bool, duty func(context.Context)) error {
	c, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = c.Close(closing)
	}()
	for held := false; !held; {
		trying, cancel := context.WithTimeout(ctx, beatWithin)
		held, err = c.Hold(trying)
		cancel()
		if err != nil {
			return err
		}
		if held {
			break
		}
		select {
		case <-time.After(campaignEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	office, resign := context.WithCancel(ctx)
	done := make(chan struct{})
	leads.Store(true)
	go func() {
		defer close(done)
		duty(office)
	}()
	err = beat(ctx, c, done)
	leads.Store(false)
	resign()
	<-done // before the session ends, and with it the lock
	return err
}

// beat returns when the session is lost, or duty or ctx has ended.
func beat(ctx context.Context, c Session, done chan struct{}) error {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
		asking, cancel := context.WithTimeout(ctx, beatWithin)
		err := c.Ping(asking)
		cancel()
		if err != nil {
			return err
		}
	}
}
