package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/semver"

	"github.com/skalig/skalig/wasm"
)

// releases are the kept ones, as they are on disk now.
type releases struct {
	dir string
	all []wasm.Release
}

func openReleases(root string) (*releases, error) {
	k := &releases{dir: filepath.Join(root, "wasm", "release")}
	data, err := os.ReadFile(filepath.Join(k.dir, "manifest.json"))
	if err != nil {
		return nil, fmt.Errorf("couldn't read the releases: %w", err)
	}
	if k.all, err = wasm.ParseManifest(data); err != nil {
		return nil, fmt.Errorf("couldn't read the releases: %w", err)
	}
	return k, nil
}

// isOf says whether the newest release is one of this source.
func (k *releases) isOf(source [32]byte) error {
	if len(k.all) == 0 {
		return &hinted{fmt.Errorf("there is no release yet"), "go run ./wasm/build -release 0.1.0"}
	}
	newest := k.all[len(k.all)-1]
	if newest.Source != source {
		return &hinted{
			fmt.Errorf("the source of the artefacts has changed since release %s", newest.Version),
			fmt.Sprintf("make the next release: go run ./wasm/build -release VERSION\n"+
				"       or, while %s has never been in production: go run ./wasm/build -release %s -replace", newest.Version, newest.Version),
		}
	}
	return nil
}

// compare fails unless what was built are the newest release's bytes.
func (k *releases) compare(built map[string][]byte, toolchain string) error {
	newest := k.all[len(k.all)-1]
	engine, verify := sha256.Sum256(built["engine"]), sha256.Sum256(built["verify"])
	for _, a := range []struct {
		name      string
		got, want [32]byte
	}{{"engine", engine, newest.EngineSHA256}, {"verify", verify, newest.VerifySHA256}} {
		if a.got != a.want {
			return &hinted{
				fmt.Errorf("%s.wasm of this source is %x, that of release %s is %x", a.name, a.got, newest.Version, a.want),
				fmt.Sprintf("the release was built with %s; this was %s", newest.Toolchain, toolchain),
			}
		}
		fmt.Printf("%s.wasm of release %s built again, the same %d bytes: %x\n", a.name, newest.Version, len(built[a.name]), a.got)
	}
	return nil
}

// cut makes a release of what was built.
func (k *releases) cut(version string, replace bool, built map[string][]byte, source [32]byte, toolchain string) error {
	next := wasm.Release{
		Version: version, Source: source, Toolchain: toolchain,
		EngineSHA256: sha256.Sum256(built["engine"]), VerifySHA256: sha256.Sum256(built["verify"]),
	}
	if _, err := wasm.ParseManifest(wasm.FormatManifest([]wasm.Release{next})); err != nil {
		return &hinted{fmt.Errorf("couldn't make the release: %w", err), "a version is three numbers: 0.2.0"}
	}
	older := k.all
	if len(k.all) > 0 {
		newest := k.all[len(k.all)-1]
		switch same := newest.EngineSHA256 == next.EngineSHA256 && newest.VerifySHA256 == next.VerifySHA256; {
		case replace:
			older = k.all[:len(k.all)-1]
		case same:
			// A comment changed: the release is its bytes, and they stay.
			fmt.Printf("the bytes are those of release %s, which stays; its source digest is renewed\n", newest.Version)
			next.Version, older = newest.Version, k.all[:len(k.all)-1]
		}
	}
	if n := len(older); n > 0 && semver.Compare("v"+next.Version, "v"+older[n-1].Version) <= 0 {
		return &hinted{
			fmt.Errorf("version %s doesn't come after release %s", next.Version, older[n-1].Version),
			"choose a higher one, or put it in that release's place with -replace",
		}
	}
	if err := k.write(append(older[:len(older):len(older)], next), built); err != nil {
		return fmt.Errorf("couldn't make the release: %w", err)
	}
	fmt.Printf("release %s, %s\nengine.wasm %7d bytes %x\nverify.wasm %7d bytes %x\n", next.Version, toolchain,
		len(built["engine"]), next.EngineSHA256, len(built["verify"]), next.VerifySHA256)
	return nil
}

// write puts the artefacts first, then the manifest that names them, and takes
// away last what no release names any more: at every point the manifest's
// files are there.
func (k *releases) write(all []wasm.Release, built map[string][]byte) error {
	manifest := wasm.FormatManifest(all)
	for _, data := range built {
		if err := os.WriteFile(filepath.Join(k.dir, file(sha256.Sum256(data))), data, 0o666); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(k.dir, "manifest.new"), manifest, 0o666); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(k.dir, "manifest.new"), filepath.Join(k.dir, "manifest.json")); err != nil {
		return err
	}
	for _, old := range k.all {
		for _, sha := range [][32]byte{old.EngineSHA256, old.VerifySHA256} {
			if bytes.Contains(manifest, []byte(hex.EncodeToString(sha[:]))) {
				continue
			}
			if err := os.Remove(filepath.Join(k.dir, file(sha))); err != nil && !os.IsNotExist(err) {
				return err
			}
		}
	}
	k.all = all
	return nil
}

func file(sha [32]byte) string { return hex.EncodeToString(sha[:]) + ".wasm" }
