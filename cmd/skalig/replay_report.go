package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay"
)

// differenceTexts has a sentence for every way a replay can differ.
var differenceTexts = map[replay.Difference]string{
	replay.EngineUnknown:   "no artefact of the engine it names is kept here",
	replay.EngineFailed:    "the engine refuses the facts of the record, or failed",
	replay.FactsDiffer:     "the facts are not what the engine calls canonical",
	replay.RulesDiffer:     "the rules are not the engine's parameters and the guideline in the record",
	replay.ResultDiffers:   "the engine computes another result",
	replay.GrantDiffers:    "a machine granted something else than was computed",
	replay.HeadDiffers:     "the record is about another month or municipality than its facts, or a machine decided what was for a person",
	replay.NotApproved:     "no release that enough of the approvers have signed covers it on its day",
	replay.Repeated:        "the same leaf was given before, and counts once",
	replay.NotGiven:        "the log's lot drew this decision, and it is not among the receipts",
	replay.RecordMalformed: "the record is not a decision in canonical form",
}

// what says in one code and one sentence what is wrong.
func (o told) what() (code, text string) {
	if o.Reason != "" {
		return string(o.Reason), reasonText(o.Reason)
	}
	return string(o.Difference), differenceTexts[o.Difference]
}

// whose names the decision, if it is verified whose it is.
func (o told) whose() string {
	if o.Reason != "" {
		return ""
	}
	if o.Difference == replay.NotGiven {
		return fmt.Sprintf("leaf %d", o.Index) // its number stands in the log
	}
	return fmt.Sprintf("decision %s/%d, leaf %d", o.Leaf.Municipality, o.Leaf.Number, o.Index)
}

// where names file and line. A name that could play tricks on a terminal is quoted.
func (o told) where() string {
	if o.line == 0 {
		return "sample"
	}
	name := o.name
	if quoted := strconv.Quote(name); quoted != `"`+name+`"` {
		name = quoted
	}
	return fmt.Sprintf("%s:%d", name, o.line)
}

type textReport struct{ out io.Writer }

func (r textReport) outcome(o told) error {
	if o.Sound() {
		return nil
	}
	code, text := o.what()
	verdict := "DIFFERS"
	if o.Reason != "" {
		verdict = "REFUSED"
	}
	at := o.where()
	if whose := o.whose(); whose != "" {
		at += ": " + whose
	}
	_, err := fmt.Fprintf(r.out, "%s %s: %s: %s\n", verdict, at, code, text)
	return err
}

func (r textReport) sum(t *tally) error {
	verdict := "REPLAYED"
	if t.wrong() {
		verdict = "NOT REPLAYED"
	}
	drawn := ""
	if t.missing+t.withheld > 0 {
		drawn = fmt.Sprintf(", %d drawn and missing, %d withheld", t.missing, t.withheld)
	}
	_, err := fmt.Fprintf(r.out, "%s: %d receipts: %d decisions recomputed alike, %d other leaves verified, %d differ, %d refused%s; %s, %s\n",
		verdict, t.receipts, t.decisions, t.others, t.differences, t.refused, drawn, t.took.Round(time.Millisecond), rate(t.receipts, t.took))
	return err
}

type jsonReport struct{ out io.Writer }

// jsonLine is a line of --json; what is not verified is left out.
type jsonLine struct {
	File         string `json:"file"`
	Line         int    `json:"line"`
	OK           bool   `json:"ok"`
	Reason       string `json:"reason"`
	Difference   string `json:"difference"`
	Replayed     bool   `json:"replayed"`
	Kind         string `json:"kind,omitzero"`
	Municipality string `json:"municipality,omitzero"`
	Number       uint64 `json:"number"`
	Day          string `json:"day,omitzero"`
	Engine       string `json:"engine,omitzero"`
	Index        uint64 `json:"index"`

	Granted  jsontext.Value `json:"granted,omitzero"`  // kronor, of a decision that differs
	Computed jsontext.Value `json:"computed,omitzero"` // what its engine answers, with the trace
}

type jsonSum struct {
	Receipts      int            `json:"receipts"`
	Decisions     int            `json:"decisions"`
	Others        int            `json:"others"`
	Differ        int            `json:"differ"`
	Refused       int            `json:"refused"`
	Codes         map[string]int `json:"codes"`
	Missing       int            `json:"missing,omitzero"`
	Withheld      int            `json:"withheld,omitzero"`
	NativeDiffers bool           `json:"nativeDiffers"`
	Milliseconds  int64          `json:"milliseconds"`
}

func (r jsonReport) write(v any) error {
	text, err := json.Marshal(v, json.Deterministic(true))
	if err == nil {
		_, err = r.out.Write(append(text, '\n'))
	}
	return err
}

func (r jsonReport) outcome(o told) error {
	line := jsonLine{File: o.name, Line: o.line, OK: o.Sound(), Reason: string(o.Reason), Difference: string(o.Difference), Replayed: o.Replayed}
	if o.Reason == "" {
		line.Kind, line.Municipality, line.Number, line.Day = string(o.Leaf.Kind), o.Leaf.Municipality, o.Leaf.Number, o.Leaf.Day
		line.Engine, line.Index = hex.EncodeToString(o.Leaf.Engine[:]), o.Index
	}
	if o.Computed != nil {
		line.Granted, line.Computed = jsontext.Value(record.Kronor(o.Granted)), o.Computed
	}
	return r.write(line)
}

func (r jsonReport) sum(t *tally) error {
	return r.write(map[string]jsonSum{"sum": {t.receipts, t.decisions, t.others, t.differences, t.refused, t.codes(), t.missing, t.withheld, t.nativeDiffers, t.took.Milliseconds()}})
}

// codes counts what was wrong by its code.
func (t *tally) codes() map[string]int {
	all := map[string]int{}
	for r, n := range t.reasons {
		all[string(r)] = n
	}
	for d, n := range t.kinds {
		all[string(d)] = n
	}
	return all
}

// An htmlReport is a page that is written as the outcomes come, so that it may be
// longer than memory.
type htmlReport struct {
	file     *os.File
	artefact bool
	begun    bool
}

func newHTMLReport(path string, artefact bool) (*htmlReport, error) {
	f, err := os.Create(path)
	return &htmlReport{file: f, artefact: artefact}, err
}

var reportPage = template.Must(template.New("").Parse(`
{{- define "head"}}<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Replay of decisions</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #ccc; overflow-wrap: anywhere }
pre { white-space: pre-wrap; font-size: .85rem }
td.n { text-align: right; font-variant-numeric: tabular-nums }
.verdict { font-size: 1.3rem; font-weight: 600 }
</style>
<h1>Replay of decisions</h1>
<p>Each receipt was verified against the log's key; each decision in it was computed again by {{if .}}the released artefact{{else}}the release{{end}} that its record names.</p>
<h2>What is wrong</h2>
<table>
<thead><tr><th scope="col">Where<th scope="col">Decision<th scope="col">Code<th scope="col">What</thead>
<tbody>
{{end}}
{{- define "row"}}<tr><td>{{.At}}<td>{{.Whose}}<td>{{.Code}}<td>{{.Text}}
{{- with .Computed}}<details><summary>Granted {{$.Granted}} kr. What the engine computes, line by line</summary><pre>{{.}}</pre></details>
{{- end}}
{{end}}
{{- define "foot"}}</tbody>
</table>
{{if not .Wrong}}<p>Nothing.</p>
{{end}}<h2>The sum</h2>
<p class="verdict">{{if .Wrong}}Not everything was replayed{{else}}Every decision was replayed{{end}}</p>
<table>
<tr><th scope="row">Receipts<td class="n">{{.Receipts}}
<tr><th scope="row">Decisions recomputed alike<td class="n">{{.Decisions}}
<tr><th scope="row">Other leaves verified<td class="n">{{.Others}}
<tr><th scope="row">Decisions that differ<td class="n">{{.Differ}}
<tr><th scope="row">Receipts refused<td class="n">{{.Refused}}
<tr><th scope="row">Drawn and missing<td class="n">{{.Missing}}
<tr><th scope="row">Drawn and withheld<td class="n">{{.Withheld}}
{{range .Codes}}<tr><th scope="row">– {{.Code}}<td class="n">{{.N}}
{{end}}</table>
{{if .NativeDiffers}}<p>The program that made this report computes otherwise than the artefact of its own release; the artefact was believed throughout.</p>
{{end}}<p>{{.Took}}, {{.Rate}}. Made by {{.Version}}.</p>
</html>
{{end}}`))

func (r *htmlReport) head() error {
	if r.begun {
		return nil
	}
	r.begun = true
	return reportPage.ExecuteTemplate(r.file, "head", r.artefact)
}

func (r *htmlReport) outcome(o told) error {
	if o.Sound() {
		return nil
	}
	if err := r.head(); err != nil {
		return err
	}
	code, text := o.what()
	row := struct{ At, Whose, Code, Text, Granted, Computed string }{o.where(), o.whose(), code, text, record.Kronor(o.Granted), ""}
	if computed := jsontext.Value(bytes.Clone(o.Computed)); o.Computed != nil && computed.Indent() == nil {
		row.Computed = string(computed)
	}
	return reportPage.ExecuteTemplate(r.file, "row", row)
}

func (r *htmlReport) sum(t *tally) error {
	if err := r.head(); err != nil {
		return err
	}
	type count struct {
		Code string
		N    int
	}
	var codes []count
	all := t.codes()
	for _, code := range slices.Sorted(maps.Keys(all)) {
		codes = append(codes, count{code, all[code]})
	}
	err := reportPage.ExecuteTemplate(r.file, "foot", struct {
		Receipts, Decisions, Others, Differ, Refused int
		Missing, Withheld                            int
		Wrong, NativeDiffers                         bool
		Codes                                        []count
		Took, Rate, Version                          string
	}{t.receipts, t.decisions, t.others, t.differences, t.refused, t.missing, t.withheld, t.wrong(), t.nativeDiffers, codes,
		t.took.Round(time.Millisecond).String(), rate(t.receipts, t.took), version()})
	if err != nil {
		return err
	}
	return r.file.Close()
}
