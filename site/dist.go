package site

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/go-json-experiment/json"
)

//go:embed all:dist
var distFiles embed.FS

// ErrNotBuilt says that the bundles are not in dist/.
var ErrNotBuilt = errors.New("the pages' styles and scripts are not built")

// openDist reads the manifest and every bundle it names with its compressed forms.
func openDist() (map[string]string, map[string]*Blob, error) {
	file, err := distFiles.ReadFile("dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("couldn't open the pages: %w\nhint: run `go run ./site/build`, then build again", ErrNotBuilt)
	}
	if err != nil {
		return nil, nil, err
	}
	var names map[string]string
	if err := json.Unmarshal(file, &names); err != nil {
		return nil, nil, fmt.Errorf("couldn't read dist/manifest.json: %w", err)
	}
	assets := make(map[string]*Blob)
	for _, hashed := range names {
		body, err := distFiles.ReadFile("dist/" + hashed)
		if err != nil {
			return nil, nil, fmt.Errorf("couldn't open the pages: %w: %s is missing\nhint: run `go run ./site/build`, then build again", ErrNotBuilt, hashed)
		}
		br, _ := distFiles.ReadFile("dist/" + hashed + ".br") // absent when it would not be smaller
		gz, _ := distFiles.ReadFile("dist/" + hashed + ".gz")
		assets[hashed] = newBlob(contentType(hashed), Immutable, body, br, gz)
	}
	return names, assets, nil
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return "application/octet-stream"
	}
}
