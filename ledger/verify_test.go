package ledger_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"golang.org/x/mod/sumdb/tlog"
)

const origin = "log.example.se/skalig"

// sole is a receipt for the only leaf of a log, made around a leaf and record that
// need not agree: nothing is wrong with it but what a case puts there.
func sole(t *testing.T, leaf, record string) ledger.Receipt {
	t.Helper()
	signer, _ := ledgertest.Key(origin)
	checkpoint, err := ledger.SignCheckpoint(signer, 1, tlog.RecordHash([]byte(leaf)))
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Receipt{Leaf: []byte(leaf), Record: []byte(record), Checkpoint: checkpoint}
}

const (
	engineHex = "ed9f6f25068608efd412958da4dfc19328ca3511251fa6d5f9c42baf230e32f8"
	rulesHex  = "6c621d1a05138a7888d37d9269a9da8e2e11e4aced2f6cfd24b05ab1b9e61bb0"
	record1   = `{"schema":"skalig/record/1","kind":"decision","municipality":"9999","number":1,"day":"2026-11-22","engine":"` +
		engineHex + `","rules":"` + rulesHex + `"}`
)

// committed is the example's leaf, bound to record by an all-zero salt.
func committed(record, field, value string) string {
	l, err := ledger.ParseLeaf([]byte(leafText("", "")))
	if err != nil {
		panic(err)
	}
	l.Commitment = ledger.Commit([32]byte{}, []byte(record))
	text := string(l.Marshal())
	for line := range strings.Lines(text) {
		if name, _, _ := strings.Cut(line, " "); name == field {
			return strings.Replace(text, line, value+"\n", 1)
		}
	}
	return text
}

// A flaw is a receipt, named for what is wrong with it.
type flaw struct {
	name string
	file []byte
	step string
	want ledger.Reason
}

// flaws are receipts of the log that [ledgertest.Key] gives its key.
func flaws(t *testing.T) []flaw {
	t.Helper()
	ok := sole(t, committed(record1, "", ""), record1)
	edit := func(old, new string) []byte {
		text := string(ok.Marshal())
		if strings.Count(text, old) != 1 {
			t.Fatalf("%q stands %d times in the receipt", old, strings.Count(text, old))
		}
		return []byte(strings.Replace(text, old, new, 1))
	}
	record := func(old, new string) []byte {
		r := strings.Replace(record1, old, new, 1)
		return sole(t, committed(r, "", ""), r).Marshal()
	}
	leaf := func(field, value string) []byte {
		return sole(t, committed(record1, field, value), record1).Marshal()
	}
	with := func(change func(*ledger.Receipt)) []byte {
		r := ok
		change(&r)
		return r.Marshal()
	}
	size0, err := ledger.SignCheckpoint(first(ledgertest.Key(origin)), 0, tlog.Hash{})
	if err != nil {
		t.Fatal(err)
	}

	return []flaw{
		{"nothing wrong", ok.Marshal(), "", ""},
		{"a member more in the record", record(`"day"`, `"list":[1,-0.5e+3,[],{}],"day"`), "", ""},

		{"too large", make([]byte, ledger.MaxReceipt+1), ledger.StepFormat, ledger.TooLarge},
		{"empty", nil, ledger.StepFormat, ledger.ReceiptMalformed},
		{"another order", edit(`{"schema":"skalig/receipt/1","record":`, `{"record":`), ledger.StepFormat, ledger.ReceiptMalformed},
		{"next version", edit(`"skalig/receipt/1"`, `"skalig/receipt/2"`), ledger.StepFormat, ledger.ReceiptVersion},

		{"record without number", record(`"number":1,`, ``), ledger.StepFormat, ledger.RecordMalformed},
		{"record without rules", record(`"rules"`, `"regler"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with a member twice", record(`"day"`, `"kind":"decision","day"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with an escaped name", record(`"kind"`, `"k\u0069nd"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with an escaped value", record(`"decision"`, `"decisi\u006fn"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with white space", record(`,"day"`, `, "day"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with a number as a string", record(`"number":1`, `"number":"1"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with a fraction", record(`"number":1`, `"number":1.0`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with an exponent", record(`"number":1`, `"number":1e0`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with a leading zero", record(`"number":1`, `"number":01`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with day as a number", record(`"2026-11-22"`, `20261122`), ledger.StepFormat, ledger.RecordMalformed},
		{"record that is an array", sole(t, committed("[]", "", ""), "[]").Marshal(), ledger.StepFormat, ledger.RecordMalformed},
		{"record with something after it", record(`"}`, `"}{}`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with a bad escape", record(`"day"`, `"x":"\q","day"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record with half an escape", record(`"day"`, `"x":"\u00","day"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record that nests too deep", record(`"day"`, `"x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`,"day"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record too long", record(`"day"`, `"x":"`+strings.Repeat("x", ledger.MaxRecord)+`","day"`), ledger.StepFormat, ledger.RecordMalformed},
		{"record not UTF-8", record(`"day"`, "\"x\":\"\xff\",\"day\""), ledger.StepFormat, ledger.ReceiptMalformed},
		{"record of the next version", record(`record/1`, `record/2`), ledger.StepFormat, ledger.RecordVersion},
		{"salt of 31 bytes", edit(strings.Repeat("A", 43)+"=", strings.Repeat("A", 42)+"=="), ledger.StepFormat, ledger.SaltMalformed},
		{"salt with stray bits", edit(strings.Repeat("A", 43)+"=", strings.Repeat("A", 42)+"B="), ledger.StepFormat, ledger.SaltMalformed},
		{"leaf of another kind", leaf("kind", "kind payment"), ledger.StepFormat, ledger.LeafMalformed},
		{"leaf of the next version", edit(`skalig/leaf/1`, `skalig/leaf/2`), ledger.StepFormat, ledger.LeafVersion},
		{"proof of the next version", edit(`tlog-proof@v1`, `tlog-proof@v2`), ledger.StepFormat, ledger.ProofMalformed},
		{"index above 2⁵³-1", with(func(r *ledger.Receipt) { r.Index = 1 << 53 }), ledger.StepFormat, ledger.ProofMalformed},
		{"a proof higher than any tree", with(func(r *ledger.Receipt) { r.Proof = make([]tlog.Hash, 54) }), ledger.StepFormat, ledger.ProofMalformed},
		{"no checkpoint", with(func(r *ledger.Receipt) { r.Checkpoint = nil }), ledger.StepFormat, ledger.CheckpointMalformed},
		{"receipt spelled with an escape", edit(`"leaf":"skalig`, `"leaf":"s\u006balig`), ledger.StepFormat, ledger.ReceiptMalformed},

		{"another salt", with(func(r *ledger.Receipt) { r.Salt[0] = 1 }), ledger.StepCommitment, ledger.CommitmentDiffers},
		{"another record", with(func(r *ledger.Receipt) { r.Record = []byte(strings.Replace(record1, "{", `{"x":1,`, 1)) }), ledger.StepCommitment, ledger.CommitmentDiffers},

		{"kind", leaf("kind", "kind erasure"), ledger.StepRecord, ledger.KindDiffers},
		{"municipality", leaf("municipality", "municipality 0180"), ledger.StepRecord, ledger.MunicipalityDiffers},
		{"number", leaf("number", "number 2"), ledger.StepRecord, ledger.NumberDiffers},
		{"day", leaf("day", "day 2026-11-23"), ledger.StepRecord, ledger.DayDiffers},
		{"engine", leaf("engine", "engine "+rulesHex), ledger.StepRecord, ledger.EngineDiffers},
		{"rules", leaf("rules", "rules "+engineHex), ledger.StepRecord, ledger.RulesDiffers},

		{"index past the end", with(func(r *ledger.Receipt) { r.Index = 1 }), ledger.StepInclusion, ledger.IndexBeyondSize},
		{"an empty tree", with(func(r *ledger.Receipt) { r.Checkpoint = size0 }), ledger.StepInclusion, ledger.IndexBeyondSize},
		{"a proof too long", with(func(r *ledger.Receipt) { r.Proof = make([]tlog.Hash, 1) }), ledger.StepInclusion, ledger.InclusionDiffers},
	}
}

// Each reason is given for what its name says, in the step it belongs to.
func TestReasons(t *testing.T) {
	_, vkey := ledgertest.Key(origin)
	for _, c := range flaws(t) {
		rep := ledger.Verify(c.file, []string{vkey})
		if rep.Reason != c.want || rep.OK != (c.want == "") {
			t.Errorf("%s: reason %q, want %q", c.name, rep.Reason, c.want)
			continue
		}
		for _, check := range rep.Steps {
			if !check.OK && check.Code == c.want && check.Name != c.step {
				t.Errorf("%s: failed in step %s, want %s", c.name, check.Name, c.step)
			}
			if c.step == ledger.StepFormat && check.Name != c.step && check.Code != ledger.NotChecked {
				t.Errorf("%s: step %s says %q", c.name, check.Name, check.Code)
			}
		}
	}
}

func first[A, B any](a A, _ B) A { return a }

// The steps after the format run each for itself: what a later step finds is told
// even when an earlier one has failed.
func TestStepsRunEachForItself(t *testing.T) {
	r := sole(t, committed(record1, "day", "day 2026-11-23"), record1)
	r.Salt[31] = 1
	_, stranger := ledgertest.Key("other.example/log")
	rep := ledger.Verify(r.Marshal(), []string{stranger})
	want := []ledger.Check{
		{Name: "format", OK: true},
		{Name: "commitment", Code: ledger.CommitmentDiffers},
		{Name: "leaf-matches-record", Code: ledger.DayDiffers},
		{Name: "inclusion", OK: true},
		{Name: "checkpoint-signature", Code: ledger.OriginUnknown},
	}
	if !slices.Equal(rep.Steps, want) || rep.Reason != ledger.CommitmentDiffers {
		t.Errorf("steps = %v\nwant    %v", rep.Steps, want)
	}
}

func TestReportJSON(t *testing.T) {
	file, vkey := example(t)
	var got struct {
		OK          bool
		Reason      string
		Steps       []struct{ Name, Code string }
		Index, Size uint64
		Origin      string
		Leaf        struct {
			Kind, Municipality, Engine, Rules, Prev, Day, Commitment string
			Number                                                   uint64
		}
		Record string
	}
	if err := json.Unmarshal(ledger.Verify(file, []string{vkey}).JSON(), &got); err != nil {
		t.Fatal(err)
	}
	if !got.OK || got.Index != 2 || got.Size != 3 || got.Origin != origin || len(got.Steps) != 5 ||
		got.Leaf.Kind != "decision" || got.Leaf.Number != 1 || got.Leaf.Engine != engineHex || got.Leaf.Day != "2026-11-22" ||
		!strings.Contains(got.Record, `"granted":10812`) {
		t.Errorf("report = %+v", got)
	}

	refused := string(ledger.Verify([]byte("x"), nil).JSON())
	want := `{"ok":false,"reason":"receipt-malformed","steps":[{"name":"format","ok":false,"code":"receipt-malformed"},` +
		`{"name":"commitment","ok":false,"code":"not-checked"},{"name":"leaf-matches-record","ok":false,"code":"not-checked"},` +
		`{"name":"inclusion","ok":false,"code":"not-checked"},{"name":"checkpoint-signature","ok":false,"code":"not-checked"}]}`
	if refused != want {
		t.Errorf("got  %s\nwant %s", refused, want)
	}
}

// Strings of every kind come back from the one JSON spelling as they went in, and
// other readers of JSON read the same.
func TestReceiptStrings(t *testing.T) {
	for _, s := range []string{"", `"\/`, "\x00\x01\b\t\n\v\f\r\x1f\x7f", "åäö – 𝄞\u2028\ufeff"} {
		file := ledger.Receipt{Record: []byte(s)}.Marshal()
		var got struct{ Record, Salt string }
		if err := json.Unmarshal(file, &got); err != nil || got.Record != s {
			t.Errorf("%q: encoding/json reads %q, %v", s, got.Record, err)
		}
		if salt, err := base64.StdEncoding.DecodeString(got.Salt); err != nil || len(salt) != 32 {
			t.Errorf("salt %q: %v", got.Salt, err)
		}
	}
}
