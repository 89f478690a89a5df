// Package replay decides a recorded case again, by the very artefact that the
// record names, and compares.
//
// A replay takes the record's facts and guideline, runs assess, and holds that
//
//   - the record's facts are what the engine calls canonical,
//   - the digest of the rules is that of the engine's parameters and the guideline,
//   - the digest of the result is the record's,
//   - the record's month and municipality are those of the facts,
//   - an automatic decision granted exactly the computed support, and names no reason
//     for a person.
//
// [Engines] replays many decisions, and an [Auditor] many receipts.
//
// Who approved the rules is held by [Approved], where the reader says whose approval counts.
//
// What is given of a sample is held to the leaf that drew it by [Gathered].
//
// What a person decided is not recomputed; the calculation before that person
// is. Every failure is a [Difference] of a closed list.
package replay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
)

// A Difference says how a replay differs from the record.
type Difference string

// The differences.
const (
	EngineUnknown Difference = "engine-unknown" // no artefact with that hash is kept here
	EngineFailed  Difference = "engine-failed"  // the artefact did not answer, or refused the facts
	FactsDiffer   Difference = "facts-differ"
	RulesDiffer   Difference = "rules-differ"
	ResultDiffers Difference = "result-differs"
	GrantDiffers  Difference = "grant-differs"

	// HeadDiffers: the record is about another month or municipality than its facts, or
	// a machine decided what it says was for a person.
	HeadDiffers Difference = "head-differs"

	// NotApproved: no approved release covers the decision, or too few of those who are
	// believed have approved the release ([Approved]).
	NotApproved Difference = "not-approved"

	// Repeated: the same leaf was given before, and counts once.
	Repeated Difference = "repeated"
	// NotGiven: the log's lot drew a decision that is not among the receipts.
	NotGiven Difference = "not-given"

	// RecordMalformed: the record is genuine but not a decision or release in
	// canonical form, so that there is nothing to replay.
	RecordMalformed Difference = "record-malformed"
)

// Differences returns the closed list.
func Differences() []Difference {
	return []Difference{EngineUnknown, EngineFailed, FactsDiffer, RulesDiffer, ResultDiffers, GrantDiffers, HeadDiffers, NotApproved, Repeated, NotGiven, RecordMalformed}
}

func (d Difference) Error() string { return "couldn't replay the decision: " + string(d) }

// A Caller answers a call of the contract.
type Caller interface {
	Call(ctx context.Context, name string, in []byte) ([]byte, error)
}

// Decision replays a decision by the kept artefact that it names. It returns
// nil, or an error that is or wraps a [Difference].
func Decision(ctx context.Context, d *record.Decision) error {
	module, ok := wasm.Engine(d.Engine)
	if !ok {
		return EngineUnknown
	}
	m, err := host.Open(ctx, module)
	if err != nil {
		return fmt.Errorf("%w: %w", EngineFailed, err)
	}
	defer m.Close(ctx)
	return With(ctx, m, d)
}

// With replays a decision by an open engine, which must be the one that the
// record names.
func With(ctx context.Context, engine Caller, d *record.Decision) error {
	parameters, err := engine.Call(ctx, "parameters", nil)
	if err != nil {
		return fmt.Errorf("%w: %w", EngineFailed, err)
	}
	if sha256.Sum256(append(bytes.Clone(parameters), d.Guideline...)) != d.Rules {
		return RulesDiffer
	}
	out, err := engine.Call(ctx, "assess", contract.Input(d.Facts, d.Guideline, nil))
	if err != nil {
		return fmt.Errorf("%w: %w", EngineFailed, err)
	}
	return compare(d, out)
}

// compare holds the engine's answer against the record.
func compare(d *record.Decision, out []byte) error {
	if same(d, out) {
		return head(d)
	}
	var answer struct {
		Facts  jsontext.Value `json:"facts"`
		Result jsontext.Value `json:"result"`
	}
	if err := json.Unmarshal(out, &answer, json.RejectUnknownMembers(true)); err != nil {
		return EngineFailed
	}
	if !bytes.Equal(answer.Facts, d.Facts) {
		return FactsDiffer
	}
	if sha256.Sum256(answer.Result) != d.Result {
		return ResultDiffers
	}
	if err := granted(d, answer.Result); err != nil {
		return err
	}
	return head(d)
}

// head holds what a record says of its decision against its facts, which are canonical,
// so that they begin in one way.
func head(d *record.Decision) error {
	rest, ok1 := bytes.CutPrefix(d.Facts, []byte(`{"schema":"skalig/facts/1","month":"`))
	month, rest, ok2 := bytes.Cut(rest, []byte(`","municipality":"`))
	code, _, ok3 := bytes.Cut(rest, []byte(`",`))
	if !ok1 || !ok2 || !ok3 || string(month) != d.Month || string(code) != d.Municipality ||
		d.Mode == record.Automatic && len(d.Reasons) > 0 {
		return HeadDiffers
	}
	return nil
}

// granted holds that a machine granted what it computed.
func granted(d *record.Decision, result []byte) error {
	if d.Mode != record.Automatic {
		return nil
	}
	var r struct {
		Outcome string         `json:"outcome"`
		Support jsontext.Value `json:"support"`
	}
	if err := json.Unmarshal(result, &r); err != nil {
		return EngineFailed
	}
	support, ok := record.ParseKronor(string(r.Support))
	if r.Outcome != "support" || !ok || support != d.Granted {
		return GrantDiffers
	}
	return nil
}

// same recognises the answer that an automatic decision in full, or a person's,
// most often has, without reading it as JSON: the facts of the record, which are one
// JSON object, and a result that begins as it must. False says nothing.
func same(d *record.Decision, out []byte) bool {
	rest, ok1 := bytes.CutPrefix(out, []byte(`{"facts":`))
	rest, ok2 := bytes.CutPrefix(rest, d.Facts)
	rest, ok3 := bytes.CutPrefix(rest, []byte(`,"result":`))
	result, ok4 := bytes.CutSuffix(rest, []byte("}"))
	if !ok1 || !ok2 || !ok3 || !ok4 || sha256.Sum256(result) != d.Result {
		return false
	}
	if d.Mode != record.Automatic {
		return true
	}
	head := `{"schema":"skalig/result/1","month":"` + d.Month + `","outcome":"support","support":` + record.Kronor(d.Granted) + `,`
	return bytes.HasPrefix(result, []byte(head))
}
