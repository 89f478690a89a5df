// Package register asks other authorities what they have paid a person.
//
// # One answer or one error for each agency
//
// A Connector asks all its agencies at once. What it gives has exactly one Answer
// for each of Agencies, in that order: rows, or the reason why there are none. A
// partial failure is normal. An agency that has no answer is silent, and nothing
// is concluded from silence: it is named to the person, and never counts against
// anyone.
//
// # Rows
//
//	agency   who says it
//	kind     the engine's kind of income, or empty where the contract does not say for sure
//	amount   öre, after tax
//	from, to the days it is for, empty where the agency does not say
//	paid     the day it was paid, or is planned to be
//	text     what the agency calls it
//
// A row without a kind is shown and never compared: a person reads it.
//
// # Comparing
//
// Compare holds what a person has declared against the rows that were paid in the
// month of the incomes, kind by kind. Three things can come of it:
//
//	confirmed   the sums are the same to the öre
//	more        the agency has paid more than was declared: a human asks
//	less        the agency shows less, or nothing: said to the person, who knows of
//	            payments that no agency makes, and no reason to doubt anyone
//
// A person can say that a row is wrong. That too is for a human.
//
// The package does no casework and writes nothing: what was answered is kept by
// the case, sealed with its key. A Fetcher asks in the background and remembers
// the answers, in memory, for as long as an application is being checked.
package register

import "context"

// An Agency is one of those that answer, by its short name in SSBTEK.
type Agency string

// The agencies of SSBTEK version 10, in the order of its answer, and the Pensions
// Agency, whose payments come in the Social Insurance Agency's answer.
const (
	Arbetsformedlingen Agency = "AF"
	CSN                Agency = "CSN"
	Forsakringskassan  Agency = "FK"
	Pensions           Agency = "PM"
	Skatteverket       Agency = "SKV"
	Akassorna          Agency = "SO"
	Transportstyrelsen Agency = "TNS"
	Migrationsverket   Agency = "MIV"
)

// Agencies are all of them, in the order in which they are shown.
var Agencies = []Agency{Forsakringskassan, Pensions, Akassorna, Arbetsformedlingen, CSN, Skatteverket, Transportstyrelsen, Migrationsverket}

var names = map[Agency]string{
	Arbetsformedlingen: "Arbetsförmedlingen", CSN: "CSN", Forsakringskassan: "Försäkringskassan", Pensions: "Pensionsmyndigheten",
	Skatteverket: "Skatteverket", Akassorna: "A-kassorna", Transportstyrelsen: "Transportstyrelsen", Migrationsverket: "Migrationsverket",
}

// Name is what people call the agency.
func (a Agency) Name() string { return names[a] }

// A Silence is why an agency has no answer. The list is closed: silences are
// metric labels.
type Silence string

// The silences.
const (
	Late      Silence = "late"      // it did not answer in time
	Down      Silence = "down"      // it, or the way to it, answered with an error
	Malformed Silence = "malformed" // its answer is not of the contract's form
	Withheld  Silence = "withheld"  // the person's data is protected, and is not read by machine
)

// Silences are all of them.
var Silences = []Silence{Late, Down, Malformed, Withheld}

// A Row is one payment.
type Row struct {
	Kind   string `json:"kind,omitzero"`
	Amount int64  `json:"amount"`
	From   string `json:"from,omitzero"`
	To     string `json:"to,omitzero"`
	Paid   string `json:"paid,omitzero"`
	Text   string `json:"text"`
}

// A Note is something an agency says that is no payment: that somebody is
// registered as looking for work, or has a car. It is shown to a person and
// compared with nothing.
type Note string

// An Answer is one agency's: rows and notes, or a silence.
type Answer struct {
	Agency  Agency  `json:"agency"`
	Silence Silence `json:"silence,omitzero"`
	Rows    []Row   `json:"rows,omitzero"`
	Notes   []Note  `json:"notes,omitzero"`
}

// A Query is a question about one person. From and To are days, 2026-09-01.
type Query struct {
	Municipality string // that asks: four digits
	Number       string // identity number, 12 digits
	Case         string // opaque
	From         string
	To           string
}

// A Result is what all agencies answered about one person.
type Result struct {
	Person  string   `json:"person"` // in the facts: p1
	At      int64    `json:"at"`     // milliseconds since 1970
	Answers []Answer `json:"answers"`
	Waiting bool     `json:"-"` // who asked waited no longer, and answers may still come
}

// A Connector asks agencies. Ask returns when ctx ends at the latest, and always
// gives one answer for each of Agencies.
type Connector interface {
	Ask(ctx context.Context, q Query) []Answer
}

// ByMunicipality asks with the municipality's own connector. For one that has none
// every agency is silent.
type ByMunicipality map[string]Connector

// Ask implements Connector.
func (m ByMunicipality) Ask(ctx context.Context, q Query) []Answer {
	if c := m[q.Municipality]; c != nil {
		return c.Ask(ctx, q)
	}
	return complete(nil, Down)
}

// complete puts answers in order and gives every agency exactly one: the missing
// ones are silent.
func complete(got []Answer, missing Silence) []Answer {
	all := make([]Answer, len(Agencies))
	for i, a := range Agencies {
		all[i] = Answer{Agency: a, Silence: missing}
		for _, g := range got {
			if g.Agency == a {
				all[i] = g
				break
			}
		}
	}
	return all
}

// Silent are the agencies that have no answer.
func (r Result) Silent() []Agency {
	var out []Agency
	for _, a := range r.Answers {
		if a.Silence != "" {
			out = append(out, a.Agency)
		}
	}
	return out
}
