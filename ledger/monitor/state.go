package monitor

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger"
)

const (
	stateHeader = "skalig/monitor/1"
	maxState    = 4 << 20
)

// ErrState: the bytes are not what a monitor kept, or their parts disagree.
var ErrState = errors.New("not what a monitor has kept")

// A State is what a monitor keeps between two polls.
type State struct {
	Key        string // the log's verifier key
	Checkpoint []byte // the last one that was found sound, as it was signed

	day     string              // of the last leaf; empty before the first
	engines map[[32]byte]string // released, and from which day; empty: that is not known
	chains  map[string]chain
	months  map[month]uint64 // decisions

	held  bool                   // to approvals, from the first leaf on
	rules map[engineRules]string // approved, and from which day
}

// A chain is the end of a municipality's leaves.
type chain struct {
	next uint64   // number of the next leaf
	prev [32]byte // hash of the last
}

// A month is one of a municipality.
type month struct{ municipality, month string }

// clone gives a state that may be changed, with the maps that a nil one lacks.
func (s *State) clone() *State {
	c := &State{engines: map[[32]byte]string{}, chains: map[string]chain{}, months: map[month]uint64{}, rules: map[engineRules]string{}}
	if s != nil {
		c.Key, c.Checkpoint, c.day = s.Key, s.Checkpoint, s.day
		c.held = s.held
		maps.Copy(c.rules, s.rules)
		maps.Copy(c.engines, s.engines)
		maps.Copy(c.chains, s.chains)
		maps.Copy(c.months, s.months)
	}
	return c
}

// open reads the kept checkpoint; the zero Checkpoint if there is none.
func (s *State) open() (ledger.Checkpoint, error) {
	if s.Checkpoint == nil {
		return ledger.Checkpoint{}, nil
	}
	c, err := ledger.OpenCheckpoint(s.Checkpoint, []string{s.Key})
	if err != nil {
		return c, fmt.Errorf("%w: its checkpoint was refused: %w", ErrState, err)
	}
	return c, nil
}

// Municipalities is the number of municipalities with leaves; the whole service is none.
func (s *State) Municipalities() int {
	n := len(s.chains)
	if _, ok := s.chains[ledger.Service]; ok {
		n--
	}
	return n
}

// Marshal writes the state as it is kept in a file.
func (s *State) Marshal() []byte {
	var b bytes.Buffer
	day := s.day
	if day == "" {
		day = "-"
	}
	fmt.Fprintf(&b, "%s\nkey %s\nday %s\n", stateHeader, s.Key, day)
	if s.held {
		b.WriteString("approvals held\n")
	}
	engines := slices.SortedFunc(maps.Keys(s.engines), func(x, y [32]byte) int { return bytes.Compare(x[:], y[:]) })
	for _, e := range engines {
		fmt.Fprintf(&b, "engine %x %s\n", e, cmp.Or(s.engines[e], "-"))
	}
	for _, r := range slices.SortedFunc(maps.Keys(s.rules), engineRules.compare) {
		fmt.Fprintf(&b, "rules %s %x %x %s\n", r.Municipality, r.engine, r.Digest, s.rules[r])
	}
	for _, m := range slices.Sorted(maps.Keys(s.chains)) {
		fmt.Fprintf(&b, "municipality %s %d %x\n", m, s.chains[m].next, s.chains[m].prev)
	}
	months := slices.SortedFunc(maps.Keys(s.months), func(x, y month) int {
		return cmp.Or(cmp.Compare(x.municipality, y.municipality), cmp.Compare(x.month, y.month))
	})
	for _, m := range months {
		fmt.Fprintf(&b, "decisions %s %s %d\n", m.municipality, m.month, s.months[m])
	}
	b.WriteByte('\n')
	b.Write(s.Checkpoint)
	return b.Bytes()
}

// ParseState reads what Marshal wrote, and verifies the checkpoint in it.
func ParseState(text []byte) (*State, error) {
	if len(text) > maxState {
		return nil, ErrState
	}
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	if !found {
		return nil, ErrState
	}
	s := (*State)(nil).clone()
	s.Checkpoint = checkpoint
	for i, line := range strings.Split(string(head), "\n") {
		name, value, _ := strings.Cut(line, " ")
		switch {
		case i == 0:
		case name == "key":
			s.Key = value
		case name == "day":
			s.day = strings.TrimPrefix(value, "-")
			if _, err := time.Parse(time.DateOnly, s.day); err != nil && s.day != "" {
				return nil, ErrState
			}
		case name == "engine":
			var e [32]byte
			hash, from, _ := strings.Cut(value, " ")
			if !digest(&e, hash) || from != "-" && !isDay(from) {
				return nil, ErrState
			}
			s.engines[e] = strings.TrimPrefix(from, "-")
		case line == "approvals held":
			s.held = true
		case name == "rules":
			var r engineRules
			fields := strings.Split(value, " ")
			if len(fields) != 4 || !digest(&r.engine, fields[1]) || !digest(&r.Digest, fields[2]) || !isDay(fields[3]) {
				return nil, ErrState
			}
			r.Municipality = fields[0]
			s.rules[r] = fields[3]
		case name == "decisions":
			fields := strings.Split(value, " ")
			if len(fields) != 3 || !isDay(fields[1]+"-01") {
				return nil, ErrState
			}
			s.months[month{fields[0], fields[1]}], _ = strconv.ParseUint(fields[2], 10, 64)
		case name == "municipality":
			var c chain
			fields := strings.Split(value, " ")
			if len(fields) != 3 || !digest(&c.prev, fields[2]) {
				return nil, ErrState
			}
			c.next, _ = strconv.ParseUint(fields[1], 10, 64)
			s.chains[fields[0]] = c
		default:
			return nil, ErrState
		}
	}
	// Order, repetition and spelling all show in that the bytes would be others.
	if !bytes.Equal(s.Marshal(), text) {
		return nil, ErrState
	}
	c, err := s.open()
	if err != nil {
		return nil, err
	}
	var leaves uint64
	for _, chain := range s.chains {
		leaves += chain.next
	}
	if leaves != c.Size {
		return nil, fmt.Errorf("%w: its municipalities have %d leaves, its checkpoint %d", ErrState, leaves, c.Size)
	}
	return s, nil
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func digest(to *[32]byte, text string) bool {
	if len(text) != 64 {
		return false
	}
	_, err := hex.Decode(to[:], []byte(text))
	return err == nil
}
