package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/ledger/sample"
	"github.com/skalig/skalig/server/record"
)

type samples struct {
	Secret throw `cmd:"" help:"Throw a secret to ask for a sample by."`
	Draw   draw  `cmd:"" help:"Compute a sample from the public log, as anyone can."`
}

type throw struct {
	Out string `required:"" help:"File for the secret. It must not be there." placeholder:"FILE"`
}

// Run throws a secret, keeps it in a file, and prints its seal.
func (c *throw) Run(s streams) error {
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return fmt.Errorf("couldn't throw a secret: %w", err)
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return hinted{fmt.Errorf("couldn't keep the secret: %s is there already", c.Out), "give another file: what is in that one may still be needed"}
	}
	if err == nil {
		_, err = fmt.Fprintf(f, "%x\n", secret)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return fmt.Errorf("couldn't keep the secret: %w", err)
	}
	fmt.Fprintf(s.out, "seal %x\n", sample.Seal(secret))
	return nil
}

type draw struct {
	URL string `arg:"" help:"Where the log is served, like https://host/log." placeholder:"URL"`
	whom
	Asked  uint64 `required:"" help:"The leaf that asks." placeholder:"INDEX"`
	Secret string `help:"File with the secret. Default: as the log shows it." placeholder:"FILE"`
}

// Run computes a sample from the public log: it verifies the whole log on the way,
// and draws nothing for a request that no checkpoint covers.
func (c *draw) Run(s streams) error {
	policy, key, err := c.one(s)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	w := &walked{tiles: monitor.Tiles{Fetcher: monitor.HTTP(c.URL, nil), Records: monitor.HTTP(strings.TrimSuffix(c.URL, "/")+"/opened", nil)}, key: key}
	result, err := monitor.Poll(ctx, w.tiles, w.key, nil, w.take)
	switch {
	case err != nil:
		return unreached{fmt.Errorf("couldn't read the log: %w", err)}
	case !result.Sound():
		for _, f := range result.Faults {
			fmt.Fprintln(s.out, "FAULT", f)
		}
		return errNo
	case unwitnessed(policy, result.Signed) != nil:
		fmt.Fprintln(s.out, "FAULT", unwitnessed(policy, result.Signed))
		return errNo
	case w.failed != nil:
		return fmt.Errorf("couldn't add up the log: %w", w.failed)
	case c.Asked >= result.New.Size:
		return hinted{fmt.Errorf("the log has %d leaves under its checkpoint, and leaf %d asks", result.New.Size, c.Asked),
			"wait until the request is published; never show the secret before"}
	}
	asked, err := opened(ctx, w, c.Asked, record.ParseAsked)
	if err != nil {
		return err
	}
	seed := sample.Seed{Size: c.Asked + 1, Municipality: asked.Municipality}
	if seed.Secret, err = c.secret(ctx, w); err != nil {
		return err
	}
	if sample.Seal(seed.Secret) != asked.Seal {
		return fmt.Errorf("the secret is not the one that leaf %d sealed", c.Asked)
	}
	root, err := tlog.TreeHash(int64(seed.Size), &w.stored)
	if err != nil {
		return fmt.Errorf("couldn't compute the root: %w", err)
	}
	seed.Root = root
	fmt.Fprintf(s.out, "log %s, %d leaves, root %s\n", result.New.Origin, seed.Size, root)
	for _, index := range seed.Draw(int(asked.Count), w.decisions(asked.Municipality)) {
		fmt.Fprintf(s.out, "leaf %d  decision %s/%d\n", index, asked.Municipality, w.leaves[index].Number)
	}
	return nil
}

// secret reads the auditor's own, or finds the one that the log shows.
func (c *draw) secret(ctx context.Context, w *walked) (secret [32]byte, err error) {
	if c.Secret != "" {
		text, err := os.ReadFile(c.Secret)
		if err != nil {
			return secret, fmt.Errorf("couldn't read the secret: %w", err)
		}
		raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
		if err != nil || len(raw) != len(secret) {
			return secret, errors.New("couldn't read the secret: it is not 64 hexadecimal digits")
		}
		return [32]byte(raw), nil
	}
	for index := c.Asked + 1; index < uint64(len(w.leaves)); index++ {
		if l := w.leaves[index]; l.Kind != ledger.Access || l.Municipality != w.leaves[c.Asked].Municipality {
			continue
		}
		if r, err := opened(ctx, w, index, record.ParseRevealed); err == nil && r.Asked == c.Asked {
			return r.Secret, nil
		} else if errors.As(err, new(unreached)) {
			return secret, err
		}
	}
	return secret, hinted{fmt.Errorf("nobody has shown the secret that leaf %d sealed", c.Asked), "the auditor has it; add --secret FILE"}
}

// walked is a log that was read from its first leaf on.
type walked struct {
	tiles  monitor.Tiles
	key    string
	stored storedHashes
	leaves []ledger.Leaf
	failed error
}

func (w *walked) take(index uint64, text []byte) {
	added, err := tlog.StoredHashes(int64(index), text, &w.stored)
	l, malformed := ledger.ParseLeaf(text)
	w.failed = errors.Join(w.failed, err, malformed)
	w.stored, w.leaves = append(w.stored, added...), append(w.leaves, l)
}

// decisions are the indexes of a municipality's decision leaves.
func (w *walked) decisions(municipality string) (indexes []uint64) {
	for i, l := range w.leaves {
		if l.Kind == ledger.Decision && l.Municipality == municipality {
			indexes = append(indexes, uint64(i))
		}
	}
	return indexes
}

// opened reads the public record of a leaf, by a receipt that verifies.
func opened[T any](ctx context.Context, w *walked, index uint64, parse func([]byte) (*T, error)) (*T, error) {
	file, err := w.tiles.Open(ctx, index)
	if err != nil {
		return nil, unreached{fmt.Errorf("couldn't read the record of leaf %d: %w", index, err)}
	}
	rep := ledger.Verify(file, []string{w.key})
	if !rep.OK || rep.Index != index {
		return nil, fmt.Errorf("couldn't believe the record of leaf %d: %s", index, string(rep.Reason))
	}
	return parse(rep.Record)
}

// storedHashes are those of a log that is read from its first leaf on.
type storedHashes []tlog.Hash

func (h *storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(*h)) {
			return nil, fmt.Errorf("there is no hash %d", x)
		}
		out[i] = (*h)[x]
	}
	return out, nil
}
