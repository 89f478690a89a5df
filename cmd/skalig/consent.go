package main

import (
	"bytes"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/replay"
)

// consent says whose approval of the rules counts, and which releases they may have approved.
type consent struct {
	Approvers string `and:"consent" help:"A file that lists who may approve rules, with their keys: decisions are held to what enough of them have signed." placeholder:"FILE"`
	Releases  string `and:"consent" help:"The receipts of the log's releases, as a service shows them at /log/releases." placeholder:"FILE"`
}

// approved reads both; nil: nothing was asked for.
func (c consent) approved(s streams, policy ledger.Policy) (*replay.Approved, error) {
	if c.Approvers == "" {
		return nil, nil
	}
	approvers, err := approversIn(s, c.Approvers)
	if err != nil {
		return nil, err
	}
	var receipts [][]byte
	err = readReceipts(s, []string{c.Releases}, func(batch []receiptLine) error {
		for _, r := range batch {
			receipts = append(receipts, bytes.Clone(r.file))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return replay.NewApproved(policy, approvers, receipts)
}

// approversIn reads whose approval counts.
func approversIn(s streams, name string) ([]release.Approver, error) {
	text, err := readFile(s, name, release.MaxBytes)
	if err != nil {
		return nil, err
	}
	approvers, err := release.ParseApprovers(text)
	if err != nil {
		return nil, hinted{fmt.Errorf("couldn't read who approves in %s: %w", name, err),
			"a line for each person: approver KEY NAME; a service shows its own at /log/approvers"}
	}
	return approvers, nil
}
