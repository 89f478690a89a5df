package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/wasm"
)

// embedded is what ts/embed.ts imports as "skalig:embedded", so that the
// calculator for other sites is one file: the artefact's hash, the municipalities'
// newest guidelines, and of each language the engine's words and those page words
// that the script names.
func embedded(dir string) api.Plugin {
	return api.Plugin{Name: "embedded", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: "^skalig:embedded$"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: a.Path, Namespace: "embedded"}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "embedded"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			text, err := data(dir)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJSON}, err
		})
	}}
}

type language struct {
	Engine jsontext.Value    `json:"engine"`
	Page   map[string]string `json:"page"`
}

var key = regexp.MustCompile(`"((?:rakna|rows)\.[A-Za-z0-9.]+)"`)

func data(dir string) (string, error) {
	script, err := os.ReadFile(filepath.Join(dir, "ts", "embed.ts"))
	if err != nil {
		return "", err
	}
	sha := wasm.Current().EngineSHA256
	all := struct {
		Engine     string              `json:"engine"`
		Guidelines []jsontext.Value    `json:"guidelines"`
		Languages  map[string]language `json:"languages"`
	}{Engine: hex.EncodeToString(sha[:]), Languages: map[string]language{}}
	for _, e := range municipal.List() {
		all.Guidelines = append(all.Guidelines, jsontext.Value(e.Bytes))
	}
	pages, err := filepath.Glob(filepath.Join(dir, "words", "page.*.json"))
	if err != nil {
		return "", err
	}
	for _, path := range pages {
		code := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "page."), ".json")
		l := language{Page: map[string]string{}}
		if l.Engine, err = os.ReadFile(filepath.Join(dir, "words", code+".json")); err != nil {
			return "", err
		}
		if err := l.Engine.Compact(); err != nil {
			return "", fmt.Errorf("couldn't read words/%s.json: %w", code, err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		var words struct {
			Page map[string]string `json:"page"`
		}
		if err := json.Unmarshal(file, &words); err != nil {
			return "", fmt.Errorf("couldn't read %s: %w", path, err)
		}
		for _, m := range key.FindAllSubmatch(script, -1) {
			text, ok := words.Page[string(m[1])]
			if !ok {
				return "", fmt.Errorf("embed.ts asks for %q, which %s lacks", m[1], path)
			}
			l.Page[string(m[1])] = text
		}
		all.Languages[code] = l
	}
	out, err := json.Marshal(all, json.Deterministic(true))
	return string(out), err
}
