package flow

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The bodies of the journal's events: what is personal, sealed by the store.

// SubmittedBody is who applied and for what.
type SubmittedBody struct {
	Number string         `json:"number"` // identity number
	Name   string         `json:"name"`
	Facts  jsontext.Value `json:"facts"` // canonical
}

// QueuedBody is what the engine said when the case was referred.
type QueuedBody struct {
	Result      jsontext.Value `json:"result"`
	Explanation jsontext.Value `json:"explanation"`
}

// DecidedBody is the decision: what the leaf commits to and what is shown.
type DecidedBody struct {
	Salt        []byte         `json:"salt"`
	Record      string         `json:"record"`
	Result      jsontext.Value `json:"result"`
	Explanation jsontext.Value `json:"explanation"`
}

// ReleasedBody is what a release's leaf commits to.
type ReleasedBody struct {
	Salt   []byte `json:"salt"`
	Record string `json:"record"`
}

// StoppedBody is why automation was stopped or restarted.
type StoppedBody struct {
	Name   string `json:"name"` // who
	Reason string `json:"reason"`
}

// bodies of the kinds above
type body interface {
	SubmittedBody | QueuedBody | DecidedBody | ReleasedBody | StoppedBody
}

func encodeBody[T body](b T) ([]byte, error) { return json.Marshal(b, json.Deterministic(true)) }

// DecodeBody reads a body that the store has opened.
func DecodeBody[T body](text []byte) (T, error) {
	var b T
	if err := json.Unmarshal(text, &b, json.RejectUnknownMembers(true)); err != nil {
		return b, fmt.Errorf("couldn't read the body of an event of type %T", b) // err may quote it
	}
	return b, nil
}
