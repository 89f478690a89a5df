package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/reopen"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/wasm/contract"
)

type again struct {
	Receipts  []string `arg:"" optional:"" help:"Disclosed records: files of receipts, folders of them, or - for standard input." placeholder:"FILE|DIR|-"`
	Key       []string `help:"The log's verifier key, or a file that holds it: receipts that do not verify are refused." placeholder:"KEY"`
	Data      string   `help:"The folder of a server that is stopped, instead of receipts." placeholder:"DIR"`
	Guideline string   `help:"The guideline as it should have been." placeholder:"FILE"`
	Wrong     string   `help:"The guideline that was wrong: only decisions by that very file. Default: by any." placeholder:"FILE"`
	Riksnorm  string   `help:"The riksnorm as it should have been: one row as in engine/sol/params/riksnorm.json." placeholder:"FILE"`
	JSON      bool     `name:"json" help:"Print a line of JSON for every decision."`
	Database  database `embed:""`
}

// Run lists the decisions that a wrong rule touched, with what each would be.
func (c *again) Run(s streams) error {
	correction, err := c.correction(s)
	if err != nil {
		return err
	}
	if (c.Data == "") == (len(c.Receipts) == 0) || len(c.Receipts) > 0 && len(c.Key) == 0 {
		return hinted{errors.New("there are no decisions to look at"), "name receipts and the log's --key, or a server's folder with --data"}
	}
	var rows []reopen.Row
	replaced := map[string]bool{}
	looked := 0
	look := func(d *record.Decision) error {
		looked++
		replaced[d.Replaces] = true
		row, touched, err := correction.Check(d)
		if err != nil {
			return fmt.Errorf("couldn't compute decision %s/%d: %w", d.Municipality, d.Number, err)
		}
		if touched {
			rows = append(rows, row)
		}
		return nil
	}
	if c.Data != "" {
		err = c.folder(look)
	} else {
		err = c.receipts(s, look)
	}
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Replaced = replaced[fmt.Sprintf("%s/%d", rows[i].Municipality, rows[i].Number)]
	}
	if c.JSON {
		return printRows(s.out, rows)
	}
	return tableRows(s.out, rows, looked)
}

func (c *again) correction(s streams) (*reopen.Correction, error) {
	if (c.Guideline == "") == (c.Riksnorm == "") || c.Wrong != "" && c.Guideline == "" {
		return nil, hinted{errors.New("one corrected rule must be named"), "--guideline FILE or --riksnorm FILE"}
	}
	var out reopen.Correction
	var err error
	if out.Norm, err = (&simulate{ToRiksnorm: c.Riksnorm}).draft(s); err != nil || c.Riksnorm != "" {
		return &out, err
	}
	file, err := readFile(s, c.Guideline, contract.MaxInput)
	if err != nil {
		return nil, err
	}
	r := engine.NewReader(file, "guideline")
	out.Guideline = sol.ReadGuideline(r)
	r.Done()
	if p := r.Problems(); len(p) > 0 {
		return nil, hinted{fmt.Errorf("couldn't read the guideline %s: %s at %s", c.Guideline, p[0].Code, p[0].Path), "skalig params lint " + c.Guideline}
	}
	if c.Wrong != "" {
		out.Wrong, err = readFile(s, c.Wrong, contract.MaxInput)
	}
	return &out, err
}

// folder looks at every decision in a stopped server's folder that is not erased.
func (c *again) folder(look func(*record.Decision) error) error {
	unlock, err := inspection.Lock(c.Data)
	if err != nil {
		return hinted{fmt.Errorf("couldn't look at the data: %w", err), "stop the server first, or use a copy of the folder"}
	}
	defer unlock()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	db, err := c.Database.open(ctx)
	if err != nil {
		return err
	}
	inspect := func() (*store.Inspection, error) { return store.Inspect(ctx, c.Data) }
	if db != nil {
		inspect = func() (*store.Inspection, error) { return store.InspectShared(ctx, c.Data, db) }
	}
	st, err := inspect()
	if err != nil {
		return inDatabase(err)
	}
	defer st.Close()
	for row, err := range st.Rows(ctx) {
		if err != nil {
			return err
		}
		if row.Kind != store.KindDecided || row.BodyErr != nil && st.Erased(&row.Event) {
			continue
		}
		if row.BodyErr != nil {
			return row.BodyErr
		}
		body, err := flow.DecodeBody[flow.DecidedBody](row.Body)
		if err != nil {
			return err
		}
		d, err := record.ParseDecision([]byte(body.Record))
		if err != nil {
			return err
		}
		if err := look(d); err != nil {
			return err
		}
	}
	return nil
}

// receipts looks at every decision among receipts that verify.
func (c *again) receipts(s streams, look func(*record.Decision) error) error {
	keys, err := readKeys(c.Key)
	if err != nil {
		return err
	}
	return readReceipts(s, c.Receipts, func(batch []receiptLine) error {
		for _, l := range batch {
			rep := ledger.Verify(l.file, keys)
			if !rep.OK {
				return fmt.Errorf("couldn't believe the receipt in %s, line %d: %w", l.name, l.line, rep.Reason)
			}
			if rep.Leaf.Kind != ledger.Decision {
				continue
			}
			d, err := record.ParseDecision(rep.Record)
			if err != nil {
				return fmt.Errorf("couldn't read the record in %s, line %d: %w", l.name, l.line, err)
			}
			if err := look(d); err != nil {
				return err
			}
		}
		return nil
	})
}

func printRows(out io.Writer, rows []reopen.Row) error {
	for _, r := range rows {
		line, err := json.Marshal(struct {
			Decision   string   `json:"decision"`
			Day        string   `json:"day"`
			Month      string   `json:"month"`
			Mode       string   `json:"mode"`
			Granted    string   `json:"granted"`
			Before     string   `json:"before"`
			After      string   `json:"after"`
			Difference string   `json:"difference"`
			Outcome    string   `json:"outcome"`
			Touched    []string `json:"touched"`
			Other      bool     `json:"other"`
			Replaced   bool     `json:"replaced"`
		}{fmt.Sprintf("%s/%d", r.Municipality, r.Number), r.Day, r.Month, r.Mode, record.Kronor(int64(r.Granted)), record.Kronor(int64(r.Before)),
			record.Kronor(int64(r.After)), record.Kronor(int64(r.Difference())), r.Outcome, r.Touched, r.Other, r.Replaced}, json.Deterministic(true))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}

func tableRows(out io.Writer, rows []reopen.Row, looked int) error {
	table := [][]string{{"decision", "day", "month", "by", "granted", "before", "after", "difference", "touched"}}
	var more, less engine.Ore
	open := 0
	for _, r := range rows {
		notes := strings.Join(r.Touched, " ")
		if r.Outcome == string(sol.Human) {
			notes += " (a person decides)"
		}
		if r.Other {
			notes += " (made by other rules)"
		}
		if r.Replaced {
			notes += " (replaced since)"
		} else {
			open++
			if d := r.Difference(); d > 0 {
				more += d
			} else {
				less -= d
			}
		}
		table = append(table, []string{fmt.Sprintf("%s/%d", r.Municipality, r.Number), r.Day, r.Month, r.Mode, record.Kronor(int64(r.Granted)),
			record.Kronor(int64(r.Before)), record.Kronor(int64(r.After)), record.Kronor(int64(r.Difference())), notes})
	}
	if len(rows) > 0 {
		if _, err := io.WriteString(out, aligned(table)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d of %d decisions touched, %d of them in force: %s kronor too little, %s too much\n", len(rows), looked, open,
		record.Kronor(int64(more)), record.Kronor(int64(less)))
	return err
}
