package ledger

import (
	"encoding/hex"
	"strconv"
)

// JSON writes the report as one line of JSON without white space:
//
//	{"ok":true,"reason":"","steps":[{"name":"format","ok":true,"code":""},…],
//	 "index":5,"size":9,"origin":"…",
//	 "leaf":{"kind":"decision","municipality":"9999","number":12,"engine":"<hex>","rules":"<hex>",
//	         "prev":"<hex>","day":"2026-11-22","commitment":"<hex>"},
//	 "record":"<the record's exact text, as a string>",
//	 "policy":true,"required":true,"witnesses":["w1"]}
//
// policy says that a policy was given, required that it has a quorum.
// A report that is not OK ends after steps.
func (rep Report) JSON() []byte {
	b := append([]byte(nil), `{"ok":`...)
	b = strconv.AppendBool(b, rep.OK)
	b = appendMember(b, "reason", string(rep.Reason))
	b = append(b, `,"steps":[`...)
	for i, c := range rep.Steps {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = appendString(b, c.Name)
		b = append(b, `,"ok":`...)
		b = strconv.AppendBool(b, c.OK)
		b = appendMember(b, "code", string(c.Code))
		b = append(b, '}')
	}
	b = append(b, ']')
	if rep.OK {
		b = append(b, `,"index":`...)
		b = strconv.AppendUint(b, rep.Index, 10)
		b = append(b, `,"size":`...)
		b = strconv.AppendUint(b, rep.Size, 10)
		b = appendMember(b, "origin", rep.Origin)
		b = append(b, `,"leaf":`...)
		b = rep.Leaf.appendJSON(b)
		b = appendMember(b, "record", string(rep.Record))
		b = append(b, `,"policy":`...)
		b = strconv.AppendBool(b, rep.Policy)
		b = append(b, `,"required":`...)
		b = strconv.AppendBool(b, rep.Required)
		b = append(b, `,"witnesses":[`...)
		for i, name := range rep.Witnesses {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, name)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func (l Leaf) appendJSON(b []byte) []byte {
	b = append(b, `{"kind":`...)
	b = appendString(b, string(l.Kind))
	b = appendMember(b, "municipality", l.Municipality)
	b = append(b, `,"number":`...)
	b = strconv.AppendUint(b, l.Number, 10)
	b = appendMember(b, "engine", hex.EncodeToString(l.Engine[:]))
	b = appendMember(b, "rules", hex.EncodeToString(l.Rules[:]))
	b = appendMember(b, "prev", hex.EncodeToString(l.Prev[:]))
	b = appendMember(b, "day", l.Day)
	b = appendMember(b, "commitment", hex.EncodeToString(l.Commitment[:]))
	return append(b, '}')
}

func appendMember(b []byte, name, value string) []byte {
	b = append(b, ',')
	b = appendString(b, name)
	b = append(b, ':')
	return appendString(b, value)
}
