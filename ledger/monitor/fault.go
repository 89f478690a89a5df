package monitor

import "fmt"

// A Code says what kind of fault was found. The list is closed: [Codes].
type Code string

// The faults, in the order of the points of a poll.
const (
	CheckpointRefused Code = "checkpoint-refused"  // not a checkpoint signed by the log's key and no stranger's
	Shrunk            Code = "shrunk"              // fewer leaves than the log had signed before
	Forked            Code = "forked"              // another history than the log had signed before
	TileMissing       Code = "tile-missing"        // a tile or bundle of the signed tree is not shown
	TileWrong         Code = "tile-wrong"          // a tile does not lead to the signed root
	BundleMalformed   Code = "bundle-malformed"    // an entry bundle is cut short or too long
	LeafDiffers       Code = "leaf-differs"        // the bundle shows another leaf than the tree holds
	LeafMalformed     Code = "leaf-malformed"      // the tree holds what is no leaf
	NumberMissing     Code = "number-missing"      // a municipality's number was left out
	NumberRepeated    Code = "number-repeated"     // a municipality's number stands there again
	PrevDiffers       Code = "prev-differs"        // a leaf names another leaf before it than there is
	EngineUnreleased  Code = "engine-unreleased"   // a decision by an engine that no earlier leaf released
	EngineNotInForce  Code = "engine-not-in-force" // a decision before the day from which its engine decides
	ReleaseLate       Code = "release-late"        // a release that takes effect before it was logged
	ReleaseUnapproved Code = "release-unapproved"  // a release that those whom the reader believes have not approved
	RulesUnapproved   Code = "rules-unapproved"    // a decision by rules that no approved release lets decide on its day
	RecordMissing     Code = "record-missing"      // a record that anyone may read is not shown
	RecordDiffers     Code = "record-differs"      // what is shown is not what the leaf commits to
	StatisticsDiffer  Code = "statistics-differ"   // a month's figures do not count the decisions in the log
	SampleDiffers     Code = "sample-differs"      // a sample is not what its secret draws
	DayBackwards      Code = "day-backwards"       // an earlier day than the leaf before
)

// Codes returns the closed list.
func Codes() []Code {
	return []Code{CheckpointRefused, Shrunk, Forked, TileMissing, TileWrong, BundleMalformed, LeafDiffers, LeafMalformed,
		NumberMissing, NumberRepeated, PrevDiffers, EngineUnreleased, EngineNotInForce,
		ReleaseLate, ReleaseUnapproved, RulesUnapproved, RecordMissing, RecordDiffers, StatisticsDiffer, SampleDiffers, DayBackwards}
}

// noLeaf is the Index of a fault of the log as a whole.
const noLeaf = -1

// A Fault is one thing that is wrong with a log.
type Fault struct {
	Code  Code
	Index int64 // of the leaf; -1 where the fault is of the log as a whole
	Text  string
}

func (f Fault) String() string {
	if f.Index < 0 {
		return fmt.Sprintf("%s: %s", f.Code, f.Text)
	}
	return fmt.Sprintf("%s: leaf %d: %s", f.Code, f.Index, f.Text)
}
