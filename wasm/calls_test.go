package wasm_test

import (
	"encoding/json"
	"iter"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/soltest"
	"github.com/skalig/skalig/wasm/abi"
	"github.com/skalig/skalig/wasm/contract"
)

// engineCalls are the cases worked by hand, inputs that are none, generated
// households, and those with a byte changed; the same ones every time.
func engineCalls(t testing.TB, households int) iter.Seq[call] {
	cases, err := soltest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	words := read(t, "../site/words/sv.json")
	return func(yield func(call) bool) {
		for _, c := range cases {
			in := string(c.Input())
			if !yield(call{c.Name, "assess", in}) || !yield(call{c.Name, "explain", explain(in, words)}) {
				return
			}
		}
		for name, in := range garbage(string(cases[0].Input())) {
			for _, of := range contract.Names {
				if !yield(call{name, of, in}) {
					return
				}
			}
		}
		for name, in := range amounts() {
			if !yield(call{name, "amount", in}) {
				return
			}
		}
		g, chance := soltest.NewGenerator(1), rand.New(rand.NewPCG(1, 2))
		before := string(g.Next())
		for i := range households {
			in := string(g.Next())
			if !yield(call{"a household", "assess", in}) {
				return
			}
			// The longer calls for one in ten, so that they take no more time
			// together than the short one for all.
			if i%10 != 0 {
				continue
			}
			for _, c := range []call{
				{"a household", "explain", explain(in, words)},
				{"a household and another", "difference", `{"before":` + before + `,"after":` + in + `,"words":` + words + `}`},
				{"a household's wage", "curve", strings.TrimSuffix(in, "}") + `,"person":"p1","to":20000,"step":1000}`},
				{"a household of which things are unknown", "bounds", strings.TrimSuffix(in, "}") + `,"unknown":[]}`},
				{"a changed household", "assess", change(chance, in)},
				{"changed words", "explain", change(chance, explain(in, words))},
			} {
				if !yield(c) {
					return
				}
			}
			before = in
		}
	}
}

// verifyCalls are the example's receipt, whole and with a byte changed at every
// place, and inputs that are none.
func verifyCalls(t testing.TB) iter.Seq[call] {
	file, key := read(t, "../ledger/testdata/example.receipt.json"), strings.TrimSpace(read(t, "../ledger/testdata/example.vkey"))
	whole, vectors := verify(file, key), read(t, "../ledger/testdata/vectors.jsonl")+read(t, "../server/record/testdata/vectors.jsonl")
	return func(yield func(call) bool) {
		for _, c := range []call{
			{"the example", "verify", whole},
			{"no key", "verify", verify(file)},
			{"two keys", "verify", verify(file, key, key)},
			{"no receipt", "verify", verify("", key)},
			{"a key that is none", "verify", verify(file, "log+key")},
			{"a key with a newline", "verify", verify(file, key+"\n")},
			{"an unknown member", "verify", `{"receipt":"","keys":[],"key":""}`},
			{"no members", "verify", `{}`},
		} {
			if !yield(c) {
				return
			}
		}
		for name, in := range garbage(whole) {
			if !yield(call{name, "verify", in}) {
				return
			}
		}
		// The vectors of the ledger and of its records, which are calls but for what they are named and must give.
		for line := range strings.Lines(vectors) {
			_, in, ok1 := strings.Cut(line, `,"receipt":`)
			in, _, ok2 := strings.Cut(in, `,"reason":`)
			if !ok1 || !ok2 || !yield(call{"vector " + line[:min(len(line), 60)], "verify", `{"receipt":` + in + "}"}) {
				return
			}
		}
		for i := range len(file) {
			changed := []byte(file)
			changed[i] ^= 1
			if !yield(call{"a changed receipt", "verify", verify(string(changed), key)}) {
				return
			}
		}
		chance := rand.New(rand.NewPCG(3, 4))
		for range 500 {
			if !yield(call{"a changed call", "verify", change(chance, whole)}) {
				return
			}
		}
	}
}

// garbage is input that no call should answer with anything but errors, around
// one that is good.
func garbage(good string) iter.Seq2[string, string] {
	long := strings.Repeat(" ", abi.Limit)
	return func(yield func(string, string) bool) {
		for _, c := range [][2]string{
			{"empty", ""},
			{"a space", " "},
			{"null", "null"},
			{"NUL", "\x00"},
			{"a byte order mark", "\ufeff" + good},
			{"a cut", good[:len(good)/2]},
			{"something after", good + "x"},
			{"spaces up to the limit", good + long[len(good):]},
			{"one space more", good + long[len(good):] + " "},
			{"megabytes", long + long + long},
			{"invalid UTF-8", `{"facts":{"schema":"` + "\xff\xfe" + `"}}`},
			{"a surrogate in UTF-8", `{"facts":{"schema":"` + "\xed\xa0\x80" + `"}}`},
			{"a lone surrogate", `{"facts":{"schema":"\ud800"}}`},
			{"a name with NUL", `{"\u0000":1}`},
			{"nested arrays", strings.Repeat("[", abi.Limit)},
			{"nested objects", strings.Repeat(`{"facts":`, abi.Limit/9)},
			{"nested receipts", strings.Repeat(`{"receipt":`, abi.Limit/11)},
			{"a long string", `{"facts":{"schema":"` + long[:abi.Limit-100] + `"}}`},
			{"a long escaped string", `{"facts":{"schema":"` + strings.Repeat(`\u00e5`, abi.Limit/6-100) + `"}}`},
			{"a long receipt", `{"receipt":"` + strings.Repeat(`\n`, abi.Limit/2-100) + `","keys":[]}`},
			{"a long name", `{"` + long[:abi.Limit-100] + `":1}`},
			{"a long number", `{"facts":` + strings.Repeat("9", abi.Limit-100) + `}`},
			{"many persons", `{"facts":{"schema":"skalig/facts/1","persons":[` + strings.Repeat(`{},`, abi.Limit/3-100) + `{}]}}`},
			{"many costs", `{"facts":{"schema":"skalig/facts/1","costs":[` + strings.Repeat(`{"amount":1},`, abi.Limit/13-100) + `{}]}}`},
			{"many keys", `{"receipt":"","keys":[` + strings.Repeat(`"",`, abi.Limit/3-100) + `""]}`},
			{"every byte", everyByte()},
		} {
			if !yield(c[0], c[1]) {
				return
			}
		}
	}
}

// amounts are what people type, and numbers around what 32 and 64 bits hold.
func amounts() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, in := range []string{
			"0", "1200", "1 200,50 kr", "1\u00a0200,50\u00a0kr", "1\u202f200", "1.200,50", "1,200.50", "12:50", "-5", "−5", "1e3", "١٢",
			"2147483647", "2147483648", "4294967295", "4294967296", "21474836.47", "21474836.48", "42949672.96",
			"9223372036854775807", "9223372036854775808", "92233720368547758.08", "10000000", "10000000,01", strings.Repeat("9", 200), strings.Repeat("0", 199) + "1",
		} {
			if !yield("the amount "+in, in) {
				return
			}
		}
	}
}

// change replaces, takes away or doubles a few bytes.
func change(chance *rand.Rand, in string) string {
	b := []byte(in)
	for range 1 + chance.IntN(3) {
		i := chance.IntN(len(b))
		switch chance.IntN(4) {
		case 0:
			b[i] ^= 1 << chance.IntN(8)
		case 1:
			const marks = `"{}[],:0123456789.-eE\ `
			b[i] = marks[chance.IntN(len(marks))]
		case 2:
			b = append(b[:i], b[i+1:]...)
		case 3:
			b = append(b[:i+1], b[i:]...)
		}
	}
	return string(b)
}

func everyByte() string {
	var b []byte
	for i := range 256 {
		b = append(b, byte(i))
	}
	return string(b)
}

// explain makes the input of explain from that of assess.
func explain(assess, words string) string {
	return strings.TrimSuffix(assess, "}") + `,"words":` + words + `}`
}

func verify(file string, keys ...string) string {
	in, err := json.Marshal(struct {
		Receipt string   `json:"receipt"`
		Keys    []string `json:"keys"`
	}{file, keys})
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(in)
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
