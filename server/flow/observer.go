package flow

import "time"

// An Observer is told what is worth counting. It must not block.
type Observer interface {
	CaseObserver
	LogObserver
	KeepingObserver
}

// A CaseObserver is told of cases on their way to a decision.
type CaseObserver interface {
	Referred(codes []string)
	Decided(municipality, mode, outcome string, took time.Duration)
	Repeated()
	Computed(build string, took time.Duration) // build: Native or Released
	EngineDiffers()
}

// A LogObserver is told of leaves on their way into the log.
type LogObserver interface {
	Appended(leaves int, took time.Duration)
	Covered(took time.Duration)                // from a durable leaf to a published checkpoint over it
	Published(mode string, took time.Duration) // from a leaf to its receipt; mode: a decision's, else empty
}

// A KeepingObserver is told of what becomes of decisions afterwards.
type KeepingObserver interface {
	Retained(due, kept, erased int)
	Replayed(result string)                                   // Match, Mismatch or Unreadable
	ReplayedAll(at time.Time)                                 // every decision, since it was last called
	Transferred(municipality, state string, n int, ore int64) // n transfers of a payment file are in another state
}

// The builds of the engine whose time is taken.
const (
	Native   = "native"
	Released = "artefact"
)

type silent struct{}

func (silent) Referred([]string)                             {}
func (silent) Decided(string, string, string, time.Duration) {}
func (silent) Repeated()                                     {}
func (silent) Computed(string, time.Duration)                {}
func (silent) EngineDiffers()                                {}
func (silent) Appended(int, time.Duration)                   {}
func (silent) Covered(time.Duration)                         {}
func (silent) Published(string, time.Duration)               {}
func (silent) Retained(int, int, int)                        {}
func (silent) Replayed(string)                               {}
func (silent) ReplayedAll(time.Time)                         {}
func (silent) Transferred(string, string, int, int64)        {}
