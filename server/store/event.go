package store

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/hashicorp/go-memdb"
)

// A Kind says what an event tells.
type Kind string

// A Head is the plain part of an event: what the read model needs, and nothing
// personal but opaque references. Each kind has its own type of head in a file
// of its own; kinds lists them.
type Head interface {
	Kind() Kind
	// may is the caller's right to make d, whose head this is, an event.
	may(caller Caller, v *View, d Draft) bool
	// apply brings the read model from before e to after e. It is deterministic
	// and never changes an object that a reader may hold.
	apply(txn *memdb.Txn, e *Event) error
}

// A leafed head is that of an event which is also a leaf of the log.
type leafed interface {
	Head
	place() (index uint64, municipality string, number uint64)
	text() []byte // the leaf's final bytes
}

// A Draft is an event that is about to happen.
type Draft struct {
	Case string // the opaque id of the case whose key seals Body
	Key  string // what must not happen twice, or empty
	Head Head
	Body []byte // personal; nil where there is nothing
}

// An Event has happened. Body is not part of it: it is read when it is needed.
type Event struct {
	Seq  uint64
	Kind Kind
	Case string
	At   int64 // milliseconds since 1970
	Head Head  // pointer to the head of Kind

	key    string
	head   []byte // as stored
	sealed []byte
	hash   [32]byte
}

func encodeHead(h Head) ([]byte, error) { return json.Marshal(h, json.Deterministic(true)) }

func decodeHead(k Kind, text []byte) (Head, error) {
	empty, ok := kinds[k]
	if !ok {
		return nil, fmt.Errorf("unknown kind %q", k)
	}
	h := empty()
	if err := json.Unmarshal(text, h, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("couldn't read the head of a %s event: %w", k, err)
	}
	return h, nil
}
