package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/ledger/sample"
)

type draw struct {
	URL          string `arg:"" help:"Where the log is served, like https://host/log." placeholder:"URL"`
	Key          string `required:"" help:"The log's verifier key, or a file that holds it."`
	Municipality string `required:"" help:"Four digits." placeholder:"CODE"`
	Count        int    `short:"n" required:"" help:"How many decisions." placeholder:"N"`
	Size         uint64 `help:"Size of the checkpoint that was named. Default: the latest." placeholder:"N"`
}

// Run computes a sample from the public log, as anyone can: it verifies the whole
// log on the way.
func (c *draw) Run(s streams) error {
	keys, err := readKeys([]string{c.Key})
	if err != nil {
		return err
	}
	if c.Count < 1 {
		return errors.New("couldn't draw fewer than one decision")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var stored storedHashes
	numbers := map[uint64]uint64{}
	var candidates []uint64
	var failed error
	result, err := monitor.Poll(ctx, monitor.Tiles{Fetcher: monitor.HTTP(c.URL, nil)}, keys[0], nil, func(index uint64, text []byte) {
		added, err := tlog.StoredHashes(int64(index), text, &stored)
		failed = errors.Join(failed, err)
		stored = append(stored, added...)
		if leaf, err := ledger.ParseLeaf(text); err == nil && leaf.Kind == ledger.Decision && leaf.Municipality == c.Municipality {
			candidates = append(candidates, index)
			numbers[index] = leaf.Number
		}
	})
	switch {
	case err != nil:
		return unreached{fmt.Errorf("couldn't read the log: %w", err)}
	case !result.Sound():
		for _, f := range result.Faults {
			fmt.Fprintln(s.out, "FAULT", f)
		}
		return errNo
	case failed != nil:
		return fmt.Errorf("couldn't add up the log: %w", failed)
	}
	size := c.Size
	if size == 0 {
		size = result.New.Size
	}
	if size > result.New.Size {
		return fmt.Errorf("the log has %d leaves, the checkpoint %d", result.New.Size, size)
	}
	root, err := tlog.TreeHash(int64(size), &stored)
	if err != nil {
		return fmt.Errorf("couldn't compute the root: %w", err)
	}
	drawn := sample.Draw(root, size, c.Municipality, c.Count, candidates)
	fmt.Fprintf(s.out, "log %s, %d leaves, root %s\n", result.New.Origin, size, root)
	for _, index := range drawn {
		fmt.Fprintf(s.out, "leaf %d  decision %s/%d\n", index, c.Municipality, numbers[index])
	}
	return nil
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
