package store

// A Role says what a caller is.
type Role string

// The roles.
const (
	Applicant     Role = "applicant"
	Caseworker    Role = "caseworker"
	Approver      Role = "approver"      // releases payments
	Auditor       Role = "auditor"       // reads what is sampled
	Administrator Role = "administrator" // says who works for the municipality
	Operator      Role = "operator"      // keeps the service running, for every municipality; sees no case
	System        Role = "system"        // the service itself: assessing, publishing, resuming
)

// A Caller is who asks. The zero Caller has no right to anything.
type Caller struct {
	Ref          string // the person's opaque reference
	Role         Role
	Municipality string // a member of staff's; of an applicant who signed in with a municipality's own provider, that one
	Protected    bool   // a caseworker who may open cases of people with protected identity
	Name         string // of a member of staff, shown to the person whose file is read
}

// Program is the service itself.
var Program = Caller{Ref: "program", Role: System}

// official says that the caller meets other people's files by profession.
func (c Caller) official() bool { return c.Role != Applicant && c.Role != System && c.Role != "" }

// sees is the right to one case.
func (c Caller) sees(k *Case) bool {
	switch c.Role {
	case Applicant:
		return c.Ref != "" && (k.Person == c.Ref || k.Partner == c.Ref) && c.within(k.Municipality)
	case Caseworker:
		return c.Ref != "" && c.Municipality != "" && k.Municipality == c.Municipality && (!k.Protected || c.Protected)
	case System:
		return true
	}
	return false
}

// within holds for an applicant in a municipality that the way of signing in reaches.
func (c Caller) within(municipality string) bool {
	return c.Municipality == "" || c.Municipality == municipality
}

// staff holds for someone who works for the municipality in a role.
func (c Caller) staff(role Role, municipality string) bool {
	return c.Role == role && c.Ref != "" && c.Municipality != "" && c.Municipality == municipality
}

// access is the event that tells what the caller did or was refused.
func (c Caller) access(action string, refused bool, cases ...string) Draft {
	var named []string
	for _, id := range cases {
		if id != "" {
			named = append(named, id)
		}
	}
	return Draft{Head: Access{Actor: c.Ref, Role: c.Role, Action: action, Cases: named, Refused: refused}}
}
