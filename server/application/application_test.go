package application_test

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/wasm/contract"
)

// canonical is facts as the engine writes them, "" where it refuses them.
func canonical(t *testing.T, facts []byte) string {
	t.Helper()
	var a struct {
		Facts  jsontext.Value `json:"facts"`
		Errors jsontext.Value `json:"errors"`
	}
	if err := json.Unmarshal(contract.Call("assess", append(append([]byte(`{"facts":`), facts...), '}')), &a); err != nil {
		t.Fatal(err)
	}
	if a.Errors != nil {
		t.Errorf("refused: %s %s", a.Errors, facts)
	}
	return string(a.Facts)
}

const family = `{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999",` +
	`"persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":4,"jobbstimulansFrom":"2026-08"},{"id":"p2","role":"adult","age":33},` +
	`{"id":"c1","role":"child","age":5,"lunch":"away","days":15},{"id":"c2","role":"child","age":18,"school":true,"earnedThisYear":24000.5}],` +
	`"housing":{"tenure":"sublet","rooms":4,"community":6,"ownRooms":2,"sharedRooms":1},` +
	`"costs":[{"id":"k1","kind":"rent","amount":9200.5,"whole":true},{"id":"k2","kind":"workTravel","amount":970,"km":12}],` +
	`"incomes":[{"id":"i1","kind":"wage","person":"p2","amount":4000,"month":"2026-10","source":"declared"},{"id":"i2","kind":"wage","person":"p2","amount":250,"month":"2026-10","source":"declared"},` +
	`{"id":"i3","kind":"wage","person":"c2","amount":3000,"month":"2026-10","source":"declared"},{"id":"i4","kind":"childBenefit","person":"p1","amount":1250,"month":"2026-10","source":"declared"}],` +
	`"assets":300,"earlierSurplus":100,"surplusMonth":"2026-09","circumstances":["property"]}`

// TestFactsComeBack: the calculator's facts as answers and back are the same facts.
func TestFactsComeBack(t *testing.T) {
	a, err := application.From([]byte(family))
	if err != nil {
		t.Fatal(err)
	}
	back, err := a.Facts()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(canonical(t, []byte(family)), `"month":"2026-10",`, "")
	if got := strings.ReplaceAll(canonical(t, back), `"month":"2026-10",`, ""); got != want {
		t.Errorf("facts came back as\n%s\nwant\n%s", got, want)
	}
	if a.Housing.Rooms != "4" || a.Rows[0].Amount != "9 200,50" || a.Rows[3].ID != "income-p2-wage-2" {
		t.Errorf("the answers: %+v", a.Rows)
	}
}

// TestWorkedCasesComeBack does the same with every worked case that an applicant
// could have written.
func TestWorkedCasesComeBack(t *testing.T) {
	cases := os.DirFS("../../engine/sol/soltest/cases")
	n := 0
	err := fs.WalkDir(cases, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(cases, path)
		if err != nil {
			return err
		}
		_, rest, ok := strings.Cut(string(text), "-- facts.json --\n")
		if !ok {
			return nil
		}
		facts, _, _ := strings.Cut(rest, "\n-- ")
		if strings.Contains(facts, `"activity"`) || strings.Contains(facts, `"register"`) || strings.Contains(facts, `"caseworker"`) {
			return nil // not an applicant's to say
		}
		var out struct {
			Facts jsontext.Value `json:"facts"`
		}
		if json.Unmarshal(contract.Call("assess", []byte(`{"facts":`+facts+`}`)), &out) != nil || out.Facts == nil {
			return nil // a case of what is refused
		}
		a, err := application.From(out.Facts)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		back, err := a.Facts()
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		n++
		if r1, r2 := result(t, out.Facts), result(t, back); r1 != r2 {
			t.Errorf("%s gives another result when it comes back:\n%s\n%s", path, r1, r2)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 90 {
		t.Errorf("only %d cases were read", n)
	}
}

func result(t *testing.T, facts []byte) string {
	t.Helper()
	var a struct {
		Result struct {
			Outcome string         `json:"outcome"`
			Support jsontext.Value `json:"support"`
			Surplus jsontext.Value `json:"surplus"`
		} `json:"result"`
	}
	if err := json.Unmarshal(contract.Call("assess", append(append([]byte(`{"facts":`), facts...), '}')), &a); err != nil {
		t.Fatal(err)
	}
	return a.Result.Outcome + " " + string(a.Result.Support) + " " + string(a.Result.Surplus)
}

var last = application.Last{Case: "last", Facts: []byte(family), Supported: true}

// TestCarry: a renewal of the next month is one month more with support; after a
// gap nobody knows; and the applicant of this month comes first.
func TestCarry(t *testing.T) {
	a, err := application.Carry(application.Renewal, last, "2026-12")
	if err != nil {
		t.Fatal(err)
	}
	if p := a.Person("p1"); p.Before != "yes" || p.Months != "5" || a.Person("c2").Earned != "" || a.Month != "2026-12" || a.Assets != "" {
		t.Errorf("carried: %+v", a)
	}
	if len(a.Carried()) != 6 || a.Carried()[0].Last != "9 200,50" || a.Status("forra") != application.NotStarted || a.Status("kostnader") == application.Completed {
		t.Errorf("the rows: %+v", a.Carried())
	}
	gap, err := application.Carry(application.Renewal, last, "2027-01")
	if err != nil || gap.Person("p1").Before != "" {
		t.Errorf("after a gap: %v %+v", err, gap.Person("p1"))
	}
	refused, err := application.Carry(application.Renewal, application.Last{Case: "last", Facts: []byte(family)}, "2026-12")
	if p := refused.Person("p1"); err != nil || p.Before != "no" || p.Months != "" || p.StimulusFrom != "2026-08" {
		t.Errorf("after a refusal: %v %+v", err, refused.Person("p1"))
	}
	earner := []byte(strings.Replace(family, `"age":33}`, `"age":33,"monthsInRow":6,"jobbstimulansFrom":"never"}`, 1))
	for supported, want := range map[bool]string{true: "2026-11", false: application.Never} {
		b, err := application.Carry(application.Renewal, application.Last{Case: "last", Facts: earner, Supported: supported}, "2026-12")
		if err != nil || b.Person("p2").StimulusFrom != want || b.Person("p1").StimulusFrom != "2026-08" {
			t.Errorf("jobbstimulans that begins, supported %v: %v %+v", supported, err, b.Persons)
		}
	}
	a.Swap()
	if a.Persons[0].ID != "p1" || a.Persons[0].Age != "33" || a.Row("income-p1-wage") == nil || a.Row("income-p2-childBenefit") == nil {
		t.Errorf("swapped: %+v %+v", a.Persons, a.Rows)
	}
	form := url.Values{"unchanged": {"yes"}}
	for _, r := range a.Carried() {
		form.Set(r.ID, "same")
	}
	form.Set("cost-workTravel", "ended")
	form.Set("cost-rent", "changed")
	form.Set("cost-rent-amount", "9 300")
	b, faults := a.Read("forra", form)
	if faults != nil {
		t.Fatal(faults)
	}
	if b.Row("cost-rent").Amount != "9 300" || b.Row("cost-workTravel").Amount != "" || b.Status("bostad") != application.Completed || a.Row("cost-rent").Amount != "9 200,50" {
		t.Errorf("read: %+v", b.Rows)
	}
	if asked := b.Asked(); !slices.Equal(asked, []string{"bank", "rent"}) {
		t.Errorf("asked for: %v", asked)
	}
}

func TestSections(t *testing.T) {
	var a application.Answers
	if a.Status("grund") != application.NotStarted || a.Status("hushall") != application.Waiting || a.Status("underlag") != application.Waiting {
		t.Error("an empty form begins elsewhere than at the beginning")
	}
	a, faults := a.Basis(url.Values{"month": {"2026-11"}, "municipality": {"9999"}}, []string{"2026-11"}, []string{"9999"})
	if faults != nil || a.Next("") != "hushall" {
		t.Fatalf("%v %s", faults, a.Next(""))
	}
	a, faults = a.Read("hushall", url.Values{"adults": {"2"}, "children": {"1"}, "p1-age": {"30"}, "p1-before": {"unknown"}, "p2-age": {"31"}, "p2-before": {"no"}})
	if faults != nil || a.Status("barn") != application.NotStarted || a.Status("medsokande") != application.NotStarted {
		t.Fatalf("%v %+v", faults, a)
	}
	a, _ = a.Read("hushall", url.Values{"adults": {"1"}, "children": {"0"}, "p1-age": {"30"}, "p1-before": {"no"}})
	if a.Status("barn") != application.NotNeeded || a.Status("medsokande") != application.NotNeeded || len(a.Persons) != 1 {
		t.Errorf("alone: %+v", a)
	}
}

// TestChildrenGrowOlder: a renewal gives a child whose month of birth is known its age in
// the new month, and asks for it where it is not; so it does of school at 18.
func TestChildrenGrowOlder(t *testing.T) {
	renew := func(month string, born ...application.Birth) (application.Answers, application.Answers) {
		t.Helper()
		l := last
		l.Facts, l.Born = []byte(strings.Replace(family, `"age":18,"school":true`, `"age":17`, 1)), born
		a, err := application.Carry(application.Renewal, l, month)
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"unchanged": {"yes"}}
		for _, r := range a.Carried() {
			form.Set(r.ID, "same")
		}
		b, faults := a.Read("forra", form)
		if faults != nil {
			t.Fatal(faults)
		}
		return a, b
	}
	c1, c2 := application.Birth{Child: "c1", Month: "2020-12"}, application.Birth{Child: "c2", Month: "2009-02"}
	if a, b := renew("2026-12", c1, c2); a.Person("c1").Age != "6" || a.Person("c2").Age != "17" || b.Status("barn") != application.Completed {
		t.Errorf("both are known: %+v %s", a.Persons, b.Status("barn"))
	}
	if a, b := renew("2026-12", c1); a.Person("c1").Age != "6" || b.Status("barn") == application.Completed || b.Next("") != "barn" {
		t.Errorf("one is not known: %+v %s", a.Persons, b.Status("barn"))
	}
	_, b := renew("2027-02", c1, c2)
	if b.Person("c2").Age != "18" || b.Next("") != "barn" {
		t.Errorf("one has come of age: %+v %s", b.Persons, b.Next(""))
	}
	form := url.Values{"c1-born": {"2020-12"}, "c2-born": {"2009-02"}, "c2-school": {"yes"}}
	if b, faults := b.Read("barn", form); faults != nil || b.Person("c1").Age != "6" || b.Person("c2").School != "yes" || !slices.Equal(b.Births(), []application.Birth{c1, c2}) {
		t.Errorf("%v: %+v", faults, b.Persons)
	}
	for born, want := range map[string]string{"": "födelseår", "6": "födelseår", "2027-03": "efter den du söker för", "2006-02": "21 år"} {
		form.Set("c1-born", born)
		if b, faults := b.Read("barn", form); len(faults) != 1 || faults[0].Field != "c1-born" || !strings.Contains(faults[0].Text, want) || b.Person("c1").Born != born {
			t.Errorf("born %q: %v", born, faults)
		}
	}
	for _, born := range []string{"202012", "2020 12", "2020.12"} {
		form.Set("c1-born", born)
		if b, faults := b.Read("barn", form); faults != nil || b.Person("c1").Born != "2020-12" {
			t.Errorf("born %q: %v %+v", born, faults, b.Persons)
		}
	}
	form.Set("c1-born", "2006-03") // 20 all of February
	if _, faults := b.Read("barn", form); faults != nil {
		t.Errorf("20 years: %v", faults)
	}
}

// TestAdultsAgesAreInTheirNumbers: what is typed is for who has no number yet.
func TestAdultsAgesAreInTheirNumbers(t *testing.T) {
	a := application.Answers{Month: "2026-11", Number: "199211222386"}
	form := url.Values{"adults": {"2"}, "children": {"0"}, "p1-age": {"60"}, "p1-before": {"no"}, "p2-age": {"33"}, "p2-before": {"no"}}
	a, faults := a.Read("hushall", form)
	if faults != nil || a.Person("p1").Age != "34" || a.Person("p2").Age != "33" {
		t.Fatalf("%v: %+v", faults, a.Persons)
	}
	a, faults = a.Read("medsokande", url.Values{"partner-name": {"Bo Exempel"}, "partner-number": {"19930301-2398"}})
	if faults != nil || a.Person("p2").Age != "33" || !a.KnowsAge(*a.Person("p2")) {
		t.Errorf("%v: %+v", faults, a.Persons)
	}
	a, faults = a.Basis(url.Values{"month": {"2027-03"}, "municipality": {"9999"}}, []string{"2027-03"}, []string{"9999"})
	if faults != nil || a.Person("p2").Age != "34" {
		t.Errorf("in another month: %v %+v", faults, a.Persons)
	}
}

// TestAge: an age is read as it is said, and who is under 18 is told where to turn,
// whether the age is typed or in the number.
func TestAge(t *testing.T) {
	form := url.Values{"adults": {"1"}, "children": {"0"}, "p1-before": {"no"}, "p1-stimulus": {"never"}}
	for typed, want := range map[string]string{"34": "", "34 år": "", "20 År": "", "17": "Bris på 116 111", "34,5": "i hela år", "121": "i hela år", "": "Skriv åldern", "år": "Skriv åldern"} {
		form.Set("p1-age", typed)
		_, faults := (application.Answers{Month: "2026-11"}).Read("hushall", form)
		if want == "" && faults != nil || want != "" && (len(faults) != 1 || faults[0].Field != "p1-age" || !strings.Contains(faults[0].Text, want)) {
			t.Errorf("%q: %v", typed, faults)
		}
	}
	if _, faults := (application.Answers{Month: "2026-11", Number: "200911012394"}).Read("hushall", form); len(faults) != 1 || !strings.Contains(faults[0].Text, "Bris") {
		t.Errorf("17 by the number: %v", faults)
	}
}

// TestEarlierAnswersOpen: answers that were kept before months of birth were asked for
// have the ages that were typed.
func TestEarlierAnswersOpen(t *testing.T) {
	a, err := application.Decode([]byte(`{"kind":"new","month":"2026-11","municipality":"9999","adults":1,"children":"1","done":["grund","hushall","barn"],` +
		`"persons":[{"id":"p1","age":"34","before":"no"},{"id":"c1","age":"5","lunch":"away"}]}`))
	if err != nil || a.Status("barn") != application.Completed {
		t.Fatalf("%v: %s", err, a.Status("barn"))
	}
	if facts, err := a.Facts(); err != nil || !strings.Contains(string(facts), `"role":"child","age":5`) {
		t.Errorf("%v: %s", err, facts)
	}
}

// TestJobbstimulansIsKept: its two years run on, whether or not there was support the
// month before.
func TestJobbstimulansIsKept(t *testing.T) {
	a := application.Answers{Month: "2026-11", Municipality: "9999"}
	form := url.Values{"adults": {"1"}, "children": {"0"}, "p1-age": {"34"}, "p1-before": {"no"}, "p1-months": {"3"}, "p1-from": {"2026-01"}}
	a, faults := a.Read("hushall", form)
	if p := a.Person("p1"); faults != nil || p.StimulusFrom != "2026-01" || p.Months != "" {
		t.Errorf("%v: %+v", faults, a.Persons)
	}
	facts, err := a.Facts()
	if err != nil || !strings.Contains(string(facts), `"monthsInRow":0,"jobbstimulansFrom":"2026-01"`) {
		t.Errorf("%v: %s", err, facts)
	}
	if _, faults = a.Read("hushall", url.Values{"adults": {"1"}, "children": {"0"}, "p1-age": {"34"}, "p1-before": {"no"}, "p1-from": {"januari"}}); len(faults) != 1 {
		t.Errorf("no month: %v", faults)
	}
}

func TestNumberAndAge(t *testing.T) {
	for typed, want := range map[string]string{"19921122-2386": "199211222386", "19921122 2386": "199211222386", "199211222386": "199211222386",
		"9211222386": "", "19921122-2387": "", "": "", "18921122-2386": "", "1992112223861": ""} {
		if got, ok := application.Number(typed); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q", typed, got)
		}
	}
	for _, c := range []struct{ number, month, want string }{{"199211222386", "2026-11", "34"}, {"199211222386", "2026-10", "33"}, {"199211822386", "2026-11", "34"}, {"x", "2026-11", ""}} {
		if got := application.Age(c.number, c.month); got != c.want {
			t.Errorf("%s in %s: %q", c.number, c.month, got)
		}
	}
}

func TestSniff(t *testing.T) {
	for content, want := range map[string]string{"%PDF-1.7": "application/pdf", "\xff\xd8\xff\xe0": "image/jpeg", "\x89PNG\r\n\x1a\nx": "image/png",
		"RIFF\x00\x00\x00\x00WEBPVP8 ": "image/webp", "\x00\x00\x00\x18ftypheic\x00": "image/heic", "": "", "%PDF": "", "GIF89a": "", "PK\x03\x04": "", "<svg": "",
		"RIFF\x00\x00\x00\x00WAVE": "", "\x00\x00\x00\x18ftypmp42\x00": "", " %PDF-1.7": ""} {
		media, ending := application.Sniff([]byte(content))
		if media != want || (ending == "") != (want == "") || ending != application.Ending(media) {
			t.Errorf("%q is %q, %q", content, media, ending)
		}
	}
}

// sent is a form as a browser may send it, and the renewal that it is for.
// A query that is no form is as much of one as could be read.
func sent(t *testing.T, query string) (url.Values, application.Answers) {
	t.Helper()
	form, _ := url.ParseQuery(query)
	a, err := application.Carry(application.Renewal, last, "2026-12")
	if err != nil {
		t.Fatal(err)
	}
	return form, a
}

// FuzzRead: no form makes a section panic, and what it keeps can be kept, read
// back, and made facts of.
func FuzzRead(f *testing.F) {
	f.Add("kostnader", "cost-rent=6+500&cost-rent-unknown=ja")
	f.Add("hushall", "adults=2&children=3&p1-age=30&p1-before=yes&p1-months=9&p2-age=x")
	f.Add("forra", "cost-rent=changed&cost-rent-amount=%ff&unchanged=no")
	f.Add("medsokande", "partner-number=19921122-2386&partner-name=%00")
	f.Fuzz(func(t *testing.T, section, query string) {
		form, a := sent(t, query)
		b, _ := a.Read(section, form)
		text, err := b.Encode()
		if err != nil {
			return // not UTF-8: refused before it is kept
		}
		c, err := application.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Facts(); err != nil {
			t.Fatal(err)
		}
		c.Notes()
		c.Asked()
		c.Left()
	})
}

// FuzzSniff: a file is one of the kinds that are kept, with its ending, or none; and
// what follows the first bytes makes it no other.
func FuzzSniff(f *testing.F) {
	for _, s := range []string{"%PDF-1.7", "\xff\xd8\xff\xe0", "\x89PNG\r\n\x1a\n", "RIFF0000WEBP", "0000ftypheic", "PK\x03\x04", "<svg onload=alert(1)>", ""} {
		f.Add([]byte(s), []byte("<script>"))
	}
	f.Fuzz(func(t *testing.T, content, rest []byte) {
		media, ending := application.Sniff(content)
		if ending != application.Ending(media) || strings.Contains(media, "html") || strings.Contains(media, "svg") || strings.Contains(media, "zip") {
			t.Fatalf("%q is %q, %q", content, media, ending)
		}
		if more, _ := application.Sniff(append(bytes.Clone(content), rest...)); media != "" && more != media {
			t.Fatalf("%q is %q, and longer %q", content, media, more)
		}
	})
}

// FuzzReadPapers: what is answered about documents is one of the answers, for a document
// that is asked for, or a fault says what is missing; and it can be kept and read back.
func FuzzReadPapers(f *testing.F) {
	f.Add("papper-wage=later&papper-rent=handed-in", "rent")
	f.Add("papper-rent=x&papper-rent=later", "")
	f.Add("papper-%00=later&papper=", "\xff")
	f.Fuzz(func(t *testing.T, query, handed string) {
		form, a := sent(t, query)
		b, faults := a.ReadPapers(form, []string{handed})
		for _, p := range b.Papers {
			if !slices.Contains(a.Asked(), p.What) || !slices.Contains([]string{application.HandedIn, application.Later, application.Unavailable}, p.Answer) {
				t.Errorf("%q is answered of %q", p.Answer, p.What)
			}
		}
		for _, what := range a.Asked() {
			if b.PaperAnswer(what) == "" && what != handed && faults == nil {
				t.Errorf("nothing is said of %q, and nothing is wrong", what)
			}
		}
		text, err := b.Encode()
		if err != nil {
			t.Fatal(err) // the answers are from a list
		}
		if _, err := application.Decode(text); err != nil {
			t.Fatal(err)
		}
	})
}
