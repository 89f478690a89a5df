package ssbtek

import (
	"cmp"
	"slices"

	"github.com/skalig/skalig/server/register"
)

// sortRows puts rows in the order in which they were paid.
func sortRows(rows []register.Row) {
	slices.SortStableFunc(rows, func(a, b register.Row) int {
		return cmp.Or(cmp.Compare(a.Paid, b.Paid), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Amount, b.Amount))
	})
}
