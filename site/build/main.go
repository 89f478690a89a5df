// Command build bundles the pages' scripts and styles:
//
//	go run ./site/build
//
// It reads site/ts/<entry>.ts, site/css/site.css and site/css/icon.svg, and writes site/dist/<name>-<hash>.<ext>, each with .br and .gz beside
// it when smaller, and site/dist/manifest.json from plain to hashed name. What a former run left is removed. The bundler strips types
// without checking them; the browser tests do that with tsc. The calculator for other sites, ts/embed.ts, has its data built in.
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var entries = []string{"ts/calculator.ts", "ts/receipt.ts", "ts/sample.ts", "ts/lot.ts", "ts/offline.ts", "ts/embed.ts", "css/site.css", "css/icon.svg"}

func main() {
	dir := flag.String("site", "site", "the folder that holds ts, css and dist")
	flag.Parse()
	if err := build(*dir); err != nil {
		fmt.Fprintf(os.Stderr, "error: couldn't build the pages' styles and scripts: %v\n", err)
		if errors.Is(err, os.ErrNotExist) {
			fmt.Fprintln(os.Stderr, "hint: run it from the project's root")
		}
		os.Exit(1)
	}
}

func build(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "css", "site.css")); err != nil {
		return err
	}
	files, err := bundle(dir)
	if err != nil {
		return err
	}
	dist := filepath.Join(dir, "dist")
	if err := clean(dist); err != nil {
		return err
	}
	names := make(map[string]string)
	for _, f := range files {
		hashed := filepath.Base(f.Path)
		names[plain(hashed)] = hashed
		if err := write(filepath.Join(dist, hashed), f.Contents); err != nil {
			return err
		}
	}
	manifest, err := json.Marshal(names, json.Deterministic(true), jsontext.Multiline(true))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dist, "manifest.json"), append(manifest, '\n'), 0o644)
}

// bundle returns the finished files. The targets are browsers of 2021, the first ones that run the engine's WebAssembly.
func bundle(dir string) ([]api.OutputFile, error) {
	points := make([]string, 0, len(entries))
	for _, e := range entries {
		points = append(points, filepath.Join(dir, e))
	}
	r := api.Build(api.BuildOptions{
		EntryPoints:       points,
		EntryNames:        "[name]-[hash]",
		Outdir:            filepath.Join(dir, "dist"),
		Bundle:            true,
		Format:            api.FormatESModule,
		Charset:           api.CharsetUTF8,
		Loader:            map[string]api.Loader{".svg": api.LoaderCopy},
		Engines:           []api.Engine{{Name: api.EngineChrome, Version: "90"}, {Name: api.EngineFirefox, Version: "90"}, {Name: api.EngineSafari, Version: "15"}},
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsNone,
		Plugins:           []api.Plugin{embedded(dir)},
		LogLevel:          api.LogLevelSilent,
	})
	if all := append(r.Errors, r.Warnings...); len(all) > 0 {
		m := all[0]
		if m.Location == nil {
			return nil, errors.New(m.Text)
		}
		return nil, fmt.Errorf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text)
	}
	return r.OutputFiles, nil
}

// clean removes the former bundles and leaves .gitignore, which keeps the folder.
func clean(dist string) error {
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	old, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, f := range old {
		if strings.HasPrefix(f.Name(), ".") {
			continue
		}
		if err := os.Remove(filepath.Join(dist, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

var hash = regexp.MustCompile(`-[A-Z0-9]{8}\.`)

// plain is the name without its hash: site-ABCD1234.css is site.css.
func plain(hashed string) string { return hash.ReplaceAllString(hashed, ".") }

func write(path string, body []byte) error {
	var br, gz bytes.Buffer
	w := brotli.NewWriterLevel(&br, brotli.BestCompression)
	w.Write(body) // a bytes.Buffer takes everything
	w.Close()
	z, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return err
	}
	z.Write(body)
	z.Close()
	for ext, b := range map[string][]byte{"": body, ".br": br.Bytes(), ".gz": gz.Bytes()} {
		if ext != "" && len(b) >= len(body) {
			continue
		}
		if err := os.WriteFile(path+ext, b, 0o644); err != nil {
			return err
		}
	}
	return nil
}
