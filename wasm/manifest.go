package wasm

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// A Release is one pair of artefacts. It stays as long as there are decisions
// made by it.
type Release struct {
	Version      string // 0.1.0
	EngineSHA256 [32]byte
	VerifySHA256 [32]byte
	Source       [32]byte // recipe.Digest of a source that gives these bytes
	Toolchain    string   // tinygo 0.41.1, llvm 19.1.7, go 1.26.8
}

const (
	manifestSchema = "skalig/releases/1"
	manifestLimit  = 1 << 20
)

// ErrManifest says that the bytes are no list of releases in its one form.
var ErrManifest = errors.New("not a manifest of releases")

var version = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}$`)

// The manifest's form in JSON, fields in this order.
type manifest struct {
	Schema   string         `json:"schema"`
	Releases []manifestLine `json:"releases"`
}

type manifestLine struct {
	Version   string `json:"version"`
	Engine    string `json:"engine"`
	Verify    string `json:"verify"`
	Source    string `json:"source"`
	Toolchain string `json:"toolchain"`
}

// FormatManifest is the one form of a list of releases, oldest first.
func FormatManifest(releases []Release) []byte {
	m := manifest{Schema: manifestSchema, Releases: []manifestLine{}}
	for _, r := range releases {
		m.Releases = append(m.Releases, manifestLine{
			r.Version, hex.EncodeToString(r.EngineSHA256[:]), hex.EncodeToString(r.VerifySHA256[:]),
			hex.EncodeToString(r.Source[:]), r.Toolchain,
		})
	}
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		panic(err) // strings always marshal
	}
	return append(data, '\n')
}

// ParseManifest accepts exactly what FormatManifest writes, with versions that
// are all different.
func ParseManifest(data []byte) ([]Release, error) {
	if len(data) > manifestLimit {
		return nil, ErrManifest
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrManifest, err)
	}
	if m.Schema != manifestSchema {
		return nil, fmt.Errorf("%w: its schema isn't %s", ErrManifest, manifestSchema)
	}
	var releases []Release
	for _, line := range m.Releases {
		r := Release{Version: line.Version, Toolchain: line.Toolchain}
		if !version.MatchString(r.Version) || slices.ContainsFunc(releases, func(o Release) bool { return o.Version == r.Version }) {
			return nil, fmt.Errorf("%w: version %q", ErrManifest, r.Version)
		}
		for _, f := range []struct {
			to   *[32]byte
			from string
		}{{&r.EngineSHA256, line.Engine}, {&r.VerifySHA256, line.Verify}, {&r.Source, line.Source}} {
			digest, err := hex.DecodeString(f.from)
			if err != nil || len(digest) != len(f.to) {
				return nil, fmt.Errorf("%w: a digest of version %s", ErrManifest, r.Version)
			}
			copy(f.to[:], digest)
		}
		releases = append(releases, r)
	}
	// Unknown and repeated fields, other white space, upper case: all of it
	// shows in that the bytes aren't the ones we would have written.
	if !bytes.Equal(FormatManifest(releases), data) {
		return nil, fmt.Errorf("%w: it isn't in the form that is written", ErrManifest)
	}
	return releases, nil
}
