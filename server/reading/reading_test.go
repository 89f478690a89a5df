package reading_test

import (
	"encoding/hex"
	"testing"

	"github.com/skalig/skalig/server/reading"
)

// The expected digests were computed with sha256sum from bytes written by printf.
func TestDigest(t *testing.T) {
	d := reading.NewDigester()
	if n, sum := d.Sum(); n != 0 || hex.EncodeToString(sum[:]) != "4dce1e8a7afa8bdb96461fbf1c052455ed5580bcd362890832cc21b85ee57940" {
		t.Errorf("of nothing: %d %x", n, sum)
	}
	d.Add(7, [32]byte{0xab})
	if n, sum := d.Sum(); n != 1 || hex.EncodeToString(sum[:]) != "8de20228d2ba281c837673b0c676d99601208748c21ac33341abe0496ed176e7" {
		t.Errorf("of row 7: %d %x", n, sum)
	}
	d.Add(258, [32]byte{31: 1})
	if n, sum := d.Sum(); n != 2 || hex.EncodeToString(sum[:]) != "8feea5c0693cb6f6683d2b4ad0d07f6960d07eff9df5ee61a1d1c762b5dc85af" {
		t.Errorf("of rows 7 and 258: %d %x", n, sum)
	}
}
