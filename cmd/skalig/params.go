package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/wasm/contract"
)

type params struct {
	List paramsList `cmd:"" help:"Print every parameter with its date, unit, source and status."`
	Lint paramsLint `cmd:"" help:"Check a municipality's guideline and name each fault by file and line."`
	Diff paramsDiff `cmd:"" help:"Print every value that two files of parameters do not share."`
}

type paramsList struct {
	JSON bool `name:"json" help:"Print the national parameters as the engine gives them."`
}

// Run prints the national parameters, and which municipal guidelines there are.
func (p *paramsList) Run(s streams) error {
	out := contract.Parameters(nil)
	if p.JSON {
		_, err := fmt.Fprintf(s.out, "%s\n", out)
		return err
	}
	var list struct {
		Rows []struct {
			Name   string         `json:"name"`
			Value  jsontext.Value `json:"value"`
			Unit   string         `json:"unit"`
			From   string         `json:"from"`
			Source string         `json:"source"`
			Status string         `json:"status"`
		} `json:"rows"`
	}
	if err := json.Unmarshal(out, &list); err != nil {
		return fmt.Errorf("couldn't read the engine's answer: %w", err)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tVALUE\tUNIT\tFROM\tSTATUS\tSOURCE")
	for _, r := range list.Rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Value, r.Unit, r.From, r.Status, r.Source)
	}
	fmt.Fprintln(w, "\nGUIDELINE\tCODE\t\tFROM\tSTATUS\tSOURCE")
	for _, e := range municipal.All() {
		var g struct {
			Source string `json:"source"`
		}
		if err := json.Unmarshal(e.Bytes, &g); err != nil {
			return fmt.Errorf("couldn't read the guideline of %s: %w", e.Name, err)
		}
		fmt.Fprintf(w, "%s\t%s\t\t%s\t%s\t%s\n", e.Name, e.Code, e.From, e.Status, g.Source)
	}
	fmt.Fprintln(w, "\nStatus: S seen in a primary source, S2 in a secondary source, D derived, ? not verified.")
	return w.Flush()
}
