package store

// A Role says what a caller is.
type Role string

// The roles.
const (
	Applicant  Role = "applicant"
	Caseworker Role = "caseworker"
	System     Role = "system" // the service itself: assessing, publishing, resuming
)

// A Caller is who asks. The zero Caller has no right to anything.
type Caller struct {
	Ref          string // the person's opaque reference
	Role         Role
	Municipality string // a caseworker's
}

// Program is the service itself.
var Program = Caller{Ref: "program", Role: System}

// sees is the right to one case.
func (c Caller) sees(k *Case) bool {
	switch c.Role {
	case Applicant:
		return c.Ref != "" && (k.Person == c.Ref || k.Partner == c.Ref)
	case Caseworker:
		return c.Ref != "" && c.Municipality != "" && k.Municipality == c.Municipality
	case System:
		return true
	}
	return false
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
