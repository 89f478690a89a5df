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
	consent
	JSON bool `name:"json" help:"Print the report as JSON; the decision is not replayed, nor held to who approved its rules."`
}

// Run checks a receipt with no network, then decides its case again by the
// artefact it names.
func (v *verify) Run(s streams) error {
	file, err := readFile(s, v.Receipt, ledger.MaxReceipt)
	if err != nil {
		return err
	}
	policy, err := v.believed(s)
	if err != nil {
		return err
	}
	report := v.report(policy, file)
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
	approved, err := v.approved(s, policy)
	if err != nil {
		return err
	}
	if report.Leaf.Kind == ledger.Release && approved != nil {
		if _, err := approved.Release(report.Record); err != nil {
			printStep(s, "approval", false, err.Error())
			fmt.Fprintln(s.out, "\nNOT VERIFIED: the receipt is genuine, but too few of the approvers have signed its release")
			return errNo
		}
		printStep(s, "approval", true, "")
	}
	if report.Leaf.Kind != ledger.Decision {
		fmt.Fprintf(s.out, "\nVERIFIED: a leaf of kind %s\n", report.Leaf.Kind)
		return nil
	}
	return v.replay(s, report, approved)
}

// report verifies by what was given: keys, or a policy.
func (v *verify) report(policy ledger.Policy, file []byte) ledger.Report {
	if v.Policy == "" {
		return ledger.Verify(file, policy.Logs)
	}
	return ledger.VerifyPolicy(file, policy)
}

func (v *verify) replay(s streams, report ledger.Report, approved *replay.Approved) error {
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
	if approved != nil {
		if err := approved.Decision(d, report.Origin, report.Index); err != nil {
			printStep(s, "approval", false, differenceTexts[replay.NotApproved])
			fmt.Fprintln(s.out, "\nNOT VERIFIED: the receipt is genuine, but its decision is by rules that were not approved")
			return errNo
		}
		printStep(s, "approval", true, "")
	}
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
