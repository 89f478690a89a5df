package ledger

import (
	"encoding/hex"
	"strings"
)

// MaxRecord bounds a record.
const MaxRecord = 256 << 10

const recordSchema = "skalig/record/1"

// A header is what a record says about itself that its leaf must say too.
type header struct {
	kind, municipality, day, engine, rules string
	number                                 uint64
}

// readHeader reads a record: one JSON object without white space, no member
// twice, and the header's members spelled without escapes. What the other
// members hold is the business of whoever reads the record.
func readHeader(record []byte) (header, Reason) {
	if len(record) > MaxRecord {
		return header{}, RecordMalformed
	}
	var (
		h      header
		schema string
		number string
		seen   = make(map[string]bool)
	)
	fields := map[string]*string{
		"schema": &schema, "kind": &h.kind, "municipality": &h.municipality,
		"day": &h.day, "engine": &h.engine, "rules": &h.rules,
	}
	s := scanner{text: string(record)}
	ok := s.members(0, func(name, value string) bool {
		if seen[name] || strings.Contains(name, `\`) {
			return false
		}
		seen[name] = true
		if name == "number" {
			number = value
		}
		if field := fields[name]; field != nil {
			if len(value) < 2 || value[0] != '"' || strings.Contains(value, `\`) {
				return false
			}
			*field = value[1 : len(value)-1]
		}
		return true
	})
	if !ok || s.at != len(s.text) {
		return header{}, RecordMalformed
	}
	if schema != recordSchema {
		if strings.HasPrefix(schema, "skalig/record/") {
			return header{}, RecordVersion
		}
		return header{}, RecordMalformed
	}
	n, isNumber := parseNumber(number)
	h.number = n
	if !isNumber || h.kind == "" || h.municipality == "" || h.day == "" || h.engine == "" || h.rules == "" {
		return header{}, RecordMalformed
	}
	return h, ""
}

// differs names the first field in which record and leaf disagree.
func (h header) differs(l Leaf) Reason {
	switch {
	case h.kind != string(l.Kind):
		return KindDiffers
	case h.municipality != l.Municipality:
		return MunicipalityDiffers
	case h.number != l.Number:
		return NumberDiffers
	case h.day != l.Day:
		return DayDiffers
	case h.engine != hex.EncodeToString(l.Engine[:]):
		return EngineDiffers
	case h.rules != hex.EncodeToString(l.Rules[:]):
		return RulesDiffers
	}
	return ""
}
