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
	Receipt string   `arg:"" help:"The receipt's file, or - for standard input."`
	Key     []string `xor:"whom" required:"" help:"The log's verifier key, or a file that holds it. May be repeated."`
	Policy  string   `xor:"whom" required:"" help:"A file that lists the log and the witnesses that must have cosigned it." type:"existingfile" placeholder:"FILE"`
	JSON    bool     `name:"json" help:"Print the report as JSON; the decision is not replayed."`
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
	if v.Policy == "" {
		keys, err := readKeys(v.Key)
		if err != nil {
			return ledger.Report{}, err
		}
		return ledger.Verify(file, keys), nil
	}
	policy, err := readPolicy(s, v.Policy)
	if err != nil {
		return ledger.Report{}, err
	}
	return ledger.VerifyPolicy(file, policy), nil
}

// readPolicy reads whom to believe.
func readPolicy(s streams, name string) (ledger.Policy, error) {
	text, err := readFile(s, name, 64<<10)
	if err != nil {
		return ledger.Policy{}, err
	}
	policy, err := ledger.ParsePolicy(text)
	if err != nil {
		return policy, hinted{fmt.Errorf("couldn't read the policy in %s: it is not one, or names a key that is none", name),
			"lines of a policy: log KEY, witness NAME KEY [URL], group NAME any|all|N MEMBER…, quorum NAME|none"}
	}
	return policy, nil
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
