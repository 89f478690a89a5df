package flow

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/override"
	"github.com/skalig/skalig/server/record"
)

// ErrUnheard says that a decision goes against somebody who was not heard about what
// others say, and that nothing says why that was not needed.
var ErrUnheard = errors.New("the party was not heard before a decision against them")

// A Hearing is how a party was told of what others had said and could answer it before the
// decision, or why that was not needed (25 § förvaltningslagen).
type Hearing struct {
	Day      string `json:"day,omitzero"`
	How      string `json:"how,omitzero"`    // HeardHere, SignedPaper, SignedOrally or SignedPresent
	Answer   string `json:"answer,omitzero"` // empty: none came
	Needless string `json:"needless,omitzero"`
}

// HeardHere is by a message in the service.
const HeardHere = "here"

// Whole says whether it tells one of the two.
func (h *Hearing) Whole() bool {
	if h == nil {
		return false
	}
	if strings.TrimSpace(h.Needless) != "" {
		return h.Day == "" && h.How == "" && h.Answer == ""
	}
	_, err := time.Parse(time.DateOnly, h.Day)
	return err == nil && h.Needless == "" && slices.Contains([]string{HeardHere, SignedPaper, SignedOrally, SignedPresent}, h.How)
}

// Hears says whether a ruling is one about which the party must have been heard: income
// that a caseworker has entered lowers it, or less is granted than what was applied for
// gives while an agency's figure is higher than what was stated.
func (w *Work) Hears(outcome string, granted int64) bool {
	if outcome == record.Dismissed {
		return false
	}
	entered := func(o SavedOverride) bool {
		return o.Effect < 0 && (o.Type == override.IncomeAdd || o.Type == override.IncomeSet)
	}
	differs := func(x Warning) bool { return x.Code == household.RegisterDiffers }
	return slices.ContainsFunc(w.Overrides, entered) || granted < w.Applied.Support && slices.ContainsFunc(w.Warnings, differs)
}
