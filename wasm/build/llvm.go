package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// packages are Debian's names of what TinyGo is compiled against and links with.
var packages = []string{"llvm-19-dev", "libclang-19-dev", "clang-19", "lld-19"}

// An llvm is an installed LLVM 19 that has everything in it.
type llvm struct {
	config  string // llvm-config
	bin     string
	version string // 19.1.7
}

// openLLVM finds LLVM, or installs it where that is ours to do.
func openLLVM(ctx context.Context) (llvm, error) {
	found, missing := findLLVM(ctx)
	if missing == "" {
		return found, nil
	}
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return llvm{}, &hinted{
			errors.New("LLVM 19 lacks " + missing + ", which TinyGo is built with"),
			"as root: apt-get update && apt-get install --no-install-recommends " + strings.Join(packages, " "),
		}
	}
	env := append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	for _, args := range [][]string{{"-q", "update"}, append([]string{"-q", "install", "--yes", "--no-install-recommends"}, packages...)} {
		if err := show(ctx, command{env: env, name: apt, args: args}); err != nil {
			return llvm{}, &hinted{err, "install them by hand: " + strings.Join(packages, " ")}
		}
	}
	if found, missing = findLLVM(ctx); missing != "" {
		return llvm{}, &hinted{errors.New("LLVM 19 still lacks " + missing), "look whether these are whole: " + strings.Join(packages, " ")}
	}
	return found, nil
}

// findLLVM also says what is missing.
func findLLVM(ctx context.Context) (found llvm, missing string) {
	config, err := exec.LookPath("llvm-config-19")
	if err != nil {
		return llvm{}, "llvm-config-19"
	}
	// An llvm-config whose libraries are missing answers with an error.
	out, err := output(ctx, command{name: config, args: []string{"--version", "--bindir", "--includedir", "--libdir", "--libs"}})
	lines := strings.Split(out, "\n")
	if err != nil || len(lines) < 4 {
		return llvm{}, "its libraries"
	}
	found = llvm{config: config, version: lines[0], bin: lines[1]}
	for _, file := range []string{
		filepath.Join(found.bin, "clang"), filepath.Join(found.bin, "clang++"), filepath.Join(found.bin, "wasm-ld"),
		filepath.Join(lines[2], "llvm-c", "Core.h"), filepath.Join(lines[2], "clang-c", "Index.h"), filepath.Join(lines[3], "libclang.so"),
	} {
		if _, err := os.Stat(file); err != nil {
			return llvm{}, file
		}
	}
	return found, ""
}

// cgo is the environment in which Go compiles against this LLVM.
func (l llvm) cgo(ctx context.Context) ([]string, error) {
	cpp, err := output(ctx, command{name: l.config, args: []string{"--cppflags"}})
	if err != nil {
		return nil, err
	}
	ld, err := output(ctx, command{name: l.config, args: []string{"--ldflags", "--libs"}})
	if err != nil {
		return nil, err
	}
	return []string{
		"CGO_ENABLED=1",
		"CC=" + filepath.Join(l.bin, "clang"), "CXX=" + filepath.Join(l.bin, "clang++"),
		"CGO_CPPFLAGS=" + strings.TrimSpace(cpp), "CGO_CXXFLAGS=-std=c++17",
		"CGO_LDFLAGS=" + strings.Join(strings.Fields(ld), " "),
	}, nil
}
