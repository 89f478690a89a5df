package flow

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// ErrWorse says that a decision is not made worse for somebody without a ground that
// the law allows for it.
var ErrWorse = errors.New("a decision that grants something is made worse only on a ground that allows it")

// A Ground is why a decision may be changed.
type Ground struct {
	Code   string
	Text   string // with its provision
	Worse  bool   // also for the worse
	Appeal bool   // because of an appeal: never chosen by hand
	Slip   bool   // also while a court has the decision
	Court  bool   // because a court has said so, and only then
}

// Grounds are those of 36–39 §§ förvaltningslagen (2017:900), and what a court has said.
// The list is closed.
var Grounds = []Ground{
	{Code: "slip", Text: "Skrivfel, räknefel eller annat liknande förbiseende (36 § förvaltningslagen)", Worse: true, Slip: true},
	{Code: "wrong", Text: "Beslutet är oriktigt och ändras till fördel (37 § första stycket förvaltningslagen)"},
	{Code: "manifest", Text: "Beslutet är uppenbart felaktigt i något väsentligt och ändras till fördel (38 § förvaltningslagen)"},
	{Code: "proviso", Text: "Beslutet eller föreskrifterna säger att det får återkallas (37 § andra stycket 1 förvaltningslagen)", Worse: true},
	{Code: "safety", Text: "Tvingande säkerhetsskäl kräver det (37 § andra stycket 2 förvaltningslagen)", Worse: true},
	{Code: "misled", Text: "Felet beror på oriktiga eller vilseledande uppgifter (37 § andra stycket 3 förvaltningslagen)", Worse: true},
	{Code: "appeal", Text: "Omprövning efter överklagande (37 och 38 §§ förvaltningslagen)", Appeal: true},
	{Code: "judgment", Text: "Domstolen har avgjort målet, och beslutet blir som domstolen säger", Court: true},
}

// ErrInCourt says that a court has the decision: the board changes nothing in it then but
// a slip of the pen (36 and 39 §§ förvaltningslagen).
var ErrInCourt = errors.New("the appeal has been handed over to the court")

// open says whether the case lets a decision be changed on the ground: while a court has
// it only for a slip, and because of a judgment only while there is one to execute.
func (g Ground) open(c *store.Case) error {
	switch {
	case c.InCourt() && !g.Slip:
		return ErrInCourt
	case g.Court && !c.ToExecute():
		return ErrVersion
	}
	return nil
}

// GroundsFor are those on which a case's decision can be changed without an appeal.
func GroundsFor(c *store.Case) []Ground {
	return slices.DeleteFunc(slices.Clone(Grounds), func(g Ground) bool { return g.Appeal || g.open(c) != nil })
}

// GroundOf finds a ground by its code.
func GroundOf(code string) (Ground, bool) {
	for _, g := range Grounds {
		if g.Code == code {
			return g, true
		}
	}
	return Ground{}, false
}

// ClaimBody is what was done about money paid beyond a decision, and why.
type ClaimBody struct {
	Name   string        `json:"name"`
	Amount household.Ore `json:"amount"`
	Note   string        `json:"note"`
}

// A Claim is money that was paid, or is on its way, beyond what the case's decision
// now grants: a question to the board, which nobody but the board answers. It is
// taken from no other payment.
type Claim struct {
	store.Case
	Paid    int64 // öre
	Granted int64
}

// Amount is what was paid too much, not more than zero where nothing was.
func (c *Claim) Amount() int64 { return c.Paid - c.Granted }

// Open says whether the board has not answered.
func (c *Claim) Open() bool { return slices.Contains(c.ClaimNext(), store.ClaimHanded) }

// Waits says whether it has not ended: the board has not answered, or what it claims back
// is neither paid back nor given up.
func (c *Claim) Waits() bool { return c.ClaimNext() != nil }

// Claims are the open ones in the caller's municipality.
func (s *Service) Claims(ctx context.Context, caller store.Caller) ([]Claim, error) {
	cases, err := s.Store.Replaced(ctx, caller)
	if err != nil {
		return nil, err
	}
	var out []Claim
	for i := range cases {
		c, err := s.claim(ctx, &cases[i])
		if errors.Is(err, store.ErrErased) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Amount() > 0 && c.Open() {
			out = append(out, *c)
		}
	}
	return out, nil
}

// ClaimOf is a case's, nil where not more was paid than is granted.
func (s *Service) ClaimOf(ctx context.Context, caller store.Caller, id string) (*Claim, error) {
	d, err := s.Store.Ordered(ctx, caller, id)
	if err != nil || d.Replaces == "" || d.State != store.StatePublished || len(d.Transfers) == 0 {
		return nil, err
	}
	c, err := s.claim(ctx, &d)
	if err != nil || c.Amount() <= 0 {
		return nil, err
	}
	return c, nil
}

func (s *Service) claim(ctx context.Context, d *store.Due) (*Claim, error) {
	c := &Claim{Case: d.Case}
	file, err := s.Store.Read(ctx, store.Program, d.ID)
	if err != nil {
		return nil, err
	}
	body, err := DecodeBody[DecidedBody](file.Decided)
	if err != nil {
		return nil, err
	}
	decision, err := record.ParseDecision([]byte(body.Record))
	if err != nil {
		return nil, err
	}
	c.Granted = decision.Granted
	paid, err := s.paid(ctx, d.Transfers)
	for _, ore := range paid {
		c.Paid += ore
	}
	return c, err
}

// Paid is what a case has been paid, or is on its way to be, for whoever may read it.
func (s *Service) Paid(ctx context.Context, caller store.Caller, id string) (sum int64, err error) {
	d, err := s.Store.Ordered(ctx, caller, id)
	if err != nil {
		return 0, err
	}
	paid, err := s.paid(ctx, d.Transfers)
	for _, ore := range paid {
		sum += ore
	}
	return sum, err
}

// SettleClaim records what a human did about it.
func (s *Service) SettleClaim(ctx context.Context, caller store.Caller, id string, version uint64, how string, b ClaimBody) error {
	if strings.TrimSpace(b.Note) == "" || strings.TrimSpace(b.Name) == "" {
		return errNoReason
	}
	c, err := s.ClaimOf(ctx, caller, id)
	if err != nil {
		return err
	}
	if c == nil || !slices.Contains(c.ClaimNext(), how) {
		return ErrVersion
	}
	b.Amount = household.Ore(c.Amount())
	text, err := encodeBody(b)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		k, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		if k.Version != version || k.Version != c.Version {
			return store.Draft{}, ErrVersion
		}
		return store.Draft{Case: id, Head: store.Claim{Number: c.Number, How: how, By: caller.Ref}, Body: text}, nil
	})
	return err
}
