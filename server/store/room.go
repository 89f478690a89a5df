package store

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrFull refuses a write for want of room on the disk. Either nothing was begun,
// or the outcome is not known yet: whoever tries again under the same key, when
// there is room, gets what was kept or keeps it now.
var ErrFull = errors.New("there is too little room on the disk")

// Keep is how many bytes are left free where Options do not say.
const Keep = 64 << 20

// A Room is what there is room for.
type Room int

// The rooms. When less than Options.Keep is free, nothing new is taken in, so that
// what is under way can be brought to its end and what is there can be read: the
// service's own events, those that say who read what, and a wish to talk. When
// less than a quarter of it is, nothing is written.
const (
	Ample Room = iota
	Scarce
	None
)

// Room is what there is room for now.
func (s *Store) Room() Room {
	if s.shared != nil { // the database keeps it
		return Ample
	}
	free := s.free()
	switch {
	case s.doubt.Load() || free < s.keep/4:
		return None
	case free < s.keep:
		return Scarce
	}
	return Ample
}

// freeBytes is the room under a folder; where it can't be told, the writes will tell.
func freeBytes(dir string) func() uint64 {
	return func() uint64 {
		var fs syscall.Statfs_t
		if err := syscall.Statfs(dir, &fs); err != nil {
			return 1 << 62
		}
		return fs.Bavail * uint64(fs.Bsize)
	}
}

// roomFor refuses what there is no room for.
func (s *Store) roomFor(least Room) error {
	if s.Room() > least {
		return ErrFull
	}
	return nil
}

// spared are the events that are written although room is scarce.
func (d *Draft) spared(c Caller) bool {
	switch d.Head.Kind() {
	case KindAccess, KindReader, KindTalk:
		return true
	case KindLetter: // large, and it can wait
		return false
	}
	return c.Role == System
}

// Full says whether an error is a full disk's, of a file or a database.
func Full(err error) bool {
	if db, ok := errors.AsType[*sqlite.Error](err); ok {
		return db.Code()&0xff == sqlite3.SQLITE_FULL || db.Code() == sqlite3.SQLITE_IOERR_SHMSIZE
	}
	return errors.Is(err, ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// admit is asked before each commit. After a commit that met a full disk it first
// learns what became of that one.
func (s *Store) admit(ctx context.Context) (Room, error) {
	if s.doubt.Load() {
		if s.free() < s.keep {
			return None, ErrFull
		}
		if err := s.settle(ctx); Full(err) {
			return None, ErrFull
		} else if err != nil {
			return None, fmt.Errorf("couldn't learn what a full disk kept: %w", err)
		}
	}
	room := s.Room()
	if room == None {
		return room, ErrFull
	}
	return room, nil
}

// settle ends the doubt about a commit: the connection goes, and with it what it
// had not committed; what is there is read back, held to the chain and applied as
// at a start; and the head is moved to where it is, under the fence, which makes
// all before it durable and writes over what a torn commit may have left.
func (s *Store) settle(ctx context.Context) error {
	if err := s.reopen(ctx); err != nil {
		return err
	}
	if err := s.replay(ctx); err != nil {
		return err
	}
	if err := s.insert(ctx, &prepared{seq: s.seq, hash: s.hash}); err != nil {
		return err
	}
	s.doubt.Store(false)
	return nil
}
