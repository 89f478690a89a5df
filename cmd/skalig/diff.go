package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/wasm/contract"
)

type paramsDiff struct {
	A string `arg:"" help:"A guideline, or an answer of params list --json; - for standard input."`
	B string `arg:"" help:"Another of the same kind."`
}

// Run prints each value that the two files do not share, by its path:
//
//	~ housing["1 barn"].max: 8450 → 8600      another value
//	- costs.unionFee.rule: "actual"           only in A
//	+ housing["4 barn"].max: 12000            only in B
//	~ housing: order "1 barn", "2 barn" → "2 barn", "1 barn"
func (p *paramsDiff) Run(s streams) error {
	a, err := readTree(s, p.A)
	if err != nil {
		return err
	}
	b, err := readTree(s, p.B)
	if err != nil {
		return err
	}
	if x, y := a.schema(), b.schema(); x != y || x == "" {
		return hinted{fmt.Errorf("couldn't compare %s (%s) with %s (%s)", p.A, known(x), p.B, known(y)), "compare two guidelines, or two outputs of skalig params list --json"}
	}
	lines := diffTrees(a, b)
	for _, l := range lines {
		fmt.Fprintln(s.out, l)
	}
	return answer(len(lines) == 0)
}

func known(schema string) string {
	if schema == "" {
		return "no schema"
	}
	return schema
}

func readTree(s streams, name string) (*tree, error) {
	file, err := readFile(s, name, contract.MaxInput)
	if err != nil {
		return nil, err
	}
	t, err := parseTree(file)
	if err != nil {
		return nil, fmt.Errorf("couldn't read %s: %w", name, err)
	}
	return t, nil
}

// diffTrees returns a line for each difference: what both have in the order of
// a, then what only b has in the order of b.
func diffTrees(a, b *tree) []string {
	d := &difference{}
	d.compare("", a, b)
	return d.lines
}

type difference struct{ lines []string }

func (d *difference) say(mark, path, format string, args ...any) {
	d.lines = append(d.lines, mark+" "+path+": "+fmt.Sprintf(format, args...))
}

func (d *difference) compare(path string, a, b *tree) {
	if a.kind != b.kind || a.kind != '{' && a.kind != '[' {
		if x, y := a.text(), b.text(); x != y {
			d.say("~", path, "%s → %s", x, y)
		}
		return
	}
	if len(a.parts) == 0 && len(b.parts) == 0 {
		return
	}
	mine, yours := a.byKey(), b.byKey()
	var shared, other []string // the keys that both have, in the order of a and of b
	for _, p := range a.parts {
		if q, ok := yours[p.key]; ok {
			shared = append(shared, p.key)
			d.compare(join(path, p.key), p.value, q)
		} else {
			d.all("-", join(path, p.key), p.value)
		}
	}
	for _, p := range b.parts {
		if _, ok := mine[p.key]; ok {
			other = append(other, p.key)
		} else {
			d.all("+", join(path, p.key), p.value)
		}
	}
	if x, y := strings.Join(shared, ", "), strings.Join(other, ", "); a.kind == '[' && x != y {
		d.say("~", path, "order %s → %s", strings.NewReplacer("[", "", "]", "").Replace(x), strings.NewReplacer("[", "", "]", "").Replace(y))
	}
}

// all names every value of a part that one side alone has.
func (d *difference) all(mark, path string, t *tree) {
	for _, p := range t.parts {
		d.all(mark, join(path, p.key), p.value)
	}
	if len(t.parts) == 0 {
		d.say(mark, path, "%s", t.text())
	}
}

func join(path, key string) string {
	if path == "" || strings.HasPrefix(key, "[") {
		return path + key
	}
	return path + "." + key
}

// A tree is a JSON value whose parts have keys that a person can read: a
// member's name; of an element its label in brackets, or its name and first
// month, or its index. Keys of one tree are unique.
type tree struct {
	kind  jsontext.Kind
	raw   jsontext.Value // of a scalar
	parts []part
}

type part struct {
	key   string
	value *tree
}

func parseTree(file []byte) (*tree, error) {
	d := jsontext.NewDecoder(strings.NewReader(string(file)))
	t, err := readValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err == nil {
		return nil, errors.New("something follows the value")
	}
	return t, nil
}

func readValue(d *jsontext.Decoder) (*tree, error) {
	t := &tree{kind: d.PeekKind()}
	if t.kind != '{' && t.kind != '[' {
		raw, err := d.ReadValue()
		t.raw = raw.Clone()
		return t, err
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	seen := map[string]int{}
	for d.PeekKind() != '}' && d.PeekKind() != ']' {
		key := ""
		if t.kind == '{' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			key = name.String()
		}
		value, err := readValue(d)
		if err != nil {
			return nil, err
		}
		if t.kind == '[' {
			key = value.key(len(t.parts))
			if seen[key]++; seen[key] > 1 {
				key = fmt.Sprintf("%s #%d]", strings.TrimSuffix(key, "]"), seen[key])
			}
		}
		t.parts = append(t.parts, part{key, value})
	}
	_, err := d.ReadToken()
	return t, err
}

// key is the key of an element at an index.
func (t *tree) key(index int) string {
	if label := t.member("label"); label != nil {
		return "[" + label.text() + "]"
	}
	if name := t.member("name"); name != nil {
		key := "[" + unquoted(name)
		if from := t.member("from"); from != nil {
			key += " " + unquoted(from)
		}
		return key + "]"
	}
	return fmt.Sprintf("[%d]", index)
}

func unquoted(t *tree) string { return strings.Trim(t.text(), `"`) }

func (t *tree) member(name string) *tree {
	if t.kind != '{' {
		return nil
	}
	for _, p := range t.parts {
		if p.key == name {
			return p.value
		}
	}
	return nil
}

func (t *tree) byKey() map[string]*tree {
	m := make(map[string]*tree, len(t.parts))
	for _, p := range t.parts {
		m[p.key] = p.value
	}
	return m
}

func (t *tree) schema() string {
	if s := t.member("schema"); s != nil {
		return unquoted(s)
	}
	return ""
}

// text writes a value so that equal values have equal texts: strings with the
// escapes JSON demands alone, numbers without zeros at the end.
func (t *tree) text() string {
	switch t.kind {
	case '{':
		return "{…}"
	case '[':
		return "[…]"
	case '"':
		v := t.raw.Clone()
		if v.Compact(jsontext.PreserveRawStrings(false)) == nil {
			return string(v)
		}
	case '0':
		if s := string(t.raw); strings.Contains(s, ".") && !strings.ContainsAny(s, "eE") {
			return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
		}
	}
	return string(t.raw)
}
