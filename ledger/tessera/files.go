package tessera

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// Durable is how many leaves the directory of a log says that it holds, whoever has it
// open.
func Durable(dir string) (uint64, error) {
	text, err := os.ReadFile(filepath.Join(dir, logDir, ".state", "treeState"))
	var state struct {
		Size uint64 `json:"size"`
	}
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		return 0, fmt.Errorf("couldn't read how many leaves the log holds: %w", err)
	}
	return state.Size, nil
}

// leftover matches, below the log's directory, the names of Tessera's temporary
// files: the name of the file to be, and a random number of up to ten digits. What
// happens to look like a tile too (one in ten million) stays; a reader would find
// its hash wrong, and the next append of that width replaces it.
var leftover = regexp.MustCompile(`^(checkpoint\d+|\.state/(treeState|gcState|version)\d+|tile/[a-z0-9/x]*(\d{3}\d+|\.p/\d{4,}))$`)

// sweep removes temporary files that a crash or a full disk left behind. The
// caller holds the lock.
func sweep(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !leftover.MatchString(name) {
			return err
		}
		return root.Remove(name)
	})
}
