// Package record is the canonical decision record: the bytes that a leaf in the
// public log commits to, that the receipt carries and that a replay starts from.
//
// A record is one JSON object with its members in a fixed order, no white space
// and no trailing newline. A decision has
//
//	{"schema":"skalig/record/1","kind":"decision","municipality":"9999","number":12,
//	 "day":"2026-11-22","case":"6yk2…","replaces":"","mode":"automatic","decider":"…",
//	 "delegation":"…","outcome":"granted","granted":10812,"month":"2026-11",
//	 "reasons":[],"motivation":"…","engine":"<64 hex>","rules":"<64 hex>",
//	 "guideline":"<the file's bytes as a string>","facts":{…},"result":"<64 hex>"}
//
// (the line breaks above are for the reader), and a release has
//
//	{"schema":"skalig/record/1","kind":"release","municipality":"0000","number":0,
//	 "day":"2026-11-22","version":"…","engine":"<64 hex>","verify":"<64 hex>",
//	 "rules":"<64 hex>","from":"2026-11-22","approvers":["…"],"approval":"…","keys":["…"]}
//
// where releases of old have no keys: the approvers' verifier keys, in the same order.
//
// The others begin with schema, kind, municipality, number, day, engine and rules,
// here as …, of the engine in force. They are public, and hold no person:
//
//	{…"kind":"statistics",…,"month":"2026-11","decisions":97,
//	 "cells":[{"table":"mode","row":"automatic","column":"all","value":81},
//	          {"table":"mode","row":"human","column":"all","value":null}]}
//	{…"kind":"erasure",…,"reason":"retention","numbers":[3,17]}
//	{…"kind":"access",…,"what":"digest","date":"2026-11-21","first":1,"last":873,
//	 "events":240,"digest":"<64 hex>","journal":"<64 hex>"}
//	{…"kind":"access",…,"what":"asked","auditor":"…","count":20,"seal":"<64 hex>"}
//	{…"kind":"access",…,"what":"revealed","asked":1024,"secret":"<64 hex>",
//	 "root":"<64 hex>","indexes":[7,40,…]}
//	{…"kind":"access",…,"what":"answered","asked":1024,"given":[7],
//	 "withheld":[{"index":40,"reason":"erased"}]}
//
// A value of null was left out because it would tell of few people. Indexes are
// places in the log, numbers those of the municipality; both rise strictly.
//
// Amounts are kronor with at most two decimals and no trailing zeros, held here
// as öre. Strings are UTF-8 without NUL; only the quotation mark, the reverse
// solidus and control characters are escaped, in the short form where JSON has
// one. The guideline is a string so that its digest is that of the file. The
// facts are the engine's canonical bytes, embedded as they are. The digests are
// SHA-256: engine of the artefact, rules of the engine's parameters followed by
// the guideline, result of the engine's canonical result.
//
// The parsers accept exactly the bytes that Marshal produces: parsing and then
// formatting is the identity, and everything else is an error.
//
// testdata/vectors.jsonl holds records of every kind but decision, a line each, good
// and each with the one defect that it is named for, in receipts: the parsers here,
// the verifier natively, in wazero and in a JavaScript engine, and a reader in another
// language are held to it.
package record

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skalig/skalig/ledger"
)

// Schema names this version of the format.
const Schema = "skalig/record/1"

// MaxBytes bounds a record, as the ledger does.
const MaxBytes = ledger.MaxRecord

// ErrMalformed says that bytes are not a record in canonical form, or that a
// record holds values that the form cannot carry.
var ErrMalformed = errors.New("malformed record")

// The modes, who decided.
const (
	Automatic = "automatic"
	Human     = "human"
)

// The outcomes.
const (
	Granted   = "granted"
	Partly    = "partly"
	Refused   = "refused"
	Dismissed = "dismissed"
)

// A Decision is one binding decision.
type Decision struct {
	Municipality string // four digits
	Number       uint64 // gapless in the municipality
	Day          string // 2026-11-22
	Case         string // opaque
	Replaces     string // the case's earlier decision as municipality/number, or empty; only a person decides anew
	Mode         string // Automatic or Human
	Decider      string // the person's name, or the board's automated function
	Delegation   string // the reference of the delegation
	Outcome      string
	Granted      int64  // öre
	Month        string // 2026-11
	Reasons      []string
	Motivation   string
	Engine       [32]byte
	Rules        [32]byte
	Guideline    []byte // the file's bytes
	Facts        []byte // the engine's canonical facts
	Result       [32]byte
}

// A Release says from which day an artefact may decide.
type Release struct {
	Number    uint64
	Day       string
	Version   string
	Engine    [32]byte
	Verify    [32]byte
	Rules     [32]byte
	From      string
	Approvers []string
	Approval  string   // what they signed, with their signatures: a signed note (package release)
	Keys      []string // the verifier keys of the approvers; none in a release of old
}

// Approvers is how many different people must approve a release.
const Approvers = 2

// municipality holds for four digits.
func municipality(s string) bool { return len(s) == 4 && all(s, isDigit) }

// code holds for lower-case words and numbers with single hyphens between.
func code(s string) bool {
	for word := range strings.SplitSeq(s, "-") {
		if word == "" || !all(word, isPlain) {
			return false
		}
	}
	return true
}

// opaque holds for 8 to 64 lower-case letters and digits.
func opaque(s string) bool { return len(s) >= 8 && len(s) <= 64 && all(s, isPlain) }

// replaced holds for nothing, or for an earlier decision of the same municipality that a
// person takes the place of.
func (d *Decision) replaced() bool {
	if d.Replaces == "" {
		return true
	}
	code, text, _ := strings.Cut(d.Replaces, "/")
	number, err := strconv.ParseUint(text, 10, 53)
	return err == nil && strconv.FormatUint(number, 10) == text && code == d.Municipality && number < d.Number && d.Mode == Human
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isPlain(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'z' }

func all(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

func (d *Decision) valid() bool {
	modes := d.Mode == Automatic && d.Outcome == Granted || d.Mode == Human
	amounts := (d.Outcome == Granted || d.Outcome == Partly) && d.Granted > 0 ||
		(d.Outcome == Refused || d.Outcome == Dismissed) && d.Granted == 0
	for _, r := range d.Reasons {
		if !code(r) {
			return false
		}
	}
	return municipality(d.Municipality) && date(d.Day) && opaque(d.Case) &&
		d.replaced() && modes && amounts && d.Granted <= 1e12 && month(d.Month) &&
		d.Decider != "" && texts(d.Decider, d.Delegation, d.Motivation, string(d.Guideline)) &&
		len(d.Guideline) > 0 && d.Number < 1<<53
}

func (r *Release) valid() bool {
	return date(r.Day) && date(r.From) && r.Version != "" && r.Approval != "" && texts(r.Version, r.Approval) &&
		people(r.Approvers) && texts(r.Approvers...) && r.Number < 1<<53 &&
		(len(r.Keys) == 0 || len(r.Keys) == len(r.Approvers) && people(r.Keys) && texts(r.Keys...))
}

// people holds for the names or keys of enough people, none of them twice or empty.
func people(all []string) bool {
	once := slices.Compact(slices.Sorted(slices.Values(all)))
	return len(all) >= Approvers && len(once) == len(all) && once[0] != ""
}

func date(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Format(time.DateOnly) == s
}

func month(s string) bool { return len(s) == 7 && date(s+"-01") }

// texts reports whether each string can stand in a record unchanged.
func texts(ss ...string) bool {
	for _, s := range ss {
		if !utf8.ValidString(s) {
			return false
		}
		for i := range len(s) {
			if s[i] == 0 {
				return false
			}
		}
	}
	return true
}

func digest(s string) (d [32]byte, ok bool) {
	if len(s) != 64 {
		return d, false
	}
	n, err := hex.Decode(d[:], []byte(s))
	return d, err == nil && n == 32 && hex.EncodeToString(d[:]) == s
}
