package record_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/record"
)

var heading = record.Heading{Municipality: "9999", Number: 12, Day: "2026-12-01", Engine: [32]byte{1}, Rules: [32]byte{2}}

// A head is the beginning of a record of a kind, written by hand from the package
// comment.
func head(kind string) string {
	return `{"schema":"skalig/record/1","kind":"` + kind + `","municipality":"9999","number":12,"day":"2026-12-01",` +
		`"engine":"01` + strings.Repeat("0", 62) + `","rules":"02` + strings.Repeat("0", 62) + `",`
}

func hex(first string) string { return first + strings.Repeat("0", 62) }

// A form is a kind of record with its bytes by hand, and changes that make it no
// record.
type form struct {
	name   string
	make   func() ([]byte, error)
	parse  func([]byte) (interface{ Marshal() ([]byte, error) }, error)
	text   string
	spoils map[string][2]string
}

// the turns a parser's own type into what the tests need of it.
func the[T interface{ Marshal() ([]byte, error) }](parse func([]byte) (T, error)) func([]byte) (interface{ Marshal() ([]byte, error) }, error) {
	return func(text []byte) (interface{ Marshal() ([]byte, error) }, error) { return parse(text) }
}

func forms() []form {
	statistics := &record.Statistics{Heading: heading, Month: "2026-11", Decisions: 97, Cells: []record.Cell{
		{Table: "mode", Row: "automatic", Column: "all", Value: 81}, {Table: "mode", Row: "human", Column: "all", Hidden: true}}}
	erasure := &record.Erasure{Heading: heading, Reason: record.Retention, Numbers: []uint64{3, 17}}
	digest := &record.Digest{Heading: heading, Date: "2026-11-30", First: 1, Last: 873, Events: 240, Digest: [32]byte{3}, Journal: [32]byte{4}}
	asked := &record.Asked{Heading: heading, Auditor: "Revisorerna", Count: 2, Seal: [32]byte{5}}
	revealed := &record.Revealed{Heading: heading, Asked: 1024, Secret: [32]byte{6}, Root: [32]byte{7}, Indexes: []uint64{7, 40}}
	answered := &record.Answered{Heading: heading, Asked: 1025, Given: []uint64{7}, Withheld: []record.Withheld{{Index: 40, Reason: record.WithheldErased}}}
	release := &record.Release{Number: 12, Day: "2026-12-01", Version: "1", Engine: [32]byte{1}, Verify: [32]byte{3}, Rules: [32]byte{2},
		From: "2026-12-02", Approvers: []string{"Nämnden", "Revisorn"}, Approval: "skalig/release/1\n", Keys: []string{"namnden+1+A", "revisorn+2+B"}}
	return []form{
		{"release", release.Marshal, the(record.ParseRelease), `{"schema":"skalig/record/1","kind":"release","municipality":"0000","number":12,"day":"2026-12-01",` +
			`"version":"1","engine":"` + hex("01") + `","verify":"` + hex("03") + `","rules":"` + hex("02") +
			`","from":"2026-12-02","approvers":["Nämnden","Revisorn"],"approval":"skalig/release/1\n","keys":["namnden+1+A","revisorn+2+B"]}`,
			map[string][2]string{"nobody approves": {`["Nämnden","Revisorn"]`, "[]"}, "one approves": {`["Nämnden","Revisorn"]`, `["Nämnden"]`}, "one approves twice": {`"Revisorn"`, `"Nämnden"`},
				"a key for one": {`,"revisorn+2+B"`, ``}, "one key": {`revisorn+2+B`, `namnden+1+A`}, "no keys": {`["namnden+1+A","revisorn+2+B"]`, `[]`}, "a key of nothing": {`namnden+1+A`, ``}, "no approval": {`"skalig/release/1\n"`, `""`}, "a municipality's": {`"0000"`, `"9999"`},
				"31 November": {"2026-12-02", "2026-11-31"}, "null list": {`["Nämnden","Revisorn"]`, "null"}, "upper hex": {`"03`, `"0A`}, "no version": {`"version":"1"`, `"version":""`}}},
		{"statistics", statistics.Marshal, the(record.ParseStatistics), head("statistics") +
			`"month":"2026-11","decisions":97,"cells":[{"table":"mode","row":"automatic","column":"all","value":81},` +
			`{"table":"mode","row":"human","column":"all","value":null}]}`,
			map[string][2]string{"negative": {"81", "-81"}, "fraction": {"81", "81.0"}, "value as text": {"81", `"81"`}, "13th month": {"2026-11", "2026-13"},
				"upper case": {`"mode"`, `"Mode"`}, "no value": {`,"value":81`, ``}, "null list": {`"cells":[{`, `"cells":null,"x":[{`}}},
		{"erasure", erasure.Marshal, the(record.ParseErasure), head("erasure") + `"reason":"retention","numbers":[3,17]}`,
			map[string][2]string{"falling": {"3,17", "17,3"}, "twice": {"3,17", "3,3"}, "other reason": {"retention", "because"}, "too large a number": {"17", "9007199254740992"}}},
		{"digest", digest.Marshal, the(record.ParseDigest), head("access") +
			`"what":"digest","date":"2026-11-30","first":1,"last":873,"events":240,"digest":"` + hex("03") + `","journal":"` + hex("04") + `"}`,
			map[string][2]string{"row 0": {`"first":1`, `"first":0`}, "backwards": {`"last":873`, `"last":0`}, "more events than rows": {"240", "874"},
				"another what": {`"digest",`, `"asked",`}, "30 February": {"2026-11-30", "2026-02-30"}, "upper hex": {`"03`, `"0A`}}},
		{"asked", asked.Marshal, the(record.ParseAsked), head("access") +
			`"what":"asked","auditor":"Revisorerna","count":2,"seal":"` + hex("05") + `"}`,
			map[string][2]string{"nobody asks": {"Revisorerna", ""}, "nothing asked": {`"count":2`, `"count":0`}, "short seal": {`"05`, `"5`}, "upper hex": {`"05`, `"0A`},
				"no seal": {`,"seal":"` + hex("05") + `"`, ""}}},
		{"revealed", revealed.Marshal, the(record.ParseRevealed), head("access") +
			`"what":"revealed","asked":1024,"secret":"` + hex("06") + `","root":"` + hex("07") + `","indexes":[7,40]}`,
			map[string][2]string{"after the request": {"40", "1024"}, "falling": {"7,40", "40,7"}, "twice": {"7,40", "7,7"}, "short secret": {`"06`, `"6`},
				"upper hex": {`"07`, `"0A`}, "null list": {"[7,40]", "null"}}},
		{"answered", answered.Marshal, the(record.ParseAnswered), head("access") +
			`"what":"answered","asked":1025,"given":[7],"withheld":[{"index":40,"reason":"erased"}]}`,
			map[string][2]string{"other reason": {"erased", "lazy"}, "no reason": {`,"reason":"erased"`, ``}, "null list": {"[7]", "null"}, "repeated member": {`"asked":1025`, `"asked":1025,"asked":1025`}}},
	}
}

func TestServiceRecordBytes(t *testing.T) {
	for _, f := range forms() {
		got, err := f.make()
		if err != nil || string(got) != f.text {
			t.Errorf("%s: %v\n got %s\nwant %s", f.name, err, got, f.text)
		}
		back, err := f.parse([]byte(f.text))
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		if again, err := back.Marshal(); err != nil || string(again) != f.text {
			t.Errorf("%s: parsed and written: %v %s", f.name, err, again)
		}
		for _, other := range forms() {
			if _, err := other.parse([]byte(f.text)); other.name != f.name && !errors.Is(err, record.ErrMalformed) {
				t.Errorf("a record %s was parsed as %s: %v", f.name, other.name, err)
			}
		}
	}
}

// everywhere are changes that make a record of any kind none.
var everywhere = map[string][2]string{"white space": {`,"kind"`, `, "kind"`}, "other schema": {"record/1", "record/2"}, "unknown member": {`"day"`, `"x":1,"day"`},
	"member left out": {`"day":"2026-12-01",`, ``}, "five digits": {`"municipality":"`, `"municipality":"0`}, "short digest": {`"01`, `"1`}, "members swapped": {`"number":12,"day":"2026-12-01"`, `"day":"2026-12-01","number":12`}}

func TestServiceRecordsAreStrict(t *testing.T) {
	for _, f := range forms() {
		for _, spoils := range []map[string][2]string{everywhere, f.spoils} {
			for name, s := range spoils {
				if !strings.Contains(f.text, s[0]) {
					t.Fatalf("%s: %q is not in the record", name, s[0])
				}
				if _, err := f.parse([]byte(strings.Replace(f.text, s[0], s[1], 1))); !errors.Is(err, record.ErrMalformed) {
					t.Errorf("%s, %s: %v", f.name, name, err)
				}
			}
		}
		if _, err := f.parse([]byte(f.text + "\n")); !errors.Is(err, record.ErrMalformed) {
			t.Errorf("%s, trailing newline: %v", f.name, err)
		}
	}
}

// FuzzParseServiceRecords: what a parser accepts, it writes back unchanged.
func FuzzParseServiceRecords(f *testing.F) {
	for _, form := range forms() {
		f.Add([]byte(form.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, form := range forms() {
			r, err := form.parse(text)
			if err != nil {
				continue
			}
			if back, err := r.Marshal(); err != nil || !bytes.Equal(back, text) {
				t.Fatalf("%s: %v: accepted %q, writes %q", form.name, err, text, back)
			}
		}
	})
}
