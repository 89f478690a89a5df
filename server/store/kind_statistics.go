package store

import "github.com/hashicorp/go-memdb"

// KindStatistics are the figures of a municipality's month.
const KindStatistics Kind = "statistics"

// Statistics is the head of a month's figures.
type Statistics struct {
	Place
	Month string `json:"month"`
}

// Kind implements Head.
func (Statistics) Kind() Kind { return KindStatistics }

func (h Statistics) name() string { return h.Month }

func (Statistics) may(c Caller, _ *View, _ Draft) bool { return c.Role == System }

func (Statistics) apply(*memdb.Txn, *Event) error { return nil }
