package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skalig/skalig/server/backup"
)

// TestApart: a copy is not made in what it copies, nor keys beside what they open; and one
// that fails leaves nothing that looks like one.
func TestApart(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "journal.db"), []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(data, link); err != nil {
		t.Fatal(err)
	}
	in := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	for what, c := range map[string]struct {
		data, to, keys string
		want           error
	}{
		"a copy in the data":        {data, in("data", "copy"), in("keys"), backup.ErrInside},
		"keys in the data":          {data, in("copy"), in("data", "k"), backup.ErrInside},
		"keys in the copy":          {data, in("copy"), in("copy", "keys"), backup.ErrInside},
		"a copy in the keys":        {data, in("keys", "copy"), in("keys"), backup.ErrInside},
		"both in one":               {data, in("copy"), in("copy"), backup.ErrInside},
		"a copy by another way":     {link, in("data", "copy"), in("keys"), backup.ErrInside},
		"keys that are there":       {data, in("copy"), data + "keys", backup.ErrExists},
		"data that can't be copied": {data, in("copy"), in("keys"), nil},
	} {
		if what == "keys that are there" {
			if err := os.Mkdir(c.keys, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		_, err := backup.Take(t.Context(), c.data, c.to, c.keys, time.Now())
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
		for _, made := range []string{in("copy"), in("keys"), in("data", "copy"), in("data", "k")} {
			if _, err := os.Stat(made); err == nil {
				t.Errorf("%s: %s was made, or left", what, made)
			}
		}
	}
}
