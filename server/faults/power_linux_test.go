package faults_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A disk is an ext4 file system in a file, whose power can be cut. It needs root.
type disk struct{ image, at string }

func newDisk(t testing.TB, size string) *disk {
	t.Helper()
	need(t, "mkfs.ext4", "mount", "umount", "truncate")
	d := &disk{image: filepath.Join(t.TempDir(), "disk"), at: filepath.Join(t.TempDir(), "at")}
	if err := os.Mkdir(d.at, 0o700); err != nil {
		t.Fatal(err)
	}
	run(t, "truncate", "-s", size, d.image)
	run(t, "mkfs.ext4", "-q", "-F", d.image)
	d.mount(t)
	t.Cleanup(func() { _ = exec.Command("umount", "-l", d.at).Run() })
	return d
}

func (d *disk) mount(t testing.TB) {
	t.Helper()
	run(t, "mount", "-o", "loop", d.image, d.at)
}

// cut drops everything that was not flushed: EXT4_IOC_SHUTDOWN (0x8004587d) with
// EXT4_GOING_FLAGS_NOLOGFLUSH (2) ends the file system without writing its journal.
func (d *disk) cut(t testing.TB) {
	t.Helper()
	f, err := os.Open(d.at)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.IoctlSetPointerInt(int(f.Fd()), 0x8004587d, 2); err != nil {
		t.Fatalf("couldn't cut the power: %v", err)
	}
}

// again mounts the disk anew, after whoever used it has ended.
func (d *disk) again(t testing.TB) {
	t.Helper()
	run(t, "umount", d.at)
	d.mount(t)
}

func run(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("couldn't %s (a power cut needs root, for a mount): %v: %s", name, err, out)
	}
}

// TestPower cuts the power at random times under load.
func TestPower(t *testing.T) {
	d := newDisk(t, "512M")
	s := newScene(filepath.Join(d.at, "data"))
	n := 40
	for i := range n {
		c := s.take(t, 1<<20)
		c.until(t, s.heard, time.Duration(rand.IntN(200))*time.Millisecond)
		d.cut(t)
		c.kill()
		_ = c.rest(t, s.heard)
		d.again(t)
		if lost := s.lost(t); len(lost) > 0 {
			t.Fatalf("round %d: %d were lost: %s", i, len(lost), lost[0])
		}
	}
	s.recover(t)
	s.check(t)
	t.Logf("power cut %d times: %d applications and %d receipts acknowledged, 0 lost, 0 twice", n, len(s.heard.submitted), len(s.heard.published))
}

// TestPowerOfALiar is the control that must fail: on a disk that only says that
// it has flushed, power cuts lose what was acknowledged. If they did not, TestPower
// would show nothing.
func TestPowerOfALiar(t *testing.T) {
	for range 5 {
		d := newDisk(t, "64M")
		s := newScene(filepath.Join(d.at, "data"))
		if err := s.take(t, 1).rest(t, s.heard); err != nil { // an honest start
			t.Fatal(err)
		}
		run(t, "sync", "-f", d.at)
		c := s.take(t, 1<<20, traced(t, "fsync,fdatasync", "retval=0").wrapper()...)
		c.until(t, s.heard, 100*time.Millisecond)
		d.cut(t)
		c.kill()
		_ = c.rest(t, s.heard)
		d.again(t)
		lost := s.lost(t)
		if len(s.heard.submitted) < 2 || len(lost) == 0 {
			t.Fatalf("of %d acknowledged %d were lost: power is not cut here", len(s.heard.submitted), len(lost))
		}
		t.Logf("of %d applications and %d receipts acknowledged, %d were lost: %s", len(s.heard.submitted), len(s.heard.published), len(lost), lost[0])
	}
}
