package proctest

import (
	"errors"
	"fmt"
	"net"
	"time"
)

const patience = 60 * time.Second // for anything that should take a second

var errStarting = errors.New("it does not answer")

// Begin launches a program and returns when it answers. One that ends before is
// launched again: its predecessor's port or shared memory may not be free yet.
func Begin(launch func() (*Process, error), answers func() error) (*Process, error) {
	deadline := time.Now().Add(patience)
	for {
		p, err := launch()
		if err != nil {
			return nil, err
		}
		for err = errStarting; err != nil && !p.Ended() && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
			err = answers()
		}
		if err == nil {
			return p, nil
		}
		p.Kill()
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("couldn't start %s: %w\n%s", p.cmd.Path, err, p.Said())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Listening asks whether something listens at an address.
func Listening(address string) error {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err
	}
	return conn.Close()
}

// FreeAddress is an address of this machine that nobody listens at.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
