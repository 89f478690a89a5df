package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger/logdir"
)

// named is how a pair of folders is named by its time, in UTC.
const named = "2006-01-02T150405Z"

// Dated copies the data into a new folder in to and one in keys, which must be there: a
// disk that is not mounted must not become a folder on this one. Then it removes the
// folders there that it made longer ago than keep; 0: none.
func Dated(ctx context.Context, data, to, keys string, now time.Time, keep time.Duration) (m Manifest, removed []string, err error) {
	if err := apart(data, to, keys); err != nil {
		return m, nil, fmt.Errorf("couldn't copy the data: %w", err)
	}
	for _, dir := range []string{to, keys} {
		if _, err := os.Stat(dir); err != nil {
			return m, nil, fmt.Errorf("couldn't find the folder for the copies: %w", err)
		}
	}
	at := now.UTC().Format(named)
	if m, err = Take(ctx, data, filepath.Join(to, at), filepath.Join(keys, at), now); err != nil || keep <= 0 {
		return m, nil, err
	}
	for _, dir := range []string{keys, to} { // what opens goes before what is opened
		gone, err := removeOld(dir, now.Add(-keep))
		if removed = append(removed, gone...); err != nil {
			return m, removed, fmt.Errorf("couldn't remove an old copy: %w", err)
		}
	}
	return m, removed, nil
}

// removeOld removes copies from before a time, and what was left of one by a kill.
func removeOld(dir string, before time.Time) (removed []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		taken, err := time.Parse(named, strings.TrimSuffix(e.Name(), part))
		if err != nil || !taken.Before(before) || !e.IsDir() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if err := os.RemoveAll(path); err != nil {
			return removed, err
		}
		removed = append(removed, path)
	}
	return removed, nil
}

// lastFile says in the data when the last copy of them was taken.
const lastFile = "last-backup"

// note says that a backup was taken. The backup stands where it can't be said.
func note(data string, taken time.Time) error {
	if err := logdir.WriteFile(filepath.Join(data, lastFile), []byte(taken.Format(time.RFC3339)+"\n"), 0o600); err != nil {
		return fmt.Errorf("the copy is made, and could not be noted in the data: %w", err)
	}
	return nil
}

// Old is the age of the last backup from which the doctor and the alert
// SkaligBackupOld speak of it: a night was left out.
const Old = 36 * time.Hour

// Last is when the last backup of the data was taken, zero where none was.
func Last(data string) (time.Time, error) {
	text, err := os.ReadFile(filepath.Join(data, lastFile))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	var at time.Time
	if err == nil {
		at, err = time.Parse(time.RFC3339, strings.TrimSpace(string(text)))
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("couldn't read when the last backup was taken: %w", err)
	}
	return at, nil
}
