// Package gate says what a machine may decide: to grant in full what was
// applied for, and nothing else.
//
// Check compares the answers about one application with the single row that
// leads to an automatic decision. Every other combination, the zero Input among
// them, goes to a named caseworker with the reasons that stood in the way, in
// the order of the closed list All. There is no default that grants: a question
// that nobody answered is a reason, and a condition added to Input without a
// row in the list stops every automatic decision until it has one.
//
// The package is pure: no clock, no chance, no I/O. What it needs to know about
// the outside (which months are open, whether automation is stopped) comes in as
// answers. Surplus, refusal and partial grants always go to a human.
//
// The decision table that the tests hold it to is testdata/table.md.
package gate

// An Answer is the reply to one of the gate's questions. The zero Answer means
// that nobody has answered, and is never enough for an automatic decision.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota
	No
	Yes
)

// Is turns a condition that has been looked at into an answer.
func Is(b bool) Answer {
	if b {
		return Yes
	}
	return No
}

// An Input holds the answers about one application. Each question is asked so
// that Yes speaks for an automatic decision.
type Input struct {
	EngineAgrees       Answer // the released artefact and the native build gave the same bytes
	NoEngineReasons    Answer // the engine named no reason for a human
	NoQuestions        Answer // the engine asks for no missing fact
	SupportPositive    Answer // the outcome is support and the amount is more than zero
	AppliedInFull      Answer // every applied cost was approved as applied
	GuidelineSigned    Answer // the municipality has signed its guideline
	DelegationPresent  Answer // the board's delegation to the automated function has a reference
	KindDelegated      Answer // the delegation covers this kind of application
	SourcesAccepted    Answer // the delegation accepts the source of every income row
	RegistersAgree     Answer // no agency shows a larger payment than was declared; a silent one shows nothing
	RowsUndisputed     Answer // the applicant says of no agency's row that it is wrong
	ServiceOn          Answer // automation is not stopped for the whole service
	AutomationOn       Answer // automation is stopped neither by configuration nor for the municipality
	HouseholdAutomatic Answer // automation is not stopped for the household
	InsideBounds       Answer // the household has no bounds, or lies inside them
	NothingChanged     Answer // there is no earlier decision, what it was about is as it was, or bounds allow the change
	LastGranted        Answer // the household's last decision, if there is one, granted everything, or bounds are newer than it
	MonthsAgree        Answer // what is stated of months with support and of jobbstimulans goes with what was decided
	NotProtected       Answer // nobody in the household has protected identity
	OneNumber          Answer // nobody in the household has another number too, with cases that nobody has joined
	NoHumanAsked       Answer // nobody asked for a human
	NoAcuteNeed        Answer // no acute need was stated
	MonthOpen          Answer // the month is the current calendar month or the next
	NoEarlierDecision  Answer // no decision exists for the same household and month
}

// grantInFull is the only row that leads to an automatic decision.
var grantInFull = Input{
	EngineAgrees:       Yes,
	NoEngineReasons:    Yes,
	NoQuestions:        Yes,
	SupportPositive:    Yes,
	AppliedInFull:      Yes,
	GuidelineSigned:    Yes,
	DelegationPresent:  Yes,
	KindDelegated:      Yes,
	SourcesAccepted:    Yes,
	RegistersAgree:     Yes,
	RowsUndisputed:     Yes,
	ServiceOn:          Yes,
	AutomationOn:       Yes,
	HouseholdAutomatic: Yes,
	InsideBounds:       Yes,
	NothingChanged:     Yes,
	LastGranted:        Yes,
	MonthsAgree:        Yes,
	NotProtected:       Yes,
	OneNumber:          Yes,
	NoHumanAsked:       Yes,
	NoAcuteNeed:        Yes,
	MonthOpen:          Yes,
	NoEarlierDecision:  Yes,
}

// A Verdict is either an automatic grant in full or a referral with reasons.
type Verdict struct {
	Automatic bool
	Reasons   []Code // in the order of All; empty exactly when Automatic
}

// Check gives the verdict on in.
func Check(in Input) Verdict {
	if in == grantInFull {
		return Verdict{Automatic: true}
	}
	var reasons []Code
	for _, r := range list {
		if r.answer(in) != Yes {
			reasons = append(reasons, r.Code)
		}
	}
	if reasons == nil {
		reasons = []Code{Undecidable}
	}
	return Verdict{Reasons: reasons}
}
