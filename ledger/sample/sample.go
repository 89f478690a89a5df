// Package sample draws decisions from a log so that nobody picks them by hand:
// neither the one who is audited nor the one who audits.
//
// # How a sample comes about
//
//  1. The auditor throws 32 random bytes, the secret, keeps them, and asks: for n of
//     a municipality's decisions, with the secret's seal
//
//     SHA-256("skalig/sample-secret/1\n" ‖ secret)
//
//     The request is a leaf of the log, of kind access, whose record anyone may read.
//
//  2. When a published checkpoint covers that leaf, the auditor shows the secret. It
//     and what it draws are a leaf too.
//
// Root is that of the smallest tree that holds the request: of size 1 + the index of
// its leaf. Every checkpoint that covers the leaf leads to this root, so nobody has to
// believe which checkpoint came first. Every decision leaf of the municipality below
// that size has a score,
//
//	SHA-256("skalig/sample/2\n" ‖ root ‖ size ‖ secret ‖ municipality ‖ index)
//
// with the 32 bytes of root and secret, size and index as 8 bytes, big-endian, and the
// four digits of the municipality's code. The sample is the leaves with the lowest
// scores, as bytes compare, and all of them where there are fewer. So it follows from
// the public log and the secret alone; a sample of 20 is contained in that of 30 with
// the same seed; and that one leaf is in it can be checked on its own.
//
// # Who could steer what
//
// The auditor is bound to a secret before the root is there: the tree holds the
// request's own leaf, with a salt that the service throws, and whatever else came in
// meanwhile.
//
// The municipality, and whoever writes the log, can choose which leaves and salts go
// beside the request, and could try many. It learns nothing by it: without the secret
// every root draws as well as any other, and the secret comes when the root is signed.
// The auditor must therefore not show it before having seen that checkpoint; the
// command skalig sample draw refuses to draw without it.
//
// What remains, and is seen by all: an auditor who has drawn in private and does not
// like the sample can keep the secret, and ask again. The request then stands in the
// log without its sample for ever. A municipality can leave a request or an answer
// undone: the first only the auditor can tell, the second stands in the log. Auditor
// and writer of the log together can draw what they like, as they could anyway agree
// on what to look at.
//
// # Without an auditor
//
// Where a program draws for the municipality itself (the monthly re-check), the secret
// is 32 zero bytes. Then only the log's own root is chance, and who writes the log
// could try many salts for its last leaf before it is published.
package sample

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// A Seed is all that a sample follows from.
type Seed struct {
	Root         [32]byte // of the tree of Size leaves
	Size         uint64
	Secret       [32]byte
	Municipality string // four digits
}

// Seal is what binds an auditor to a secret without telling it.
func Seal(secret [32]byte) [32]byte {
	return sha256.Sum256(append([]byte("skalig/sample-secret/1\n"), secret[:]...))
}

// Draw gives the indexes of at most n of the candidates, rising. Candidates are the
// indexes of the municipality's decision leaves; those at or above Size are none.
func (s Seed) Draw(n int, candidates []uint64) []uint64 {
	type scored struct {
		index uint64
		score [32]byte
	}
	var all []scored
	for _, index := range candidates {
		if index < s.Size {
			all = append(all, scored{index, s.Score(index)})
		}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(bytes.Compare(a.score[:], b.score[:]), cmp.Compare(a.index, b.index))
	})
	drawn := make([]uint64, 0, max(0, min(n, len(all))))
	for _, x := range all[:cap(drawn)] {
		drawn = append(drawn, x.index)
	}
	slices.Sort(drawn)
	return drawn
}

// Score is what decides whether a leaf is drawn.
func (s Seed) Score(index uint64) [32]byte {
	b := append([]byte("skalig/sample/2\n"), s.Root[:]...)
	b = binary.BigEndian.AppendUint64(b, s.Size)
	b = append(b, s.Secret[:]...)
	b = append(b, s.Municipality...)
	b = binary.BigEndian.AppendUint64(b, index)
	return sha256.Sum256(b)
}
