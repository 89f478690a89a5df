package recipe

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// tags are those of TinyGo for our target that a file of this module could
// depend on.
const tags = "tinygo,tinygo.wasm,wasm_unknown,purego"

// Digest is the digest of the sources under root, the module's root.
func Digest(root string) ([32]byte, error) {
	lines, err := Lines(root)
	if err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256([]byte(strings.Join(lines, ""))), nil
}

// Lines are what Digest is over.
func Lines(root string) ([]string, error) {
	files := []string{Target, Toolchain}
	var lines []string
	patterns := []string{}
	for _, a := range Artefacts() {
		patterns = append(patterns, a.Package)
		lines = append(lines, "flags "+a.Name+" "+strings.Join(a.Flags(), " ")+"\n")
	}
	packages, err := list(root, patterns)
	if err != nil {
		return nil, err
	}
	for _, p := range packages {
		switch {
		case p.Standard:
		case p.Module == nil || !p.Module.Main:
			if p.Module == nil || p.Module.Version == "" || p.Module.Replace != nil {
				return nil, fmt.Errorf("couldn't digest the sources: %s is of no module version", p.ImportPath)
			}
			lines = append(lines, "module "+p.Module.Path+" "+p.Module.Version+"\n")
		default:
			for _, name := range slices.Concat(p.GoFiles, p.EmbedFiles) {
				path, err := filepath.Rel(p.Module.Dir, filepath.Join(p.Dir, name))
				if err != nil {
					return nil, fmt.Errorf("couldn't digest the sources: %w", err)
				}
				files = append(files, filepath.ToSlash(path))
			}
		}
	}
	for _, path := range files {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		if err != nil {
			return nil, fmt.Errorf("couldn't digest the sources: %w", err)
		}
		sum := sha256.Sum256(data)
		lines = append(lines, "file "+path+" "+hex.EncodeToString(sum[:])+"\n")
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// listed is what we read of `go list -json`.
type listed struct {
	ImportPath, Dir     string
	Standard            bool
	GoFiles, EmbedFiles []string
	Module              *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path string }
	}
}

func list(root string, patterns []string) ([]listed, error) {
	args := []string{"list", "-deps", "-tags=" + tags, "-json=ImportPath,Dir,Standard,GoFiles,EmbedFiles,Module"}
	cmd := exec.Command("go", append(args, patterns...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm", "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("couldn't list the artefacts' packages: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := d.Decode(&p); err {
		case nil:
			packages = append(packages, p)
		case io.EOF:
			return packages, nil
		default:
			return nil, fmt.Errorf("couldn't read go list's answer: %w", err)
		}
	}
}
