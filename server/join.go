package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// shared are the files of a node's folder that every node has alike: the keys, and
// what the log is known by. Tiles are made by each node for itself.
var shared = []struct {
	name string
	must bool
}{
	{"keys/kek", true}, {"keys/person", false}, {"keys/session", false}, {"keys/digest", false},
	{"log/key", true}, {"log/vkey", true}, {"log/tree", true}, {"log/log/checkpoint", true},
}

// CopyNode makes a folder for another node of the one at from: with its keys, which are
// as secret there as here, and nothing of its own. The folder must not be there. A
// checkpoint that is behind is no harm: the node follows the others' before it is ready.
func CopyNode(from, to string) error {
	fail := func(err error) error { return fmt.Errorf("couldn't copy what another node needs: %w", err) }
	if err := os.Mkdir(to, 0o700); err != nil {
		return fail(err)
	}
	for _, f := range shared {
		content, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(f.name)))
		if errors.Is(err, fs.ErrNotExist) && !f.must {
			continue
		}
		if err != nil {
			return fail(err)
		}
		path := filepath.Join(to, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fail(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return fail(err)
		}
	}
	return nil
}
