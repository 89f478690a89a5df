package sample_test

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/skalig/skalig/ledger/sample"
)

var root = [32]byte{}

func init() {
	for i := range root {
		root[i] = 7
	}
}

// The score was computed with sha256sum from bytes written by printf, the samples
// by a program in another language from the package comment.
func TestVectors(t *testing.T) {
	score := sample.Score(root, 1024, "9999", 40)
	if got := hex.EncodeToString(score[:]); got != "522ea132401eebfe706fa73c116c5c67d27c6cec94280a08a7827a02f5a109e0" {
		t.Errorf("the score of leaf 40: %s", got)
	}
	var all []uint64
	for i := range uint64(99) {
		all = append(all, i+1)
	}
	for _, c := range []struct {
		size uint64
		n    int
		want []uint64
	}{
		{1024, 5, []uint64{1, 2, 29, 58, 63}},
		{1024, 8, []uint64{1, 2, 13, 29, 58, 63, 70, 71}},
		{50, 5, []uint64{1, 4, 5, 17, 41}},
		{1024, 0, []uint64{}},
		{1024, 1000, all},
		{0, 5, []uint64{}},
	} {
		got := sample.Draw(root, c.size, "9999", c.n, all)
		if !slices.Equal(got, c.want) {
			t.Errorf("%d of size %d: %v", c.n, c.size, got)
		}
		reversed := slices.Clone(all)
		slices.Reverse(reversed)
		if again := sample.Draw(root, c.size, "9999", c.n, reversed); !slices.Equal(again, got) {
			t.Errorf("in another order: %v", again)
		}
	}
	if slices.Equal(sample.Draw(root, 1024, "9998", 5, all), sample.Draw(root, 1024, "9999", 5, all)) {
		t.Error("another municipality has the same sample")
	}
}
