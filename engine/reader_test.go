package engine_test

import (
	"strings"
	"testing"

	"github.com/skalig/skalig/engine"
)

// read reads one object with every kind of field.
func read(in string) (text string, amount engine.Ore, n int64, problems []engine.Problem) {
	r := engine.NewReader([]byte(in), "x")
	names := []string{"text", "amount", "n", "list", "month", "yes"}
	r.Object(names, func(i int) {
		switch names[i] {
		case "text":
			text = r.Text(20)
		case "amount":
			amount = r.Amount()
		case "n":
			n = r.Int(-5, 5, "range")
		case "list":
			r.Array(2, func(int) { r.Bool() })
		case "month":
			r.Month()
		case "yes":
			r.Choice([]string{"a", "b"}, "choice")
		}
	})
	r.Done()
	return text, amount, n, r.Problems()
}

func TestReaderAccepts(t *testing.T) {
	text, amount, n, problems := read(" {\"text\":\"\\u00e5\\ud83d\\ude00\\/\\\"å\" , \"amount\":1200.5,\"n\":-5,\"list\":[true,false],\"month\":\"2026-11\",\"yes\":\"b\"}\n")
	if len(problems) > 0 || text != "å😀/\"å" || amount != 120050 || n != -5 {
		t.Errorf("got %q, %d, %d, %v", text, amount, n, problems)
	}
}

func TestReaderRefuses(t *testing.T) {
	for in, want := range map[string]string{
		``:                                      "x syntax",
		`{`:                                     "x syntax",
		`{"text":"a"`:                           "x syntax",
		`{"text":"a",}`:                         "x syntax",
		`{"text":"a"} {}`:                       "x trailing",
		`[]`:                                    "x type",
		`null`:                                  "x type",
		`{"text":1}`:                            "x.text type",
		`{"text":null}`:                         "x.text type",
		`{"text":"aaaaaaaaaaaaaaaaaaaaa"}`:      "x.text text",
		`{"text":"a\u0000b"}`:                   "x.text text",
		`{"text":"a\u009fb"}`:                   "x.text text",
		`{"text":"\ud83d"}`:                     "x.text syntax",
		`{"text":"\x"}`:                         "x.text syntax",
		"{\"text\":\"\xff\"}":                   "x.text utf8",
		"{\"text\":\"a\nb\"}":                   "x.text syntax",
		`{"tExt":"a"}`:                          "x.tExt unknown-field",
		`{"text":"a","text":"b"}`:               "x.text repeated-field",
		`{"amount":1e3}`:                        "x.amount number-form",
		`{"amount":1.005}`:                      "x.amount amount-decimals",
		`{"amount":-1}`:                         "x.amount amount-negative",
		`{"amount":10000000.01}`:                "x.amount amount-too-large",
		`{"amount":99999999999999999999999999}`: "x.amount amount-too-large",
		`{"amount":01}`:                         "x.amount syntax",
		`{"amount":.5}`:                         "x.amount syntax",
		`{"amount":"5"}`:                        "x.amount type",
		`{"amount":+5}`:                         "x.amount syntax",
		`{"n":6}`:                               "x.n range",
		`{"n":1.0}`:                             "x.n range",
		`{"list":[true,true,true,7,"x"]}`:       "x.list too-many",
		`{"list":[true,1]}`:                     "x.list[1] type",
		`{"list":[true`:                         "x.list syntax",
		`{"month":"2026-13"}`:                   "x.month month-form",
		`{"yes":"c"}`:                           "x.yes choice",
		`{"yes":{"a":[{"b":1}]}}`:               "x.yes type",
		"{\"a\u0001\":1}":                       "x syntax",
	} {
		_, _, _, problems := read(in)
		if len(problems) == 0 || problems[0].Path+" "+problems[0].Code != want {
			t.Errorf("%s: got %v, want %s", in, problems, want)
		}
	}
}

func TestReaderIsBounded(t *testing.T) {
	for _, in := range []string{strings.Repeat("[", 20000), strings.Repeat(`{"yes":`, 20000), `{"yes":` + strings.Repeat(`[`, 100000)} {
		if _, _, _, p := read(in); len(p) == 0 {
			t.Errorf("accepted %d nested values", len(in))
		}
	}
	var many strings.Builder
	many.WriteString(`{"n":1`)
	for range 100000 {
		many.WriteString(`,"q":1`)
	}
	if _, _, _, p := read(many.String() + "}"); len(p) != 50 {
		t.Errorf("%d problems were listed, not 50", len(p))
	}
}

func FuzzReader(f *testing.F) {
	f.Add(`{"text":"\u00e5","amount":1200.5,"n":-5,"list":[true],"month":"2026-11","yes":"b"}`)
	f.Add(`{"text":"a","text":1e9,"q":[[[{}]]]}`)
	f.Fuzz(func(t *testing.T, in string) { read(in) })
}

// TestWriterIsRead holds that a string written is the string read.
func TestWriterIsRead(t *testing.T) {
	for _, s := range []string{"", "å \"q\" \\ /", "😀", "<&>\u2028"} {
		var w engine.Writer
		w.Open('{')
		w.Text("text", s)
		w.Close('}')
		if got, _, _, p := read(string(w.Bytes())); got != s || len(p) > 0 {
			t.Errorf("%q was written as %s and read as %q, %v", s, w.Bytes(), got, p)
		}
	}
}
