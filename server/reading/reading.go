// Package reading specifies the digest that binds a day's reads of personal files
// to the log, so that none can be added, changed or taken away afterwards.
//
// Every read of a file and every refusal is an access event in the journal, whose
// rows are chained by their hashes (package store). When a day of Stockholm has
// ended the service writes a leaf of kind access over the rows since the digest
// before, from row First = the former Last + 1 to row Last, the last one before the
// first row that is timed in a later day. So every row is under exactly one digest,
// whatever a clock has done. A day without rows has no digest.
//
// A clock that was ahead and is set right again leaves rows timed in a day to come.
// Such a row ends the day before it, and from it on no digest is written until the
// clock has passed the day that it names: a clock that was a month ahead holds the
// digests up for a month. The rows meanwhile are chained as ever, so that none can
// be changed without the later ones, and the digest then written covers them all; but
// until then nothing in the log says so. Whoever sees on /audit that the days stop
// has found such a clock, or a service that stands still.
//
// The record (record.Digest) holds
//
//	events   the number of access events among those rows
//	digest   SHA-256("skalig/access/1\n" ‖ for each of them, in order: row ‖ hash)
//	journal  the hash of row Last
//
// with the row's number as 8 bytes, big-endian, and its 32 bytes of hash. The
// record says of no person that anything was read, and is published with its salt.
// Since a row's hash covers all rows before it, journal alone fixes the whole
// journal up to there; digest lets the access events be shown without the rest.
package reading

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
)

// A Digester takes access events in the order of the journal.
type Digester struct {
	h hash.Hash
	n uint64
}

// NewDigester gives one that has taken none.
func NewDigester() *Digester {
	d := &Digester{h: sha256.New()}
	io.WriteString(d.h, "skalig/access/1\n") //nolint:errcheck // a hash takes everything
	return d
}

// Add takes the event in a row of the journal.
func (d *Digester) Add(row uint64, hash [32]byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], row)
	d.h.Write(n[:])
	d.h.Write(hash[:])
	d.n++
}

// Sum gives how many events were taken, and their digest.
func (d *Digester) Sum() (events uint64, digest [32]byte) { return d.n, [32]byte(d.h.Sum(nil)) }
