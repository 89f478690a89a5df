package outline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/outline"
)

const letters = `
# what people send each other
namespace s urn:letters
type count [0-9]{1,3} [1-9].*

document letter
  s:Letter
    @lang? string
    s:To + word
    s:Day ? date
    either
      s:Text string
      s:Number count
    s:Note * string nil?
    s:Page {0,2}
      plain
    ...
`

const good = `<?xml version="1.0" encoding="UTF-8"?>
<a:Letter xmlns:a="urn:letters" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" lang="sv">
 <a:To>Alva</a:To><a:To>Bo</a:To><a:Day>2028-02-29</a:Day><a:Number>120</a:Number><a:Note xsi:nil="true"/><a:Page><plain/></a:Page><more>x</more>
</a:Letter>`

func TestRead(t *testing.T) {
	set, err := outline.Parse(letters)
	if err != nil {
		t.Fatal(err)
	}
	n, err := set["letter"].Read([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if to := n.All("To"); len(to) != 2 || to[1].Text != "Bo" || n.At("Number").Text != "120" || n.At("Page", "plain").Name != "plain" || n.At("no", "such").Text != "" {
		t.Errorf("read %+v", n)
	}
	for name, c := range map[string][2]string{
		"none of one or more":    {"<a:To>Alva</a:To><a:To>Bo</a:To>", ""},
		"an empty word":          {">Alva<", "><"},
		"two of at most one":     {"<a:Day>", "<a:Day>2028-02-29</a:Day><a:Day>"},
		"no such day":            {"2028-02-29", "2026-02-29"},
		"two choices":            {"<a:Number>", "<a:Text>x</a:Text><a:Number>"},
		"no choice":              {"<a:Number>120</a:Number>", ""},
		"the second expression":  {">120<", ">012<"},
		"the first expression":   {">120<", ">1200<"},
		"a text in a nil":        {`<a:Note xsi:nil="true"/>`, `<a:Note xsi:nil="true"><b/></a:Note>`},
		"too many":               {"<a:Page>", "<a:Page><plain/></a:Page><a:Page><plain/></a:Page><a:Page>"},
		"a namespace":            {"<plain/>", "<a:plain/>"},
		"another namespace":      {"urn:letters", "urn:numbers"},
		"another attribute":      {"lang=", "tongue="},
		"a foreign attribute":    {"lang=", "a:lang="},
		"another order":          {"<a:Day>2028-02-29</a:Day><a:Number>120</a:Number>", "<a:Number>120</a:Number><a:Day>2028-02-29</a:Day>"},
		"a text between":         {"<a:Day>", "x<a:Day>"},
		"an element in a text":   {">Alva<", "><b/><"},
		"a document type":        {"<a:Letter", "<!DOCTYPE a><a:Letter"},
		"an entity":              {">Alva<", ">&a;<"},
		"an instruction":         {"<a:Day>", "<?x y?><a:Day>"},
		"another encoding":       {"UTF-8", "ISO-8859-1"},
		"two documents":          {"</a:Letter>", "</a:Letter><a:Letter/>"},
		"no end":                 {"</a:Letter>", ""},
		"deep":                   {"<more>x</more>", strings.Repeat("<d>", 70) + strings.Repeat("</d>", 70)},
		"larger than the bounds": {"<more>x", "<more>" + strings.Repeat("x", outline.MaxBytes)},
	} {
		bad := strings.Replace(good, c[0], c[1], 1)
		if bad == good {
			t.Fatalf("%s: the document lacks %s", name, c[0])
		}
		if _, err := set["letter"].Read([]byte(bad)); !errors.Is(err, outline.ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestParseRefuses: a fault in an outline is found, and its line named.
func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"an unknown type":     "document a\n  b c",
		"an unknown prefix":   "document a\n  c:b",
		"an odd step":         "document a\n   b",
		"a step too far":      "document a\n    b",
		"no document":         "  b",
		"a strange number":    "document a\n  b {x} string",
		"a strange heading":   "element a",
		"a bad expression":    "type a (",
		"a strange attribute": "document a\n  b\n    @c",
	} {
		if _, err := outline.Parse(text); err == nil || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	set := outline.Must(letters)
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := set["letter"].Read(text)
		if err == nil && (n.Name != "Letter" || len(n.All("To")) == 0) {
			t.Errorf("%q was read as %+v", text, n)
		}
		if err != nil && !errors.Is(err, outline.ErrForm) {
			t.Error(err)
		}
	})
}
