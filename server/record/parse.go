package record

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type decisionForm struct {
	Schema       string         `json:"schema"`
	Kind         string         `json:"kind"`
	Municipality string         `json:"municipality"`
	Number       uint64         `json:"number"`
	Day          string         `json:"day"`
	Case         string         `json:"case"`
	Replaces     string         `json:"replaces"`
	Mode         string         `json:"mode"`
	Decider      string         `json:"decider"`
	Delegation   string         `json:"delegation"`
	Outcome      string         `json:"outcome"`
	Granted      jsontext.Value `json:"granted"`
	Month        string         `json:"month"`
	Reasons      []string       `json:"reasons"`
	Motivation   string         `json:"motivation"`
	Engine       string         `json:"engine"`
	Rules        string         `json:"rules"`
	Guideline    string         `json:"guideline"`
	Facts        jsontext.Value `json:"facts"`
	Result       string         `json:"result"`
}

type releaseForm struct {
	Schema       string   `json:"schema"`
	Kind         string   `json:"kind"`
	Municipality string   `json:"municipality"`
	Number       uint64   `json:"number"`
	Day          string   `json:"day"`
	Version      string   `json:"version"`
	Engine       string   `json:"engine"`
	Verify       string   `json:"verify"`
	Rules        string   `json:"rules"`
	From         string   `json:"from"`
	Approvers    []string `json:"approvers"`
	Approval     string   `json:"approval"`
	Keys         []string `json:"keys"`
}

// ParseDecision parses a decision record. It accepts exactly what Marshal gives.
func ParseDecision(text []byte) (*Decision, error) {
	if d, ok := quickDecision(text); ok {
		return d, nil
	}
	return slowDecision(text)
}

// slowDecision reads any JSON and then holds that it is in canonical form. It says
// what is wrong with what quickDecision does not read.
func slowDecision(text []byte) (*Decision, error) {
	var f decisionForm
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	granted, ok := ParseKronor(string(f.Granted))
	engine, ok1 := digest(f.Engine)
	rules, ok2 := digest(f.Rules)
	result, ok3 := digest(f.Result)
	if !ok || !ok1 || !ok2 || !ok3 {
		return nil, fmt.Errorf("%w: an amount or a digest", ErrMalformed)
	}
	d := &Decision{Municipality: f.Municipality, Number: f.Number, Day: f.Day, Case: f.Case, Replaces: f.Replaces,
		Mode: f.Mode, Decider: f.Decider, Delegation: f.Delegation, Outcome: f.Outcome, Granted: granted, Month: f.Month,
		Reasons: f.Reasons, Motivation: f.Motivation, Engine: engine, Rules: rules, Guideline: []byte(f.Guideline),
		Facts: []byte(f.Facts), Result: result}
	back, err := d.Marshal()
	return d, same(text, back, err)
}

// ParseRelease parses a release record. It accepts exactly what Marshal gives.
func ParseRelease(text []byte) (*Release, error) {
	var f releaseForm
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	engine, ok1 := digest(f.Engine)
	verify, ok2 := digest(f.Verify)
	rules, ok3 := digest(f.Rules)
	if !ok1 || !ok2 || !ok3 {
		return nil, fmt.Errorf("%w: a digest", ErrMalformed)
	}
	r := &Release{Number: f.Number, Day: f.Day, Version: f.Version, Engine: engine, Verify: verify, Rules: rules,
		From: f.From, Approvers: f.Approvers, Approval: f.Approval, Keys: f.Keys}
	back, err := r.Marshal()
	return r, same(text, back, err)
}

// decode refuses unknown and repeated members and invalid UTF-8. That every
// member stands there, in order, is settled when the bytes are written again.
func decode(text []byte, form any) error {
	if len(text) > MaxBytes {
		return fmt.Errorf("%w: larger than %d bytes", ErrMalformed, MaxBytes)
	}
	if err := json.Unmarshal(text, form, json.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf("%w: not the JSON of a record", ErrMalformed) // err may quote what the record holds
	}
	return nil
}

func same(text, back []byte, err error) error {
	if err != nil {
		return err
	}
	if !bytes.Equal(text, back) {
		return fmt.Errorf("%w: not in canonical form", ErrMalformed)
	}
	return nil
}

// canonicalObject reports whether b is one JSON object without white space.
func canonicalObject(b []byte) bool {
	if len(b) < 2 || b[0] != '{' {
		return false
	}
	v := jsontext.Value(bytes.Clone(b))
	return v.Compact() == nil && bytes.Equal(v, b)
}

// ParseKronor reads an amount in exactly the form that Kronor writes.
func ParseKronor(s string) (ore int64, ok bool) {
	whole, rest, _ := strings.Cut(s, ".")
	rest += "00"
	n, err := strconv.ParseInt(whole+rest[:2], 10, 64)
	return n, err == nil && n >= 0 && Kronor(n) == s
}
