package sol

// A Reason says why a person must judge, and by which provision.
type Reason struct {
	Code ReasonCode
	Path string // what in the facts it is about, "costs[0]"; "" for the household
	Cite string // id of the provision
}

// A ReasonCode is one of the closed list of reasons for a human.
type ReasonCode string

// Reasons lists every ReasonCode.
var Reasons = []ReasonCode{
	"no-norm",              // no figures for the month
	"unverified-figure",    // the norm's figures, or the prisbasbelopp, were not seen in a primary source
	"rent-above-cap",       // a lower rent needs time to move and an individual assessment
	"cost-above-cap",       // a cost above the guideline's limit
	"no-guideline",         // the municipality has stated no limit for a cost
	"housing-outside-caps", // no row of the guideline's housing limits fits the household
	"travel-distance",      // work travel nearer than the guideline's distance
	"community-several",    // several persons of the household live in a household community
	"child-outside-school", // a child of 18–20 outside school is a household of its own
	"adult-in-school",      // an adult of 18–20 in school belongs to the parents' household
	"grant",                // whether a grant is small enough not to be counted
	"child-above-ceiling",  // a pupil's earnings above one prisbasbelopp may be counted
	"activity-status",      // the activity duty needs a caseworker's confirmation
	"assets",               // whether an asset can be used now
	"earlier-surplus",      // deducting a surplus is a partial refusal
	"self-employed",        // income from one's own business
	"property",             // a home or other property that is owned
	"disputed-facts",       // a fact somebody disputes
	"special-reasons",      // the norm shall be higher or may be lower
	"beyond-right",         // assistance beyond the right, at the board's discretion
	"labour-market",        // work, practice and training
	"homeless",             // housing costs of someone without a home
}

// A Question asks for a fact that the assessment needs.
type Question struct {
	Code QuestionCode
	Path string // where in the facts the answer belongs, "persons[1].lunch"
}

// A QuestionCode is one of the closed list of questions.
type QuestionCode string

// Questions lists every QuestionCode.
var Questions = []QuestionCode{
	"lunch",              // where a child under seven eats lunch
	"school",             // whether a person of 18–20 goes to school
	"months-in-row",      // months in a row with support before this month
	"jobbstimulans-from", // the first month with jobbstimulans, or never
	"earned-this-year",   // a pupil's earnings in the calendar year
	"own-rooms",          // which rooms the household has for itself, and which all share
	"rooms",              // number of rooms, where the guideline's limit depends on it
	"travel-km",          // distance to work
}
