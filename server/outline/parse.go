package outline

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Must parses outlines that are part of the program, and panics on a fault in them.
func Must(text string) Set {
	set, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return set
}

type parser struct {
	spaces map[string]string
	types  map[string]*form
	set    Set
	path   []*element // of the line before, from the document inwards
}

// Parse reads outlines. An error names the line.
func Parse(text string) (Set, error) {
	p := parser{spaces: map[string]string{}, types: known(), set: Set{}}
	for i, line := range strings.Split(text, "\n") {
		if t := strings.TrimSpace(line); t == "" || t[0] == '#' {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("couldn't read an outline: line %d: %w", i+1, err)
		}
	}
	p.end()
	return p.set, nil
}

var (
	dateForm     = `-?[0-9]{4,}-[0-9]{2}-[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})?`
	dateTimeForm = `-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?`
)

func known() map[string]*form {
	of := func(match string, also func(string) bool) *form {
		return &form{match: []*regexp.Regexp{whole(match)}, also: also}
	}
	return map[string]*form{
		"string": of(`(?s).*`, nil), "word": of(`(?s).+`, nil), "boolean": of(`\s*(?:true|false|0|1)\s*`, nil),
		"decimal": of(`\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*`, nil), "int": of(`\s*[+-]?[0-9]{1,9}\s*`, nil),
		"date": of(dateForm, exists), "dateTime": of(dateTimeForm, exists),
		"base64": of(`[A-Za-z0-9+/=\s]*`, func(s string) bool {
			_, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
			return err == nil
		}),
	}
}

func whole(match string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + match + `)$`) }

// exists holds for a day, with a time or not, that is in the calendar.
func exists(s string) bool {
	day, clock, timed := strings.Cut(s, "T")
	_, err := time.Parse(time.DateOnly, day[:min(len(day), len(time.DateOnly))])
	if err == nil && timed {
		_, err = time.Parse(time.TimeOnly, clock[:len(time.TimeOnly)])
	}
	return err == nil
}

func (p *parser) line(line string) error {
	words := strings.Fields(line)
	depth := len(line) - len(strings.TrimLeft(line, " "))
	if depth%2 != 0 || strings.Contains(line, "\t") {
		return fmt.Errorf("it is not set in by twos")
	}
	if depth == 0 {
		return p.heading(words)
	}
	p.close(depth / 2)
	if len(p.path) != depth/2 {
		return fmt.Errorf("it is too far in")
	}
	top := p.path[len(p.path)-1]
	switch {
	case words[0] == "...":
		top.open = true
		return nil
	case words[0][0] == '@':
		return p.attribute(top, words)
	}
	e, err := p.element(words)
	if err != nil {
		return err
	}
	p.path = append(p.path, e)
	return nil
}

// close ends the elements that are not around depth, and puts each where it belongs.
func (p *parser) close(depth int) {
	for len(p.path) > depth {
		n := len(p.path)
		p.path[n-2].of = append(p.path[n-2].of, *p.path[n-1])
		p.path = p.path[:n-1]
	}
}

// end ends a document.
func (p *parser) end() {
	if len(p.path) > 0 {
		p.close(1)
		p.set[p.path[0].name] = &Outline{*p.path[0]}
		p.path = nil
	}
}

func (p *parser) heading(words []string) error {
	switch {
	case words[0] == "namespace" && len(words) == 3:
		p.spaces[strings.Trim(words[1], "-")] = words[2]
	case words[0] == "type" && len(words) > 2:
		t := &form{}
		for _, w := range words[2:] {
			match, err := regexp.Compile(`^(?:` + w + `)$`)
			if err != nil {
				return err
			}
			t.match = append(t.match, match)
		}
		p.types[words[1]] = t
	case words[0] == "document" && len(words) == 2:
		p.end()
		p.path = []*element{{name: words[1]}}
	default:
		return fmt.Errorf("it is no heading")
	}
	return nil
}

func (p *parser) attribute(to *element, words []string) error {
	if len(words) != 2 || p.types[words[1]] == nil {
		return fmt.Errorf("an attribute has a name and a type that is known")
	}
	name, may := strings.CutSuffix(words[0][1:], "?")
	to.attrs = append(to.attrs, attribute{name, may, p.types[words[1]]})
	return nil
}

func (p *parser) element(words []string) (*element, error) {
	e := &element{min: 1, max: 1}
	prefix, name, ok := strings.Cut(words[0], ":")
	if !ok {
		prefix, name = "", prefix
	}
	if e.name, e.space = name, p.spaces[prefix]; ok && e.space == "" {
		return nil, fmt.Errorf("the prefix %s is unknown", prefix)
	}
	e.either = words[0] == "either"
	words = words[1:]
	if len(words) > 0 && strings.ContainsAny(words[0][:1], "?+*{") {
		if err := e.often(words[0]); err != nil {
			return nil, err
		}
		words = words[1:]
	}
	if len(words) == 0 {
		return e, nil
	}
	t := p.types[words[0]]
	if t == nil || len(words) > 2 || len(words) == 2 && words[1] != "nil?" {
		return nil, fmt.Errorf("the type %s is unknown", words[0])
	}
	e.text = t
	if len(words) == 2 {
		e.text = &form{match: t.match, also: t.also, empty: true}
	}
	return e, nil
}

var times = regexp.MustCompile(`^\{([0-9]+),([0-9]+)\}$`)

func (e *element) often(s string) error {
	switch s {
	case "?":
		e.min = 0
	case "+":
		e.max = 0
	case "*":
		e.min, e.max = 0, 0
	default:
		m := times.FindStringSubmatch(s)
		if m == nil {
			return fmt.Errorf("how often is %s", s)
		}
		e.min, _ = strconv.Atoi(m[1])
		e.max, _ = strconv.Atoi(m[2])
	}
	return nil
}
