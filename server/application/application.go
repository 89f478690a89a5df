// Package application is an application that is being filled in: the answers as
// they were typed, the sections that ask for them, and the facts that they make.
//
// # Answers
//
// Answers are kept as people write them and read anew each time: what a person
// typed is never lost because it could not be understood. A section of the form
// reads its part and says what is wrong, by field:
//
//	answers, faults := answers.Read("kostnader", form)
//
// # Sections
//
//	grund       what is applied for, and where
//	forra       last month's rows: same, changed or ended (renewals)
//	hushall     who lives in the household
//	barn        each child
//	medsokande  who the other adult is
//	bostad      how the household lives
//	kostnader   costs
//	inkomster   incomes, for each person
//	tillgangar  money at hand and what a person must judge
//	kontakt     how to be reached (optional)
//	underlag    documents (optional)
//
// A section is done, not started, not to be started yet, or not needed. An
// application can be sent when every section that is not optional is done or not
// needed. "I don't know" is an answer: it becomes a note, and a person decides.
//
// # Facts
//
// Facts builds skalig/facts/1 from the answers; From reads them back, from the
// calculator or from the last decision. Rows that a renewal carries over have the
// last month's amount beside the new one.
//
// The package knows nothing of requests, sessions or the store.
package application

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/wasm/contract"
)

// The kinds of application, as in store.
const (
	New        = "new"
	Renewal    = "renewal"
	Supplement = "supplement"
)

// Where answers came from first.
const (
	FromForm       = "form"
	FromCalculator = "calculator"
)

// Answers are what has been typed so far.
type Answers struct {
	Kind         string   `json:"kind"`
	Source       string   `json:"source"` // FromForm or FromCalculator
	Month        string   `json:"month"`
	Municipality string   `json:"municipality"`
	Adults       int      `json:"adults"` // 0: not said
	Children     string   `json:"children"`
	Persons      []Person `json:"persons"`
	Housing      Housing  `json:"housing"`
	Rows         []Row    `json:"rows"`
	Assets       string   `json:"assets"`
	Surplus      string   `json:"surplus"`
	SurplusMonth string   `json:"surplusMonth"`
	Special      []string `json:"special"` // of the engine's circumstances
	Partner      Partner  `json:"partner"`
	Contact      Contact  `json:"contact"`
	Unchanged    string   `json:"unchanged"` // of a renewal: household and housing are as last month: yes, no or ""
	Last         string   `json:"last"`      // the case that the rows come from
	LastMonth    string   `json:"lastMonth"`
	Papers       []Paper  `json:"papers"`
	Done         []string `json:"done"` // sections that were answered

	// From the page to check, where two apply and one has signed.
	Human    bool     `json:"human"`
	Acute    bool     `json:"acute"`
	Disputed []string `json:"disputed"` // rows of registers that the applicant says are wrong
	Dispute  string   `json:"dispute"`

	// Who the applicant is, as the form is sent in their name.
	Name   string `json:"name"`
	Number string `json:"number"`
}

// A Person is a member of the household.
type Person struct {
	ID           string `json:"id"`           // p1, p2, c1, …
	Age          string `json:"age"`          // at the end of the month
	Born         string `json:"born"`         // of a child, a month
	Before       string `json:"before"`       // of an adult, support the month before: yes, no, unknown or ""
	Months       string `json:"months"`       // in a row, where Before is yes
	StimulusFrom string `json:"stimulusFrom"` // a month, Never, StartUnknown or ""
	Lunch        string `json:"lunch"`        // of a child: home, away or ""
	School       string `json:"school"`       // of anybody of 18 to 20: yes, no or ""
	Days         string `json:"days"`
	Earned       string `json:"earned"`
}

// Whether jobbstimulans has begun, where that is not a month.
const (
	Never        = "never"
	StartUnknown = "unknown"
)

// Stimulus is the answer to whether a person has had jobbstimulans.
func (p Person) Stimulus() string {
	if isMonth(p.StimulusFrom) {
		return "yes"
	}
	return p.StimulusFrom
}

// Start is the month in which jobbstimulans began, as it is typed.
func (p Person) Start() string {
	if p.StimulusFrom == Never || p.StimulusFrom == StartUnknown {
		return ""
	}
	return p.StimulusFrom
}

// Adult says whether the person is one.
func (p Person) Adult() bool { return strings.HasPrefix(p.ID, "p") }

// Housing is how the household lives.
type Housing struct {
	Tenure  string `json:"tenure"`
	Rooms   string `json:"rooms"`
	Shared  string `json:"shared"` // with other adults: yes, no or ""
	Members string `json:"members"`
	Whole   string `json:"whole"` // the rent is the whole home's: yes, no or ""
	Own     string `json:"own"`   // rooms
	Common  string `json:"common"`
}

// The marks of a row in a renewal.
const (
	Same    = "same"
	Changed = "changed"
	Ended   = "ended"
	Added   = "new"
)

// A Row is a cost or an income.
type Row struct {
	ID       string `json:"id"`    // cost-rent, income-p1-wage
	Group    string `json:"group"` // cost or income
	Kind     string `json:"kind"`
	Person   string `json:"person"` // of an income
	Amount   string `json:"amount"`
	Unknown  bool   `json:"unknown"` // "I don't know"
	Km       string `json:"km"`      // of work travel
	Last     string `json:"last"`    // last month's amount, where the row comes from there
	Mark     string `json:"mark"`
	Disputed string `json:"disputed"` // what is wrong with a register's row of this kind
}

// Label is what the row is called.
func (r Row) Label() string { return Label(r.Group, r.Kind) }

// Partner is the co-applicant, as the applicant knows them.
type Partner struct {
	Number string `json:"number"`
	Name   string `json:"name"`
}

// Contact is how the applicant wants to be reached. No co-applicant sees it.
type Contact struct {
	Phone    string `json:"phone"`
	Language string `json:"language"` // a tag of package tongue, or what was typed
	Notice   string `json:"notice"`
	Planning string `json:"planning"`
}

// The answers about a document that is asked for.
const (
	HandedIn    = "handed-in"
	Later       = "later"
	Unavailable = "unavailable"
)

// A Paper is the answer about a document that is asked for.
type Paper struct {
	What   string `json:"what"`
	Answer string `json:"answer"`
}

// A Fault is a field with what to do about it, or with the engine's code for it.
type Fault struct{ Field, Text, Problem string }

// Person finds a member of the household.
func (a *Answers) Person(id string) *Person {
	for i := range a.Persons {
		if a.Persons[i].ID == id {
			return &a.Persons[i]
		}
	}
	return nil
}

// Row finds a row.
func (a *Answers) Row(id string) *Row {
	for i := range a.Rows {
		if a.Rows[i].ID == id {
			return &a.Rows[i]
		}
	}
	return nil
}

// Whose names a person of the household.
func (a *Answers) Whose(id string) string {
	switch {
	case id == "p1" && a.Adults < 2 && len(a.Persons) < 2:
		return ""
	case id == "p1":
		return "du"
	case id == "p2":
		return "medsökande"
	case strings.HasPrefix(id, "c"):
		return "barn " + id[1:]
	}
	return ""
}

func (a *Answers) done(section string) {
	if !slices.Contains(a.Done, section) {
		a.Done = append(a.Done, section)
	}
}

// Decode reads answers that were kept.
func Decode(text []byte) (Answers, error) {
	var a Answers
	err := json.Unmarshal(text, &a)
	return a, err
}

// Encode writes them.
func (a *Answers) Encode() ([]byte, error) { return json.Marshal(a, json.Deterministic(true)) }

// clone copies answers so deeply that the copy can be changed.
func (a Answers) clone() Answers {
	a.Persons, a.Rows = slices.Clone(a.Persons), slices.Clone(a.Rows)
	a.Special, a.Papers, a.Done = slices.Clone(a.Special), slices.Clone(a.Papers), slices.Clone(a.Done)
	return a
}

// Amount reads an amount as a person wrote it, by the engine's own reading.
func Amount(text string) (ore int64, ok bool) {
	ore, problem := readAmount(text)
	return ore, problem == ""
}

// readAmount gives an amount, or the engine's code for what is wrong with it.
func readAmount(text string) (ore int64, problem string) {
	const other = "amount-form"
	var a struct {
		Amount jsontext.Value `json:"amount"`
		Errors []struct {
			Code string `json:"code"`
		} `json:"errors"`
	}
	if json.Unmarshal(contract.Call("amount", []byte(strings.TrimSpace(text))), &a) != nil {
		return 0, other
	}
	if len(a.Errors) > 0 {
		return 0, a.Errors[0].Code
	}
	ore, ok := record.ParseKronor(string(a.Amount))
	if !ok {
		return 0, other
	}
	return ore, ""
}

// Kronor writes an amount as it is typed: 6200,5 becomes "6 200,50".
func Kronor(ore int64) string {
	digits := strconv.FormatInt(ore/100, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + " " + digits[i:]
	}
	if ore%100 != 0 {
		digits += "," + strconv.FormatInt(100+ore%100, 10)[1:]
	}
	return digits
}
