package tongue_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/tongue"
	"github.com/skalig/skalig/site"
)

// TestList: every language of the pages is in the list, each is found by every word for
// it and by no other's, and names are in order.
func TestList(t *testing.T) {
	tag := regexp.MustCompile(`^[a-z]{2,3}$`)
	seen := map[string]string{}
	for _, l := range tongue.Languages {
		if !tag.MatchString(l.Tag) || tongue.Name(l.Tag) != l.Name || tongue.Kept(l.Name) != l.Tag {
			t.Errorf("%+v", l)
		}
		for _, word := range append([]string{l.Tag, l.Name}, l.Known...) {
			if seen[word] != "" {
				t.Errorf("%q is both %s and %s", word, seen[word], l.Tag)
			}
			seen[word] = l.Tag
			if got, ok := tongue.Tag(" " + strings.ToUpper(word) + "\u00a0"); !ok || got != l.Tag {
				t.Errorf("%q is %q", word, got)
			}
		}
	}
	if !slices.IsSortedFunc(tongue.Languages, func(a, b tongue.Language) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the names are not in order")
	}
	for _, code := range site.Languages() {
		if base, _, _ := strings.Cut(code, "-"); tongue.Name(base) == base {
			t.Errorf("the pages' language %s is not in the list", code)
		}
	}
	if got, ok := tongue.Tag("klingonska"); ok || tongue.Kept("klingonska") != "klingonska" || tongue.Name("klingonska") != "klingonska" {
		t.Errorf("what is not in the list is %q", got)
	}
}
