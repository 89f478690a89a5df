package backup_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skalig/skalig/server/backup"
	"github.com/skalig/skalig/server/store"
)

// TestDated takes a backup night after night: each has folders of its own, those that are
// too old go and nothing else does, and the data say when the last one was taken.
func TestDated(t *testing.T) {
	dir := t.TempDir()
	data, to, keys := filepath.Join(dir, "data"), filepath.Join(dir, "to"), filepath.Join(dir, "keys")
	s, err := store.Open(t.Context(), store.Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	night := time.Date(2026, 11, 1, 2, 30, 0, 0, time.UTC)
	take := func(after int) ([]string, error) {
		_, removed, err := backup.Dated(t.Context(), data, to, keys, night.AddDate(0, 0, after), 3*24*time.Hour)
		return removed, err
	}
	if _, err := take(0); err == nil {
		t.Error("folders that are not there were made")
	}
	for _, path := range []string{to, keys, filepath.Join(to, "other"), filepath.Join(keys, "2026-01-01"), filepath.Join(keys, "2026-10-28T023000Z.part")} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if at, err := backup.Last(data); err != nil || !at.IsZero() {
		t.Errorf("before the first: %v %v", at, err)
	}
	for n, want := range [][]string{{filepath.Join(keys, "2026-10-28T023000Z.part")}, nil, nil, nil,
		{filepath.Join(keys, "2026-11-01T023000Z"), filepath.Join(to, "2026-11-01T023000Z")}} {
		removed, err := take(n)
		if err != nil || !slices.Equal(removed, want) {
			t.Errorf("night %d: %v, removed %v", n, err, removed)
		}
		if at, err := backup.Last(data); err != nil || !at.Equal(night.AddDate(0, 0, n)) {
			t.Errorf("night %d: the last is of %v %v", n, at, err)
		}
	}
	nights := []string{"2026-11-02T023000Z", "2026-11-03T023000Z", "2026-11-04T023000Z", "2026-11-05T023000Z"}
	for in, other := range map[string]string{to: "other", keys: "2026-01-01"} {
		var names []string
		entries, err := os.ReadDir(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		want := append(slices.Clone(nights), other)
		slices.Sort(want)
		if !slices.Equal(names, want) {
			t.Errorf("%s holds %v", filepath.Base(in), names)
		}
	}
	m, err := backup.Read(filepath.Join(to, nights[3]))
	if err != nil || m.Data["journal.db"] == "" || m.Data["last-backup"] != "" {
		t.Errorf("the last night's holds %v %v", m.Data, err)
	}
}
