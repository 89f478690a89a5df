package gate

// A Code names a reason for referral. Codes are stored in decisions and used as
// metric labels: they are never renamed or reused.
type Code string

// The closed list of reasons.
const (
	EngineDiffers     Code = "engine-differs"
	EngineReasons     Code = "engine-reasons"
	FactsMissing      Code = "facts-missing"
	NoSupport         Code = "no-support"
	NotInFull         Code = "not-in-full"
	GuidelineUnsigned Code = "guideline-unsigned"
	NoDelegation      Code = "no-delegation"
	KindNotDelegated  Code = "kind-not-delegated"
	SourceNotAccepted Code = "source-not-accepted"
	RegisterDiffers   Code = "register-differs"
	RowDisputed       Code = "row-disputed"
	ServiceStopped    Code = "service-stopped"
	AutomationStopped Code = "automation-stopped"
	HouseholdStopped  Code = "household-stopped"
	OutsideBounds     Code = "outside-bounds"
	Changed           Code = "changed"
	LastNotGranted    Code = "last-not-granted"
	MonthsDiffer      Code = "months-differ"
	Protected         Code = "protected-identity"
	NumberUnclear     Code = "number-unclear"
	HumanAsked        Code = "human-asked"
	AcuteNeed         Code = "acute-need"
	MonthNotOpen      Code = "month-not-open"
	AlreadyDecided    Code = "already-decided"

	// Undecidable stands for a condition that no reason describes. Seeing it
	// means that Input and the list have come apart.
	Undecidable Code = "undecidable"
)

// A Reason is a code with what it says to a person and where the law says it.
type Reason struct {
	Code      Code
	Text      string // one plain Swedish sentence to the applicant
	Provision string

	answer func(Input) Answer
}

const (
	delegationLaw = "6 kap. 37 § kommunallagen (2017:725)"
	inquiryLaw    = "23 § förvaltningslagen (2017:900)"
	rightLaw      = "12 kap. 1 § socialtjänstlagen (2025:400)"
	costLaw       = "12 kap. 7 § socialtjänstlagen (2025:400)"
	stimulusLaw   = "12 kap. 8 § socialtjänstlagen (2025:400)"
	secrecyLaw    = "21 kap. 3 § offentlighets- och sekretesslagen (2009:400)"
	humanLaw      = "artikel 22 i dataskyddsförordningen (EU) 2016/679"
)

var list = []Reason{
	{EngineDiffers, "Två oberoende beräkningar gav olika svar. Därför räknar en handläggare själv.", inquiryLaw,
		func(in Input) Answer { return in.EngineAgrees }},
	{EngineReasons, "Något i ansökan kräver en människas bedömning.", costLaw,
		func(in Input) Answer { return in.NoEngineReasons }},
	{FactsMissing, "Några uppgifter saknas. En handläggare hör av sig och frågar.", inquiryLaw,
		func(in Input) Answer { return in.NoQuestions }},
	{NoSupport, "Beräkningen ger inget belopp att betala ut. Bara en människa får säga nej.", rightLaw,
		func(in Input) Answer { return in.SupportPositive }},
	{NotInFull, "Allt du sökt för kan inte beviljas direkt. Bara en människa får bevilja mindre än du sökt.", costLaw,
		func(in Input) Answer { return in.AppliedInFull }},
	{GuidelineUnsigned, "Kommunen har inte skrivit under de riktlinjer som beräkningen använder.", delegationLaw,
		func(in Input) Answer { return in.GuidelineSigned }},
	{NoDelegation, "Nämnden har inte beslutat att ansökningar får avgöras automatiskt.", delegationLaw,
		func(in Input) Answer { return in.DelegationPresent }},
	{KindNotDelegated, "Nämnden låter inte den här sortens ansökan avgöras automatiskt.", delegationLaw,
		func(in Input) Answer { return in.KindDelegated }},
	{SourceNotAccepted, "En inkomst behöver bekräftas av någon annan än dig innan beslutet fattas.", inquiryLaw,
		func(in Input) Answer { return in.SourcesAccepted }},
	{RegisterDiffers, "En myndighet visar en utbetalning som du inte har uppgett, eller ett högre belopp.", inquiryLaw,
		func(in Input) Answer { return in.RegistersAgree }},
	{RowDisputed, "Du har sagt att en uppgift från en myndighet inte stämmer. En handläggare reder ut det med dig.", inquiryLaw,
		func(in Input) Answer { return in.RowsUndisputed }},
	{ServiceStopped, "Automatiska beslut är stoppade i hela tjänsten just nu.", delegationLaw,
		func(in Input) Answer { return in.ServiceOn }},
	{AutomationStopped, "Kommunen har stoppat automatiska beslut just nu.", delegationLaw,
		func(in Input) Answer { return in.AutomationOn }},
	{HouseholdStopped, "En handläggare har bestämt att en människa alltid avgör ditt hushålls ansökningar.", delegationLaw,
		func(in Input) Answer { return in.HouseholdAutomatic }},
	{OutsideBounds, "Din handläggare har satt gränser för automatiska beslut. Ansökan ligger utanför dem.", delegationLaw,
		func(in Input) Answer { return in.InsideBounds }},
	{Changed, "Något har ändrats sedan förra beslutet. En handläggare tittar på det innan beslutet fattas.", inquiryLaw,
		func(in Input) Answer { return in.NothingChanged }},
	{LastNotGranted, "Förra beslutet gav dig inte allt du hade sökt. Då avgör en handläggare den här ansökan också.", rightLaw,
		func(in Input) Answer { return in.LastGranted }},
	{MonthsDiffer, "Det du har svarat om månader med bistånd eller jobbstimulans går inte ihop med tidigare beslut. En handläggare reder ut det med dig.", stimulusLaw,
		func(in Input) Answer { return in.MonthsAgree }},
	{Protected, "En särskilt utsedd handläggare tar hand om din ansökan.", secrecyLaw,
		func(in Input) Answer { return in.NotProtected }},
	{NumberUnclear, "Du kan ha ärenden under ett tidigare personnummer eller samordningsnummer. En handläggare ser till att inget blandas ihop.", inquiryLaw,
		func(in Input) Answer { return in.OneNumber }},
	{HumanAsked, "Du har bett att en människa tar hand om ansökan.", humanLaw,
		func(in Input) Answer { return in.NoHumanAsked }},
	{AcuteNeed, "Du har ett akut behov. En handläggare tar ansökan före andra.", rightLaw,
		func(in Input) Answer { return in.NoAcuteNeed }},
	{MonthNotOpen, "Ansökan gäller en annan månad än den här eller nästa.", rightLaw,
		func(in Input) Answer { return in.MonthOpen }},
	{AlreadyDecided, "Det finns redan ett beslut för ditt hushåll och den här månaden.", inquiryLaw,
		func(in Input) Answer { return in.NoEarlierDecision }},
}

// All returns the closed list, in the order in which reasons are given.
func All() []Reason { return append([]Reason(nil), list...) }

// Text returns the reason that code names, and false for a code outside the list.
func Text(code Code) (Reason, bool) {
	for _, r := range list {
		if r.Code == code {
			return r, true
		}
	}
	return Reason{}, false
}
