package flow

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/register"
)

// The bodies of the journal's events: what is personal, sealed by the store.

// SubmittedBody is who applied and for what.
type SubmittedBody struct {
	Number     string         `json:"number"` // identity number
	Name       string         `json:"name"`
	Facts      jsontext.Value `json:"facts"` // canonical
	Born       []Birth        `json:"born,omitzero"`
	Partner    *Adult         `json:"partner,omitzero"`
	Contact    *Contact       `json:"contact,omitzero"` // the applicant's own, not the co-applicant's business
	Notes      []Note         `json:"notes,omitzero"`
	Signatures []Signature    `json:"signatures,omitzero"`

	Registers []register.Result `json:"registers,omitzero"` // what agencies had answered about each adult
	Disputed  []string          `json:"disputed,omitzero"`  // rows of theirs that the applicant says are wrong, as "FK:0"
	Dispute   string            `json:"dispute,omitzero"`   // in the applicant's words
	Theirs    Objection         `json:"theirs,omitzero"`    // the co-applicant's own, of rows about them
}

// A Birth is a child's month of birth, by its id in the facts.
type Birth struct {
	Child string `json:"child"`
	Month string `json:"month"`
}

// An Objection is which of agencies' rows about a person the person says are wrong,
// as "FK:0", and why. The other adult never reads it.
type Objection struct {
	Rows []string `json:"rows,omitzero"`
	Why  string   `json:"why,omitzero"`
}

// An Adult is the co-applicant.
type Adult struct {
	Number string `json:"number"`
	Name   string `json:"name"`
}

// Contact is how the applicant wants to be reached.
type Contact struct {
	Phone    string `json:"phone,omitzero"`
	Language string `json:"language,omitzero"` // an interpreter's: a tag of package tongue, or what was typed
	Notice   string `json:"notice,omitzero"`   // phone, letter or here
	Planning string `json:"planning,omitzero"` // of work or studies, in free words; nobody weighs it
}

// A Note says something of one answer that its amount cannot: Code is of a closed
// list, About names the row ("rent", "p1-wage") and Text is the person's own.
type Note struct {
	Code  string `json:"code"` // unknown, disputed, new, changed, ended, later, unavailable, handed-in
	About string `json:"about"`
	Text  string `json:"text,omitzero"`
}

// The ways in which an application is signed.
const (
	SignedElectronic = "e-id"
	SignedPaper      = "paper"    // a caseworker attests that the paper is signed
	SignedOrally     = "oral"     // said by phone to a caseworker, who attests it
	SignedPresent    = "assisted" // in the presence of a caseworker
)

// A Signature is an adult's, with the caseworker who attests it where it is not
// electronic.
type Signature struct {
	Name     string `json:"name"`
	How      string `json:"how"`
	At       string `json:"at"` // day
	Attested string `json:"attested,omitzero"`
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
	Difference  *Difference    `json:"difference,omitzero"` // from the decision that this one replaces
	Hearing     *Hearing       `json:"hearing,omitzero"`    // of the party, by whoever decided
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

// RegistersBody is what agencies answered when a caseworker had them asked again.
type RegistersBody struct {
	Results []register.Result `json:"results"`
}

// MessageBody is one message between an applicant and the caseworkers.
type MessageBody struct {
	Name  string `json:"name"` // who wrote
	Staff bool   `json:"staff,omitzero"`
	Text  string `json:"text"`
}

// CompletionAskedBody says what a caseworker needs to know.
type CompletionAskedBody struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// CompletionReceivedBody is the answer. Documents are numbers of the case's.
type CompletionReceivedBody struct {
	Name      string `json:"name"`
	Text      string `json:"text"`
	Documents []int  `json:"documents,omitzero"`
	How       string `json:"how,omitzero"`      // paper, oral or assisted, where it came another way than by the web
	Attested  string `json:"attested,omitzero"` // the caseworker who registered it then
}

// AppealedBody is an appeal as the applicant wrote it.
type AppealedBody struct {
	Name      string `json:"name"`
	Number    string `json:"number"`           // identity number
	Contact   string `json:"contact,omitzero"` // address, phone
	Decision  string `json:"decision"`         // municipality/number
	Change    string `json:"change"`           // what should be another way
	Why       string `json:"why"`
	Documents []int  `json:"documents,omitzero"` // numbers of the case's documents
	Entered   string `json:"entered,omitzero"`   // the caseworker who entered one that came on paper
}

// Timely is when somebody had a decision, and how that is known (44 and 45 §§
// förvaltningslagen).
type Timely struct {
	Received string `json:"received,omitzero"` // day
	Known    string `json:"known,omitzero"`
}

// AppealInTimeBody says why an appeal that seemed late came in time.
type AppealInTimeBody struct {
	Timely
	Name  string `json:"name"` // who found it
	Day   string `json:"day"`
	Cause string `json:"cause,omitzero"` // CauseInformed or CauseCourt, where the day alone would make it late
}

// AppealClosedBody says what the board did with an appeal, and why.
type AppealClosedBody struct {
	Timely            // where it was dismissed
	Name       string `json:"name"` // who did it
	Day        string `json:"day"`
	Court      string `json:"court,omitzero"` // where it was sent
	Note       string `json:"note,omitzero"`
	Delegation string `json:"delegation,omitzero"` // of a dismissal, which is a decision
}

// JudgedBody says what the court decided about an appeal.
type JudgedBody struct {
	Name   string `json:"name"`   // who noted it
	Day    string `json:"day"`    // of the court's decision
	Number string `json:"number"` // of the court's case
	Note   string `json:"note,omitzero"`
}

// A Body is one of the forms above.
type Body interface {
	SubmittedBody | QueuedBody | DecidedBody | ReleasedBody | StoppedBody | RegistersBody | MessageBody |
		CompletionAskedBody | CompletionReceivedBody | AppealedBody | AppealInTimeBody | AppealClosedBody | JudgedBody | household.Bounds | NoticeBody |
		OverrideBody | AcknowledgedBody | CalculatedBody | AccountBody | StatusBody | payment.Batch | RecheckedBody | ClaimBody
}

func encodeBody[T Body](b T) ([]byte, error) { return json.Marshal(b, json.Deterministic(true)) }

// DecodeBody reads a body that the store has opened.
func DecodeBody[T Body](text []byte) (T, error) {
	var b T
	if err := json.Unmarshal(text, &b, json.RejectUnknownMembers(true)); err != nil {
		return b, fmt.Errorf("couldn't read the body of an event of type %T", b) // err may quote it
	}
	return b, nil
}
