package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay"
)

type verify struct {
	Receipt string   `arg:"" help:"The receipt's file, or - for standard input."`
	Key     []string `required:"" help:"The log's verifier key, or a file that holds it. May be repeated."`
	JSON    bool     `name:"json" help:"Print the report as JSON; the decision is not replayed."`
}

// Run checks a receipt with no network, then decides its case again by the
// artefact it names.
func (v *verify) Run(s streams) error {
	file, err := readFile(s, v.Receipt, ledger.MaxReceipt)
	if err != nil {
		return err
	}
	keys, err := readKeys(v.Key)
	if err != nil {
		return err
	}
	report := ledger.Verify(file, keys)
	if v.JSON {
		fmt.Fprintf(s.out, "%s\n", report.JSON())
		return answer(report.OK)
	}
	for _, step := range report.Steps {
		printStep(s, step.Name, step.OK, reasonText(step.Code))
	}
	if !report.OK {
		fmt.Fprintf(s.out, "\nNOT VERIFIED: %s\n", reasonText(report.Reason))
		return errNo
	}
	fmt.Fprintf(s.out, "      leaf %d of %d in %s\n", report.Index, report.Size, report.Origin)
	if report.Leaf.Kind != ledger.Decision {
		fmt.Fprintf(s.out, "\nVERIFIED: a leaf of kind %s\n", report.Leaf.Kind)
		return nil
	}
	return v.replay(s, report)
}

func (v *verify) replay(s streams, report ledger.Report) error {
	d, err := record.ParseDecision(report.Record)
	if err != nil {
		printStep(s, "replay", false, err.Error())
		return errNo
	}
	if err := replay.Decision(context.Background(), d); err != nil {
		printStep(s, "replay", false, err.Error())
		fmt.Fprintln(s.out, "\nNOT VERIFIED: the receipt is genuine, but its decision could not be computed again")
		if errors.Is(err, replay.EngineUnknown) {
			fmt.Fprintf(s.err, "hint: a newer skalig keeps more releases; this record names the engine %x\n", d.Engine)
		}
		return errNo
	}
	printStep(s, "replay", true, "")
	fmt.Fprintf(s.out, "      engine %x\n", d.Engine)
	fmt.Fprintf(s.out, "\nVERIFIED: %s, %s kr for %s, %s by %s, %s\n", d.Outcome, record.Kronor(d.Granted), d.Month, d.Mode, d.Decider, d.Day)
	return nil
}

func printStep(s streams, name string, ok bool, why string) {
	mark := "ok   "
	if !ok {
		mark = "FAIL "
	}
	if why != "" {
		name += ": " + why
	}
	fmt.Fprintf(s.out, "%s %s\n", mark, name)
}

func answer(yes bool) error {
	if yes {
		return nil
	}
	return errNo
}
