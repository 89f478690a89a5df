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
		return c.Ref != "" && k.Person == c.Ref
	case Caseworker:
		return c.Ref != "" && c.Municipality != "" && k.Municipality == c.Municipality
	case System:
		return true
	}
	return false
}

// may is the right to make a draft an event.
func (c Caller) may(v *View, d Draft) bool {
	switch h := d.Head.(type) {
	case Submitted:
		return c.Role == Applicant && c.Ref != "" && h.Person == c.Ref
	case Decided:
		if c.Role == Caseworker {
			k, err := v.Case(d.Case)
			return err == nil && c.sees(&k) && h.Mode == "human" && h.Municipality == c.Municipality
		}
		return c.Role == System && h.Mode == "automatic"
	case Automation:
		return c.Role == Caseworker && c.Municipality != "" && h.Municipality == c.Municipality && h.By == c.Ref ||
			c.Role == System && h.By == c.Ref
	case Queued, Released, Published:
		return c.Role == System
	case Access:
		return c.Ref != "" && h.Actor == c.Ref && h.Role == c.Role
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
	return Draft{Kind: KindAccess, Head: Access{Actor: c.Ref, Role: c.Role, Action: action, Cases: named, Refused: refused}}
}
