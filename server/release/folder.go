package release

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/skalig/skalig/ledger/logdir"
	"golang.org/x/mod/sumdb/note"
)

const suffix = ".approval"

// Put lays an approval in the folder from which the server takes it. Who approved
// must be listed.
func Put(dir string, approval []byte, approvers []Approver) (path string, err error) {
	keys, _, err := listed(approvers, false)
	if err != nil {
		return "", err
	}
	n, err := note.Open(approval, note.VerifierList(keys...))
	if err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) > 0 {
		return "", fmt.Errorf("couldn't take the approval: %w", ErrStranger)
	}
	s, err := Parse([]byte(n.Text))
	if err != nil {
		return "", fmt.Errorf("couldn't take the approval: %w", err)
	}
	folder := filepath.Join(dir, s.ID()[:16])
	if err := logdir.MakeDir(folder, 0o755); err != nil {
		return "", fmt.Errorf("couldn't take the approval: %w", err)
	}
	path = filepath.Join(folder, fmt.Sprintf("%08x%s", n.Sigs[0].Hash, suffix))
	if err := logdir.WriteFile(path, approval, 0o644); err != nil {
		return "", fmt.Errorf("couldn't take the approval: %w", err)
	}
	return path, nil
}

// Read reads every folder of approvals: what enough people have approved, by the
// day it takes effect, and what is wrong with the others.
func Read(dir string, approvers []Approver) (approved []Approved, faults []error, err error) {
	folders, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't read the releases: %w", err)
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		files, err := filepath.Glob(filepath.Join(dir, folder.Name(), "*"+suffix))
		if err != nil {
			return nil, nil, err
		}
		var approvals [][]byte
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, nil, fmt.Errorf("couldn't read the releases: %w", err)
			}
			approvals = append(approvals, data)
		}
		a, err := Open(approvals, approvers)
		if err != nil {
			faults = append(faults, fmt.Errorf("release %s: %w", folder.Name(), err))
			continue
		}
		approved = append(approved, a)
	}
	slices.SortStableFunc(approved, func(a, b Approved) int {
		if a.From < b.From {
			return -1
		}
		if a.From > b.From {
			return 1
		}
		return 0
	})
	return approved, faults, nil
}
