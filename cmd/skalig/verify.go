package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay"
)

type verify struct {
	Receipt string `arg:"" help:"The receipt's file, or - for standard input."`
	whom
	JSON bool `name:"json" help:"Print the report as JSON; the decision is not replayed."`
}

// Run checks a receipt with no network, then decides its case again by the
// artefact it names.
func (v *verify) Run(s streams) error {
	file, err := readFile(s, v.Receipt, ledger.MaxReceipt)
	if err != nil {
		return err
	}
	report, err := v.report(s, file)
	if err != nil {
		return err
	}
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
	switch {
	case !report.Required:
		fmt.Fprintln(s.out, "      no witness was required: only the log itself vouches that others see the same")
	default:
		fmt.Fprintf(s.out, "      cosigned by %s, as the policy requires\n", strings.Join(report.Witnesses, ", "))
	}
	if report.Leaf.Kind != ledger.Decision {
		fmt.Fprintf(s.out, "\nVERIFIED: a leaf of kind %s\n", report.Leaf.Kind)
		return nil
	}
	return v.replay(s, report)
}

// report verifies by what was given: keys, or a policy.
func (v *verify) report(s streams, file []byte) (ledger.Report, error) {
	policy, err := v.believed(s)
	if err != nil {
		return ledger.Report{}, err
	}
	if v.Policy == "" {
		return ledger.Verify(file, policy.Logs), nil
	}
	return ledger.VerifyPolicy(file, policy), nil
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
