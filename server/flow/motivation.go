package flow

import (
	"errors"
	"slices"
	"strings"

	"github.com/skalig/skalig/server/record"
)

// The errors of what a decision says for itself.
var (
	ErrContradicts = errors.New("the motivation is that of another outcome")
	ErrProvision   = errors.New("the outcome does not rest on that provision")
)

// openings are the sentences that a drafted motivation begins with, by outcome. A
// dismissal has none: nothing is known of why.
var openings = map[string]string{
	record.Granted: "Allt du har sökt beviljas.",
	record.Partly:  "En del av det du har sökt beviljas.",
	record.Refused: "Du har inte rätt till ekonomiskt bistånd den här månaden, eftersom inkomsterna räcker.",
}

// Contradicts says whether a motivation holds the opening of another outcome than its own.
func Contradicts(outcome, motivation string) bool {
	said := strings.Join(strings.Fields(motivation), " ")
	for of, opening := range openings {
		if of != outcome && strings.Contains(said, opening) {
			return true
		}
	}
	return false
}

// Drafted is the outcome that the calculation of a case itself leads to, empty where it
// leads to none. Only that outcome has a draft.
func (w *Work) Drafted() string {
	switch {
	case !w.Open():
		return ""
	case w.Amount() > 0 && w.InFull():
		return record.Granted
	case w.Amount() > 0:
		return record.Partly
	case w.Estimate.Outcome == "surplus":
		return record.Refused
	}
	return ""
}

// Opening is the first sentence of the draft, empty where there is no draft.
func (w *Work) Opening() string { return openings[w.Drafted()] }

// A Provision is what a decision rests on, as who decides names it.
type Provision struct {
	Code     string
	Text     string // completes "Beslutet bygger på"
	Outcomes []string
}

var (
	granting  = []string{record.Granted, record.Partly}
	lessening = []string{record.Partly, record.Refused}
	tried     = []string{record.Granted, record.Partly, record.Refused}
	untried   = []string{record.Dismissed}
)

// Provisions are those that a decision can rest on. The list is closed.
var Provisions = []Provision{
	{"norm", "12 kap. 1 och 7 §§ socialtjänstlagen (2025:400)", tried},
	{"right", "12 kap. 1 § socialtjänstlagen (2025:400)", tried},
	{"incentive", "12 kap. 1, 7 och 8 §§ socialtjänstlagen (2025:400), jobbstimulans", granting},
	{Beyond, "12 kap. 1, 2 och 7 §§ socialtjänstlagen (2025:400), bistånd utöver det man har rätt till", granting},
	{"disposal", "12 kap. 1 och 3 §§ socialtjänstlagen (2025:400), att stå till arbetsmarknadens förfogande", lessening},
	{"practice", "12 kap. 1 och 4–6 §§ socialtjänstlagen (2025:400), praktik och annan kompetenshöjande verksamhet", lessening},
	{"incomplete", "20 § förvaltningslagen (2017:900): ansökan är så ofullständig att den inte kan prövas", untried},
	{Withdrawn, "allmänna förvaltningsrättsliga principer: ansökan är återkallad, och ärendet skrivs av", untried},
	{"tried", "allmänna förvaltningsrättsliga principer: saken är redan prövad, eller den som ansöker får inte göra det", untried},
}

// Beyond is the provision by which more may be given than anybody has a right to. That
// part of a decision is not appealed as the rest is.
const Beyond = "beyond"

// Withdrawn is what a case is written off by whose applicant has taken the application back.
const Withdrawn = "withdrawn"

// ProvisionOf finds a provision by its code, for an outcome.
func ProvisionOf(code, outcome string) (Provision, bool) {
	for _, p := range Provisions {
		if p.Code == code && slices.Contains(p.Outcomes, outcome) {
			return p, true
		}
	}
	return Provision{}, false
}

// rests is the sentence by which a motivation names its provision.
const rests = "Beslutet bygger på "

// Resting gives a motivation that names what the decision rests on.
func (p *Provision) Resting(motivation string) string {
	return motivation + "\n\n" + rests + p.Text + "."
}

// Named is the provision that a decision's motivation says it rests on.
func Named(motivation string) (Provision, bool) {
	for _, p := range Provisions {
		if strings.HasSuffix(motivation, rests+p.Text+".") {
			return p, true
		}
	}
	return Provision{}, false
}
