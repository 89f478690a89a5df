package sample_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/skalig/skalig/ledger/sample"
)

func seed(size uint64) sample.Seed {
	return sample.Seed{Root: [32]byte(bytes.Repeat([]byte{7}, 32)), Size: size, Secret: [32]byte(bytes.Repeat([]byte{9}, 32)), Municipality: "9999"}
}

// The score was computed with sha256sum from bytes written by printf, the seal and
// the samples by a program in another language from the package comment.
func TestVectors(t *testing.T) {
	seal := sample.Seal(seed(1).Secret)
	if got := hex.EncodeToString(seal[:]); got != "51162ea9bcc0d3ac1a1e8480689e44279faf0c8b0a0b771810cb9c66f8f777a0" {
		t.Errorf("the seal: %s", got)
	}
	score := seed(1024).Score(40)
	if got := hex.EncodeToString(score[:]); got != "912adb43da4183598b6ce730335fe83c99d4a142a38aa13b4a7319f06225e01c" {
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
		{1024, 5, []uint64{21, 32, 51, 60, 93}},
		{1024, 8, []uint64{4, 11, 21, 32, 51, 60, 88, 93}},
		{50, 5, []uint64{14, 22, 24, 26, 33}},
		{1024, 0, []uint64{}},
		{1024, 1000, all},
		{0, 5, []uint64{}},
	} {
		got := seed(c.size).Draw(c.n, all)
		if !slices.Equal(got, c.want) {
			t.Errorf("%d of size %d: %v", c.n, c.size, got)
		}
		reversed := slices.Clone(all)
		slices.Reverse(reversed)
		if again := seed(c.size).Draw(c.n, reversed); !slices.Equal(again, got) {
			t.Errorf("in another order: %v", again)
		}
	}
}

// TestEveryPartOfTheSeedCounts: another secret, root, size or municipality draws
// another sample, so that nobody who lacks one of them knows it.
func TestEveryPartOfTheSeedCounts(t *testing.T) {
	var all []uint64
	for i := range uint64(99) {
		all = append(all, i+1)
	}
	first := seed(1024).Draw(5, all)
	for name, change := range map[string]func(*sample.Seed){
		"secret":       func(s *sample.Seed) { s.Secret[31] ^= 1 },
		"no secret":    func(s *sample.Seed) { s.Secret = [32]byte{} },
		"root":         func(s *sample.Seed) { s.Root[0] ^= 1 },
		"size":         func(s *sample.Seed) { s.Size++ },
		"municipality": func(s *sample.Seed) { s.Municipality = "9998" },
	} {
		other := seed(1024)
		change(&other)
		if slices.Equal(other.Draw(5, all), first) {
			t.Errorf("another %s has the same sample", name)
		}
	}
}
