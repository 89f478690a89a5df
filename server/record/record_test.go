package record_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/record"
)

func decision() *record.Decision {
	return &record.Decision{
		Municipality: "9999", Number: 12, Day: "2026-11-22", Case: "abcdefgh12345678", Mode: record.Automatic,
		Decider: "Socialnämnden i Demokommun, automatiserad beslutsfunktion", Delegation: "D 12", Outcome: record.Granted,
		Granted: 1081250, Month: "2026-11", Motivation: "Rad ett\n\"rad två\" \\ \x01",
		Engine: [32]byte{1}, Rules: [32]byte{2}, Result: [32]byte{3},
		Guideline: []byte("{\n  \"name\": \"Demokommun\"\n}\n"), Facts: []byte(`{"schema":"skalig/facts/1","month":"2026-11"}`),
	}
}

// The expected bytes are written by hand from the package comment.
const decisionText = `{"schema":"skalig/record/1","kind":"decision","municipality":"9999","number":12,"day":"2026-11-22",` +
	`"case":"abcdefgh12345678","replaces":"","mode":"automatic","decider":"Socialnämnden i Demokommun, automatiserad beslutsfunktion",` +
	`"delegation":"D 12","outcome":"granted","granted":10812.5,"month":"2026-11","reasons":[],` +
	`"motivation":"Rad ett\n\"rad två\" \\ \u0001",` +
	`"engine":"0100000000000000000000000000000000000000000000000000000000000000",` +
	`"rules":"0200000000000000000000000000000000000000000000000000000000000000",` +
	`"guideline":"{\n  \"name\": \"Demokommun\"\n}\n","facts":{"schema":"skalig/facts/1","month":"2026-11"},` +
	`"result":"0300000000000000000000000000000000000000000000000000000000000000"}`

func TestDecisionBytes(t *testing.T) {
	got, err := decision().Marshal()
	if err != nil || string(got) != decisionText {
		t.Fatalf("%v\n got %s\nwant %s", err, got, decisionText)
	}
	back, err := record.ParseDecision(got)
	if err != nil {
		t.Fatal(err)
	}
	if back.Granted != 1081250 || back.Number != 12 || !bytes.Equal(back.Guideline, decision().Guideline) {
		t.Errorf("parsed %+v", back)
	}
}

func TestReleaseBytes(t *testing.T) {
	r := &record.Release{Day: "2026-11-22", Version: "1", Engine: [32]byte{1}, Verify: [32]byte{2}, Rules: [32]byte{3},
		From: "2026-11-22", Approvers: []string{"Nämnden", "Revisorn"}, Approval: "skalig/release/1\n"}
	want := `{"schema":"skalig/record/1","kind":"release","municipality":"0000","number":0,"day":"2026-11-22","version":"1",` +
		`"engine":"01` + strings.Repeat("0", 62) + `","verify":"02` + strings.Repeat("0", 62) + `","rules":"03` + strings.Repeat("0", 62) +
		`","from":"2026-11-22","approvers":["Nämnden","Revisorn"],"approval":"skalig/release/1\n"}`
	got, err := r.Marshal()
	if err != nil || string(got) != want {
		t.Fatalf("%v\n got %s\nwant %s", err, got, want)
	}
	if _, err := record.ParseRelease(got); err != nil {
		t.Error(err)
	}
	if _, err := record.ParseDecision(got); !errors.Is(err, record.ErrMalformed) {
		t.Errorf("a release was parsed as a decision: %v", err)
	}
}

func TestParseIsStrict(t *testing.T) {
	replace := func(old, new string) string {
		if !strings.Contains(decisionText, old) {
			t.Fatalf("%q is not in the record", old)
		}
		return strings.Replace(decisionText, old, new, 1)
	}
	for name, text := range map[string]string{
		"empty":             "",
		"null":              "null",
		"white space":       replace(`,"kind"`, `, "kind"`),
		"trailing newline":  decisionText + "\n",
		"trailing object":   decisionText + "{}",
		"unknown member":    replace(`"case"`, `"x":1,"case"`),
		"repeated member":   replace(`"replaces":""`, `"replaces":"","replaces":""`),
		"other case":        replace(`"mode"`, `"Mode"`),
		"members swapped":   replace(`"replaces":"","mode":"automatic"`, `"mode":"automatic","replaces":""`),
		"member left out":   replace(`"replaces":"",`, ``),
		"null list":         replace(`"reasons":[]`, `"reasons":null`),
		"long amount":       replace(`10812.5`, `10812.50`),
		"exponent":          replace(`10812.5`, `1.08125e4`),
		"three decimals":    replace(`10812.5`, `10812.505`),
		"amount as text":    replace(`10812.5`, `"10812.5"`),
		"negative":          replace(`10812.5`, `-10812.5`),
		"granted nothing":   replace(`10812.5`, `0`),
		"upper hex":         replace(`"0100`, `"0A00`),
		"short digest":      replace(`"0100`, `"01`),
		"needless escape":   replace(`Rad ett`, `\u0052ad ett`),
		"escaped solidus":   replace(`D 12`, `D \/12`),
		"invalid UTF-8":     replace(`D 12`, "D \xff"),
		"NUL":               replace(`D 12`, `D \u0000`),
		"facts not compact": replace(`"facts":{"schema"`, `"facts":{ "schema"`),
		"facts a list":      replace(`"facts":{"schema":"skalig/facts/1","month":"2026-11"}`, `"facts":[]`),
		"machine refuses":   replace(`"outcome":"granted","granted":10812.5`, `"outcome":"refused","granted":0`),
		"machine in part":   replace(`"outcome":"granted"`, `"outcome":"partly"`),
		"30 February":       replace(`2026-11-22`, `2026-02-30`),
		"other schema":      replace(`record/1`, `record/2`),
		"machine replaces":  replace(`"replaces":""`, `"replaces":"9999/3"`),
		"nobody decided":    replace(`"Socialnämnden i Demokommun, automatiserad beslutsfunktion"`, `""`),
		"too large":         decisionText + strings.Repeat(" ", record.MaxBytes),
	} {
		if _, err := record.ParseDecision([]byte(text)); !errors.Is(err, record.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A decision takes the place of an earlier one of the same municipality.
func TestReplaces(t *testing.T) {
	for replaces, want := range map[string]bool{"9999/11": true, "9999/0": true, "9999/12": false, "9999/13": false, "1287/3": false, "9999/03": false, "9999/": false, "9999": false} {
		d := decision()
		d.Mode, d.Replaces = record.Human, replaces
		if text, err := d.Marshal(); (err == nil) != want {
			t.Errorf("%q: %v", replaces, err)
		} else if _, err := record.ParseDecision(text); err == nil != want {
			t.Errorf("%q parsed: %v", replaces, err)
		}
	}
}

func TestErrorsQuoteNothing(t *testing.T) {
	_, err := record.ParseDecision([]byte(strings.Replace(decisionText, `"granted"`, `"Hemligt Namn"`, 1)))
	if err == nil || strings.Contains(err.Error(), "Hemligt") {
		t.Errorf("got %v", err)
	}
}

func FuzzParseDecision(f *testing.F) {
	f.Add([]byte(decisionText))
	f.Add([]byte(`{"schema":"skalig/record/1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := record.ParseDecision(text)
		if err != nil {
			return
		}
		if back, err := d.Marshal(); err != nil || !bytes.Equal(back, text) {
			t.Fatalf("%v: accepted %q, writes %q", err, text, back)
		}
	})
}

func FuzzParseRelease(f *testing.F) {
	r := &record.Release{Day: "2026-11-22", Version: "1", From: "2026-11-22", Approvers: []string{"Nämnden", "Revisorn"}, Approval: "a", Keys: []string{"n+1+A", "r+2+B"}}
	text, err := r.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := record.ParseRelease(text)
		if err != nil {
			return
		}
		if back, err := r.Marshal(); err != nil || !bytes.Equal(back, text) {
			t.Fatalf("%v: accepted %q, writes %q", err, text, back)
		}
	})
}
