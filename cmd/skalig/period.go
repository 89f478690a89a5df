package main

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/wasm/contract"
)

type period struct {
	File string `arg:"" help:"What was stated and when (input of the call period, see package contract), or - for standard input."`
	JSON bool   `name:"json" help:"Print the spans with their results and traces as JSON."`
}

// Run assesses the months of a period with what was known on a day, and prints
// a line for each part in which no rule and no fact changes.
func (p *period) Run(s streams) error {
	in, err := readFile(s, p.File, contract.MaxInput)
	if err != nil {
		return err
	}
	out := contract.Period(in)
	var answer struct {
		Errors []problem `json:"errors"`
		Spans  []struct {
			From    string         `json:"from"`
			To      string         `json:"to"`
			Version jsontext.Value `json:"version"`
			Errors  []problem      `json:"errors"`
			Result  struct {
				Outcome string         `json:"outcome"`
				Support jsontext.Value `json:"support"`
				Surplus jsontext.Value `json:"surplus"`
				Rules   struct {
					Act  string `json:"act"`
					Norm int    `json:"norm"`
				} `json:"rules"`
			} `json:"result"`
		} `json:"spans"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return fmt.Errorf("couldn't read the engine's answer: %w", err)
	}
	if len(answer.Errors) > 0 {
		for _, fault := range answer.Errors {
			fmt.Fprintf(s.err, "error: %s: %s\n", fault.Path, strings.TrimSpace(fault.Code+" "+fault.Detail))
		}
		return errNo
	}
	if p.JSON {
		_, err := fmt.Fprintf(s.out, "%s\n", out)
		return err
	}
	for _, span := range answer.Spans {
		fmt.Fprintf(s.out, "%s – %s  ", span.From, span.To)
		switch {
		case string(span.Version) == `"none"`:
			fmt.Fprintln(s.out, "nothing was known")
		case len(span.Errors) > 0:
			fmt.Fprintf(s.out, "version %s: %s %s\n", span.Version, span.Errors[0].Code, span.Errors[0].Detail)
		default:
			r := span.Result
			fmt.Fprintf(s.out, "version %s: %s, support %s, surplus %s (%s, norm %d)\n", span.Version, r.Outcome, or(r.Support, "–"), or(r.Surplus, "–"), r.Rules.Act, r.Rules.Norm)
		}
	}
	return nil
}

func or(v jsontext.Value, none string) string {
	if v == nil {
		return none
	}
	return string(v)
}
