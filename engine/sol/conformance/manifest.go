package conformance

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ManifestSchema names the JSON form of a manifest.
const ManifestSchema = "skalig/conformance/1"

//go:embed manifest.json
var manifest []byte

// A Manifest is the digests of a suite.
type Manifest struct {
	Schema  string         `json:"schema"`
	Schemas []SchemaDigest `json:"schemas"`
	Cases   []CaseDigest   `json:"cases"`
}

// A SchemaDigest identifies a schema.
type SchemaDigest struct {
	Name   string `json:"name"`
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// A CaseDigest identifies a case and its answer.
type CaseDigest struct {
	Name   string `json:"name"`
	Input  string `json:"input"`
	Answer string `json:"answer"`
}

// Published returns the manifest that is kept here.
func Published() (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(manifest, &m, json.RejectUnknownMembers(true)); err != nil {
		return m, fmt.Errorf("couldn't read the manifest: %w", err)
	}
	return m, nil
}

// Sum returns the manifest of the suite as assess answers it.
func Sum(assess func([]byte) []byte) (Manifest, error) {
	m := Manifest{Schema: ManifestSchema}
	schemas, err := Schemas()
	if err != nil {
		return m, err
	}
	for _, s := range schemas {
		m.Schemas = append(m.Schemas, SchemaDigest{s.Name, s.ID, digest(s.Bytes)})
	}
	cases, err := Cases()
	if err != nil {
		return m, err
	}
	for _, c := range cases {
		m.Cases = append(m.Cases, CaseDigest{c.Name, digest(line(c.Input)), digest(line(assess(c.Input)))})
	}
	return m, nil
}

// Bytes returns the manifest as it is published.
func (m Manifest) Bytes() ([]byte, error) {
	b, err := json.Marshal(m, jsontext.WithIndent(" "))
	return append(b, '\n'), err
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// A File is one file of the suite as it is published.
type File struct {
	Path  string // "cases/2026-single/input.json"
	Bytes []byte
}

// Files returns the suite as files, with the answers of assess; they must be
// those of the published manifest.
func Files(assess func([]byte) []byte) ([]File, error) {
	m, err := Sum(assess)
	if err != nil {
		return nil, err
	}
	text, err := m.Bytes()
	if err != nil {
		return nil, err
	}
	if string(text) != string(manifest) {
		return nil, fmt.Errorf("couldn't publish the suite: its answers are not those of the manifest")
	}
	files := []File{{"manifest.json", text}}
	schemas, err := Schemas()
	if err != nil {
		return nil, err
	}
	for _, s := range schemas {
		files = append(files, File{"schema/" + s.Name, s.Bytes})
	}
	cases, err := Cases()
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		dir := "cases/" + c.Name + "/"
		files = append(files,
			File{dir + "input.json", line(c.Input)},
			File{dir + "answer.json", line(assess(c.Input))},
			File{dir + "working.txt", line([]byte(c.Working))})
	}
	return files, nil
}

func line(b []byte) []byte { return append(append(make([]byte, 0, len(b)+1), b...), '\n') }
