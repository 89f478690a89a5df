package ledger

import (
	"encoding/hex"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Limits that every parser here holds. Numbers stay below 2⁵³ so that a JSON
// reader in a browser holds them exactly.
const (
	MaxLeaf   = 1024
	MaxNumber = 1<<53 - 1
)

const leafHeader = "skalig/leaf/1"

// Service is the municipality code of leaves that concern the whole service.
const Service = "0000"

// A Kind says what a leaf stands for.
type Kind string

const (
	Decision   Kind = "decision"   // a decision in a case
	Release    Kind = "release"    // an engine artefact, before it decides anything
	Statistics Kind = "statistics" // counts for a period
	Access     Kind = "access"     // a digest of who has read personal files
	Erasure    Kind = "erasure"    // a record and salt that were destroyed on their date
)

func (k Kind) valid() bool {
	switch k {
	case Decision, Release, Statistics, Access, Erasure:
		return true
	}
	return false
}

// A Leaf is one entry of the log. It holds no personal data and no amount.
type Leaf struct {
	Kind         Kind
	Municipality string   // four digits; [Service] for the whole service
	Number       uint64   // gapless within the municipality, from 0
	Engine       [32]byte // SHA-256 of the engine artefact
	Rules        [32]byte // SHA-256 of national parameters and municipal guideline
	Prev         [32]byte // [LeafHash] of the municipality's leaf Number-1; zero for number 0
	Day          string   // 2026-11-22; nothing finer
	Commitment   [32]byte // [Commit] of salt and record
}

// Marshal writes the leaf in its text form. ParseLeaf reads back exactly what
// Marshal writes of a leaf whose fields hold what their comments say.
func (l Leaf) Marshal() []byte {
	b := make([]byte, 0, 448)
	b = append(b, leafHeader...)
	field := func(name, value string) {
		b = append(b, '\n')
		b = append(b, name...)
		b = append(b, ' ')
		b = append(b, value...)
	}
	field("kind", string(l.Kind))
	field("municipality", l.Municipality)
	field("number", strconv.FormatUint(l.Number, 10))
	field("engine", hex.EncodeToString(l.Engine[:]))
	field("rules", hex.EncodeToString(l.Rules[:]))
	field("prev", hex.EncodeToString(l.Prev[:]))
	field("day", l.Day)
	field("commitment", hex.EncodeToString(l.Commitment[:]))
	return append(b, '\n')
}

// ParseLeaf reads the text form of a leaf. The error is a [Reason].
func ParseLeaf(text []byte) (Leaf, error) {
	if len(text) > MaxLeaf {
		return Leaf{}, LeafMalformed
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	if first != leafHeader {
		if strings.HasPrefix(first, "skalig/leaf/") {
			return Leaf{}, LeafVersion
		}
		return Leaf{}, LeafMalformed
	}
	ok := true
	field := func(name string) string {
		line, after, found := strings.Cut(rest, "\n")
		value, named := strings.CutPrefix(line, name+" ")
		rest, ok = after, ok && found && named
		return value
	}
	digest := func(name string) (d [32]byte) {
		value := field(name)
		ok = ok && len(value) == 64
		if ok {
			_, err := hex.Decode(d[:], []byte(value))
			ok = err == nil
		}
		return d
	}
	var l Leaf
	l.Kind = Kind(field("kind"))
	l.Municipality = field("municipality")
	number, isNumber := parseNumber(field("number"))
	l.Number = number
	l.Engine = digest("engine")
	l.Rules = digest("rules")
	l.Prev = digest("prev")
	l.Day = field("day")
	l.Commitment = digest("commitment")
	if !ok || !isNumber || rest != "" || !l.valid() || string(l.Marshal()) != string(text) {
		return Leaf{}, LeafMalformed
	}
	return l, nil
}

func (l Leaf) valid() bool {
	return l.Kind.valid() && validMunicipality(l.Municipality) && validDay(l.Day) &&
		l.Number <= MaxNumber && (l.Number == 0) == (l.Prev == [32]byte{})
}

// LeafHash is the hash by which the tree holds a leaf (RFC 6962: SHA-256 of a
// zero byte and the leaf), and by which the municipality's next leaf names it.
func LeafHash(leaf []byte) [32]byte { return tlog.RecordHash(leaf) }

// parseNumber reads a decimal number without sign, leading zeros or excess.
func parseNumber(s string) (uint64, bool) {
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil && n <= MaxNumber && strconv.FormatUint(n, 10) == s
}

func validMunicipality(s string) bool {
	return len(s) == 4 && digits(s)
}

// validDay reports whether s is a date of the Gregorian calendar, as 2026-11-22.
func validDay(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' || !digits(s[:4]) || !digits(s[5:7]) || !digits(s[8:]) {
		return false
	}
	year, _ := strconv.Atoi(s[:4])
	month, _ := strconv.Atoi(s[5:7])
	day, _ := strconv.Atoi(s[8:])
	length := 31
	switch month {
	case 4, 6, 9, 11:
		length = 30
	case 2:
		length = 28
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			length = 29
		}
	}
	return year >= 2000 && month >= 1 && month <= 12 && day >= 1 && day <= length
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
