// Package release is what people approve before an engine may decide anything: a
// statement of exactly which bytes decide from which day, signed by two of them.
//
// # Statement
//
// Text, one field a line, in this order, guidelines sorted and none twice:
//
//	skalig/release/1
//	version 0.1.0
//	engine ed9f6f25068608efd412958da4dfc19328ca3511251fa6d5f9c42baf230e32f8
//	verify 0b1c…
//	rules 6c62…
//	from 2026-12-01
//	guideline 9999 2026-01 77aa… 5d10…
//
// engine and verify are the SHA-256 of the artefacts, rules that of the engine's
// parameters as it prints them, from the first day on which they may decide. Each
// guideline is a municipality's code, the month it holds from, the SHA-256 of its file,
// and that of the parameters followed by the file, which a decision's leaf names; a
// decision by another guideline is not of this release. Statements of old lack the last.
//
// # Approval
//
// An approval is the statement as a signed note (C2SP signed-note) with one Ed25519
// signature, by a person whom the configuration lists with name and verifier key.
// [Open] puts approvals of one statement together and wants [Needed] different
// people, by different keys. What it gives is again a signed note, with all their
// signatures, which anyone with their keys can verify ([Verify]). It stands in the
// release's record in the log, with their names and keys.
//
// # Approvers
//
// Whose signatures count is said by a file that a service shows beside its log and a
// reader keeps: a line for each person, the verifier key and the name as it stands in
// the log. A line that begins with # is a comment.
//
//	approver anna@kommun.example+1f2e3d4c+AZ… Anna Andersson
//
// # From the files to the log
//
// The approvals of a release lie in a folder of the data directory,
//
//	releases/<first 16 digits of the statement's SHA-256>/<approver>.approval
//
// [Put] puts them there. The running server logs what it finds, before the day it
// takes effect; what is found later than that is refused: nothing is released
// backwards in time.
package release

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	header = "skalig/release/1"
	// MaxBytes bounds a statement and an approval.
	MaxBytes = 256 << 10
)

// ErrMalformed: the bytes are no statement in its one form.
var ErrMalformed = errors.New("not a statement of a release")

// A Statement says which bytes decide from which day.
type Statement struct {
	Version    string
	Engine     [32]byte
	Verify     [32]byte
	Rules      [32]byte
	From       string // 2026-12-01
	Guidelines []Guideline
}

// A Guideline is one municipality's from a month on.
type Guideline struct {
	Municipality string // four digits
	From         string // 2026-01
	SHA256       [32]byte
	Rules        [32]byte // of the parameters followed by the file; zero: not stated
}

func (g Guideline) compare(o Guideline) int {
	return cmp.Or(cmp.Compare(g.Municipality, o.Municipality), cmp.Compare(g.From, o.From))
}

// Marshal writes the statement; it sorts the guidelines.
func (s Statement) Marshal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nversion %s\nengine %x\nverify %x\nrules %x\nfrom %s\n", header, s.Version, s.Engine, s.Verify, s.Rules, s.From)
	for _, g := range slices.SortedFunc(slices.Values(s.Guidelines), Guideline.compare) {
		fmt.Fprintf(&b, "guideline %s %s %x", g.Municipality, g.From, g.SHA256)
		if g.Rules != [32]byte{} {
			fmt.Fprintf(&b, " %x", g.Rules)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// ID names the statement: its SHA-256 in hexadecimal.
func (s Statement) ID() string {
	sum := sha256.Sum256(s.Marshal())
	return hex.EncodeToString(sum[:])
}

// Bundles says whether a guideline's file is part of the release.
func (s Statement) Bundles(sum [32]byte) bool {
	return slices.ContainsFunc(s.Guidelines, func(g Guideline) bool { return g.SHA256 == sum })
}

// For is the guideline by which a municipality's decisions for a month are made: the
// latest that holds from that month or before, or where none does the last of them.
func (s Statement) For(municipality, month string) (found Guideline, ok bool) {
	for _, g := range s.Guidelines {
		if g.Municipality == municipality && (!ok || g.From <= month || found.From > month) {
			found, ok = g, true
		}
	}
	return found, ok
}

// Parse reads exactly what Marshal writes.
func Parse(text []byte) (Statement, error) {
	if len(text) > MaxBytes {
		return Statement{}, fmt.Errorf("%w: larger than %d bytes", ErrMalformed, MaxBytes)
	}
	lines := strings.Split(string(text), "\n")
	var s Statement
	for i, line := range lines {
		name, value, _ := strings.Cut(line, " ")
		ok := true
		switch {
		case i == 0 || line == "" && i == len(lines)-1:
		case name == "version":
			s.Version, ok = value, value != "" && printable(value)
		case name == "engine":
			ok = digest(&s.Engine, value)
		case name == "verify":
			ok = digest(&s.Verify, value)
		case name == "rules":
			ok = digest(&s.Rules, value)
		case name == "from":
			s.From, ok = value, date(time.DateOnly, value)
		case name == "guideline":
			var g Guideline
			fields := strings.Split(value, " ")
			stated := len(fields) == 4 && digest(&g.Rules, fields[3])
			if ok = (len(fields) == 3 || stated) && code(fields[0]) && date("2006-01", fields[1]) && digest(&g.SHA256, fields[2]); ok {
				g.Municipality, g.From = fields[0], fields[1]
				s.Guidelines = append(s.Guidelines, g)
			}
		default:
			ok = false
		}
		if !ok {
			return Statement{}, fmt.Errorf("%w: line %d", ErrMalformed, i+1)
		}
	}
	for i := 1; i < len(s.Guidelines); i++ {
		if s.Guidelines[i-1].compare(s.Guidelines[i]) >= 0 {
			return Statement{}, fmt.Errorf("%w: the guidelines are not sorted, or one is there twice", ErrMalformed)
		}
	}
	// Order, repetition and spelling all show in that the bytes would be others.
	if !bytes.Equal(s.Marshal(), text) || s.From == "" || s.Version == "" {
		return Statement{}, ErrMalformed
	}
	return s, nil
}

func digest(to *[32]byte, text string) bool {
	if len(text) != 64 {
		return false
	}
	_, err := hex.Decode(to[:], []byte(text))
	return err == nil
}

func date(layout, s string) bool {
	t, err := time.Parse(layout, s)
	return err == nil && t.Format(layout) == s
}

func code(s string) bool {
	return len(s) == 4 && strings.Trim(s, "0123456789") == ""
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
