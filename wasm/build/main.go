// Command build builds the artefacts from source with the pinned toolchain.
//
//	go run ./wasm/build                           fails unless the bytes are the newest release's
//	go run ./wasm/build -release 0.2.0            makes a release of this source
//	go run ./wasm/build -release 0.1.0 -replace   puts it in the place of the newest release,
//	                                              which must never have been in production
//
// The toolchain is TinyGo and Go as wasm/toolchain/go.mod names them, and LLVM
// 19. TinyGo is compiled on first use into .cache/tinygo at the module's root
// (half a minute); LLVM comes from Debian's packages, which are installed when
// they are missing and we may. Each build starts from nothing: TinyGo's own
// cache lives in a new folder, and of the environment only what finds Go's
// modules is handed on.
//
// What can't be done ends in `error:` and what to do about it in `hint:`, exit
// status 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/skalig/skalig/wasm/recipe"
)

func main() {
	release := flag.String("release", "", "make a release with this `version`")
	replace := flag.Bool("replace", false, "let the new release take the newest one's place")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if flag.NArg() > 0 || *replace && *release == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(ctx, *release, *replace); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		if h, ok := errors.AsType[*hinted](err); ok {
			fmt.Fprintln(os.Stderr, "hint: ", h.hint)
		}
		os.Exit(1)
	}
}

// hinted is an error that says what to do about it.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

func run(ctx context.Context, release string, replace bool) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	source, err := recipe.Digest(root)
	if err != nil {
		return err
	}
	kept, err := openReleases(root)
	if err != nil {
		return err
	}
	if release == "" {
		if err := kept.isOf(source); err != nil {
			return err
		}
	}
	tools, err := openToolchain(ctx, root)
	if err != nil {
		return err
	}
	built, err := tools.build(ctx)
	if err != nil {
		return err
	}
	if release == "" {
		return kept.compare(built, tools.String())
	}
	return kept.cut(release, replace, built, source, tools.String())
}

// moduleRoot is the folder of the go.mod that this command was run in.
func moduleRoot(ctx context.Context) (string, error) {
	mod, err := output(ctx, command{name: "go", args: []string{"env", "GOMOD"}})
	if err != nil {
		return "", err
	}
	root := filepath.Dir(strings.TrimSpace(mod))
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(recipe.Target))); err != nil {
		return "", &hinted{fmt.Errorf("couldn't find %s under %s", recipe.Target, root), "run it in Skälig's own checkout"}
	}
	return root, nil
}
