package store

import (
	"fmt"

	"github.com/go-json-experiment/json"
)

// A Kind says what an event tells.
type Kind string

// The kinds. A case is submitted, then perhaps queued for a caseworker, then
// decided, then published with its receipt.
const (
	KindReleased   Kind = "released"
	KindSubmitted  Kind = "submitted"
	KindQueued     Kind = "queued"
	KindDecided    Kind = "decided"
	KindPublished  Kind = "published"
	KindAutomation Kind = "automation"
	KindAccess     Kind = "access"
)

// Heads are plain and hold nothing personal: opaque references, codes, months.

// Submitted is the head of an application.
type Submitted struct {
	Person       string `json:"person"` // the applicant's reference
	Municipality string `json:"municipality"`
	Month        string `json:"month"`
	Key          string `json:"key"`    // reference of the form's key, under which a retry finds this case
	Digest       string `json:"digest"` // keyed digest of everything applied for
	HumanAsked   bool   `json:"humanAsked"`
	AcuteNeed    bool   `json:"acuteNeed"`
}

// Queued is the head of a referral to the caseworkers.
type Queued struct {
	Reasons []string `json:"reasons"`
}

// Decided is the head of a decision. Index is its place in the log, and Leaf the
// final bytes that stand there.
type Decided struct {
	Index        uint64 `json:"index"`
	Municipality string `json:"municipality"`
	Number       uint64 `json:"number"`
	Leaf         []byte `json:"leaf"`
	Mode         string `json:"mode"`
	Outcome      string `json:"outcome"`
	Engine       string `json:"engine"`
}

// Released is the head of a release of the engine.
type Released struct {
	Index  uint64 `json:"index"`
	Number uint64 `json:"number"`
	Leaf   []byte `json:"leaf"`
	Engine string `json:"engine"`
	Rules  string `json:"rules"`
}

// Published is the head of the receipt of a decision or release.
type Published struct {
	Index uint64 `json:"index"`
}

// Automation is the head of a stop or restart of automatic decisions, for one
// household when Person is set and else for the municipality.
type Automation struct {
	Municipality string `json:"municipality"`
	Person       string `json:"person,omitzero"`
	Stopped      bool   `json:"stopped"`
	By           string `json:"by"`
}

// Access is the head of a read, or of an attempt that was refused.
type Access struct {
	Actor   string   `json:"actor"`
	Role    Role     `json:"role"`
	Action  string   `json:"action"`
	Cases   []string `json:"cases,omitzero"`
	Refused bool     `json:"refused,omitzero"`
}

// A Draft is an event that is about to happen.
type Draft struct {
	Kind Kind
	Case string // the opaque id of the case whose key seals Body
	Key  string // what must not happen twice, or empty
	Head any    // the head of Kind
	Body []byte // personal; nil where there is nothing
}

// An Event has happened. Body is not part of it: it is read when it is needed.
type Event struct {
	Seq  uint64
	Kind Kind
	Case string
	At   int64 // milliseconds since 1970
	Head any   // pointer to the head of Kind

	key    string
	head   []byte // as stored
	sealed []byte
	hash   [32]byte
}

// newHead gives an empty head of kind to decode into.
func newHead(k Kind) (any, error) {
	switch k {
	case KindReleased:
		return new(Released), nil
	case KindSubmitted:
		return new(Submitted), nil
	case KindQueued:
		return new(Queued), nil
	case KindDecided:
		return new(Decided), nil
	case KindPublished:
		return new(Published), nil
	case KindAutomation:
		return new(Automation), nil
	case KindAccess:
		return new(Access), nil
	}
	return nil, fmt.Errorf("unknown kind %q", k)
}

func encodeHead(h any) ([]byte, error) { return json.Marshal(h, json.Deterministic(true)) }

func decodeHead(k Kind, text []byte) (any, error) {
	h, err := newHead(k)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, h, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("couldn't read the head of a %s event: %w", k, err)
	}
	return h, nil
}
