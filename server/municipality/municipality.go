// Package municipality is what each municipality has of its own on a server that
// serves many: who it is, by which rules it decides, who works there, and from
// which account it pays.
//
// A configuration file lists them under "municipalities":
//
//	{"code":"9999","name":"Demokommun","names":{"en":"Demo Municipality"},
//	 "contact":{"visit":"Torget 1","post":"Box 1, 999 99 Demokommun","phone":"0999-123 45","mail":"…","hours":"…"},
//	 "guidelines":["9999-2026-01.json"],
//	 "delegation":{"automatic":"SN 2026:12 § 4","kinds":["new","renewal"],"sources":["declared"],"caseworkers":"SN 2026:11"},
//	 "languages":["sv","en"],
//	 "organisation":"demokommun","people":[{"member":"doris","name":"Doris Demosson","roles":["caseworker"]}],
//	 "payment":{"payer":"Demokommun","organisationNumber":"2120001234","iban":"SE35…","bic":"SWEDSESS","landlords":true}}
//
// Guidelines are files in the form that package sol reads; without any, those that
// are built in under the same code count. A municipality with a provider of
// e-identification of its own (member signIn) is signed in to by it alone, and
// its provider vouches for nobody elsewhere.
//
// Members of staff are known by the claim member@organisation. The list here is
// where a municipality begins; its administrator changes it while the service runs.
package municipality

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// A Municipality is one of those that the server serves.
type Municipality struct {
	Code         string            `json:"code"`  // four digits
	Name         string            `json:"name"`  // in Swedish
	Names        map[string]string `json:"names"` // in other languages, by code
	Contact      Contact           `json:"contact"`
	Guidelines   []string          `json:"guidelines"` // paths of files; empty: those built in
	BuiltIn      [][]byte          `json:"-"`          // guidelines of a demonstration's municipality
	Delegation   Delegation        `json:"delegation"`
	Languages    []string          `json:"languages"` // in which it offers its pages, the first where nothing else is asked for
	Organisation string            `json:"organisation"`
	People       []Person          `json:"people"`
	SignIn       *SignIn           `json:"signIn"` // nil: the service's
	Payment      Payment           `json:"payment"`
}

// Contact says how people reach the municipality without this service.
type Contact struct {
	Visit string `json:"visit"`
	Post  string `json:"post"`
	Phone string `json:"phone"`
	Mail  string `json:"mail"`
	Hours string `json:"hours"`
}

// Delegation is what the board has let others decide.
type Delegation struct {
	Automatic   string   `json:"automatic"`   // reference of the delegation to the automated function; empty: none
	Kinds       []string `json:"kinds"`       // of flow.KindNew and flow.KindRenewal: what it covers
	Sources     []string `json:"sources"`     // of incomes that it accepts: declared, register, caseworker
	Caseworkers string   `json:"caseworkers"` // reference of the caseworkers' delegation
}

// A Person works for the municipality.
type Person struct {
	Member    string       `json:"member"` // in the claim, before the @
	Name      string       `json:"name"`
	Roles     []store.Role `json:"roles"`
	Protected bool         `json:"protected"` // may open cases of people with protected identity
}

// SignIn is a provider of e-identification.
type SignIn struct {
	Issuer       string   `json:"issuer"`       // exactly as the provider writes it
	ClientID     string   `json:"clientID"`     //
	ClientSecret string   `json:"clientSecret"` // path of a file with the secret; empty for a public client
	Contexts     []string `json:"contexts"`     // accepted acr values
}

// Payment is the account that the municipality pays from. The zero Payment means
// that payments are ordered elsewhere.
type Payment struct {
	Payer              string `json:"payer"` // name of the account's holder
	OrganisationNumber string `json:"organisationNumber"`
	IBAN               string `json:"iban"`
	BIC                string `json:"bic"`
	Landlords          bool   `json:"landlords"` // rent may go straight to a landlord's bankgiro
}

// StaffRoles are the roles that a municipality gives its people.
var StaffRoles = []store.Role{store.Caseworker, store.Approver, store.Auditor, store.Administrator}

// Board is the municipality as it decides.
func (m *Municipality) Board() flow.Board {
	return flow.Board{Municipality: m.Code, Delegation: m.Delegation.Automatic, Kinds: m.Delegation.Kinds, Sources: m.Delegation.Sources,
		Caseworkers: m.Delegation.Caseworkers, Organisation: m.Organisation}
}

// NameIn is the municipality's name in a language, in Swedish where it has none.
func (m *Municipality) NameIn(language string) string {
	if name := m.Names[language]; name != "" {
		return name
	}
	return m.Name
}

var (
	code     = regexp.MustCompile(`^[0-9]{4}$`)
	word     = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)
	language = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9-]+)?$`)
	orgNo    = regexp.MustCompile(`^[0-9]{10}$`)
)

// Check says everything that is wrong with a list of municipalities.
func Check(all []Municipality) error {
	var errs []error
	codes, organisations := map[string]bool{}, map[string]bool{}
	for i := range all {
		m := &all[i]
		for _, f := range m.faults() {
			errs = append(errs, fmt.Errorf("municipality %s: %s", m.Code, f))
		}
		if codes[m.Code] {
			errs = append(errs, fmt.Errorf("municipality %s: the code stands there twice", m.Code))
		}
		if organisations[m.Organisation] {
			errs = append(errs, fmt.Errorf("municipality %s: the organisation is another municipality's too", m.Code))
		}
		codes[m.Code], organisations[m.Organisation] = true, true
	}
	return errors.Join(errs...)
}

func (m *Municipality) faults() []string {
	var out []string
	must := func(ok bool, what string) {
		if !ok {
			out = append(out, what)
		}
	}
	must(code.MatchString(m.Code) && m.Code != "0000", "the code is not four digits")
	must(strings.TrimSpace(m.Name) != "", "it has no name")
	must(m.Contact.Post != "" && m.Contact.Phone != "", "it has no postal address or no telephone")
	must(m.Delegation.Caseworkers != "", "the caseworkers' delegation has no reference")
	must(only(m.Delegation.Kinds, flow.KindNew, flow.KindRenewal), "the delegation covers an unknown kind of application")
	must(only(m.Delegation.Sources, "declared", "register", "caseworker"), "the delegation accepts an unknown source")
	must(len(m.Languages) > 0 && !slices.ContainsFunc(m.Languages, func(l string) bool { return !language.MatchString(l) }), "it has no languages, or what is no code of one")
	must(word.MatchString(m.Organisation), "the organisation is not one word in small letters")
	if m.SignIn != nil {
		must(m.SignIn.Issuer != "" && m.SignIn.ClientID != "" && len(m.SignIn.Contexts) > 0, "its sign-in lacks issuer, client id or accepted contexts")
	}
	members := map[string]bool{}
	for _, p := range m.People {
		must(word.MatchString(p.Member) && p.Name != "" && !members[p.Member], "a person has no name or member, or stands there twice")
		must(len(p.Roles) > 0 && only(p.Roles, StaffRoles...), "a person has no role, or an unknown one")
		members[p.Member] = true
	}
	if m.Payment != (Payment{}) {
		must(m.Payment.Payer != "" && orgNo.MatchString(m.Payment.OrganisationNumber), "the payer has no name or organisation number")
		must(account.ValidIBAN(m.Payment.IBAN) && account.ValidBIC(m.Payment.BIC), "the account to pay from has no valid IBAN or BIC")
	}
	return out
}

func only[T comparable](have []T, may ...T) bool {
	return !slices.ContainsFunc(have, func(x T) bool { return !slices.Contains(may, x) })
}
