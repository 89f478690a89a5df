// Package sample draws decisions from a log so that nobody picks them by hand, and
// the one who is audited does not choose them at all.
//
// The auditor names a municipality, how many decisions, and a published checkpoint
// of the auditor's choice. Every decision leaf of the municipality below that
// checkpoint's size has a score,
//
//	SHA-256("skalig/sample/1\n" ‖ root ‖ size ‖ municipality ‖ index)
//
// with the root's 32 bytes, size and index as 8 bytes, big-endian, and the four
// digits of the municipality's code. The sample is the leaves with the lowest
// scores, as bytes compare, and all of them where there are fewer. So it follows
// from the public log alone; a sample of 20 is contained in the sample of 30 from
// the same checkpoint; and that one leaf is in it can be checked on its own.
//
// A root depends on every leaf below it, also on their salts. Who writes the log
// could try many salts for the last leaf before it is published, to keep one
// decision out of one sample; not of samples from checkpoints that only later are
// chosen among all that were ever published.
//
// An auditor could try many checkpoints before asking, to get one decision into the
// sample. The request stands in the log with its checkpoint, so that everyone sees
// which was named: an auditor who wants to be above that doubt says beforehand which
// it will be, for instance the first one published on a day to come.
package sample

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Draw gives the indexes of at most n of the candidates, rising. Candidates are the
// indexes of the municipality's decision leaves; those at or above size are none.
func Draw(root [32]byte, size uint64, municipality string, n int, candidates []uint64) []uint64 {
	type scored struct {
		index uint64
		score [32]byte
	}
	var all []scored
	for _, index := range candidates {
		if index < size {
			all = append(all, scored{index, Score(root, size, municipality, index)})
		}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(bytes.Compare(a.score[:], b.score[:]), cmp.Compare(a.index, b.index))
	})
	drawn := make([]uint64, 0, max(0, min(n, len(all))))
	for _, s := range all[:cap(drawn)] {
		drawn = append(drawn, s.index)
	}
	slices.Sort(drawn)
	return drawn
}

// Score is what decides whether a leaf is drawn.
func Score(root [32]byte, size uint64, municipality string, index uint64) [32]byte {
	b := append([]byte("skalig/sample/1\n"), root[:]...)
	b = binary.BigEndian.AppendUint64(b, size)
	b = append(b, municipality...)
	b = binary.BigEndian.AppendUint64(b, index)
	return sha256.Sum256(b)
}
