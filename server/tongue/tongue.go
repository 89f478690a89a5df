// Package tongue is the closed list of the languages that people ask to be spoken to in,
// each by its tag (BCP 47: ISO 639-1 where there is one, else 639-3) and its name in
// Swedish. What somebody types that is not in it is kept as it was typed, for whoever
// books the interpreter, and is counted as Other.
package tongue

import (
	"slices"
	"strings"
)

// Other is what is counted of a language that is not in the list.
const Other = "other"

// A Language is one of the list.
type Language struct {
	Tag   string
	Name  string   // in Swedish
	Known []string // other words for it
}

// Languages are the list, by name.
var Languages = []Language{
	{"sq", "albanska", nil}, {"am", "amhariska", nil}, {"ar", "arabiska", []string{"العربية"}}, {"hy", "armeniska", nil},
	{"aii", "assyriska", []string{"syrianska"}}, {"az", "azerbajdzjanska", nil}, {"bn", "bengaliska", []string{"bangla"}}, {"bs", "bosniska", nil},
	{"bg", "bulgariska", nil}, {"prs", "dari", []string{"دری"}}, {"en", "engelska", []string{"english"}}, {"et", "estniska", nil},
	{"fi", "finska", []string{"suomi"}}, {"fr", "franska", nil}, {"ka", "georgiska", nil}, {"el", "grekiska", nil}, {"hi", "hindi", nil},
	{"it", "italienska", nil}, {"yi", "jiddisch", nil}, {"zh", "kinesiska", []string{"mandarin"}}, {"hr", "kroatiska", nil},
	{"kmr", "kurmanji", []string{"kurdiska", "nordkurdiska"}}, {"lv", "lettiska", nil}, {"lt", "litauiska", nil}, {"mk", "makedonska", nil},
	{"fit", "meänkieli", nil}, {"mn", "mongoliska", nil}, {"ne", "nepali", nil}, {"om", "oromo", nil}, {"ps", "pashto", nil},
	{"fa", "persiska", []string{"farsi"}}, {"pl", "polska", nil}, {"pt", "portugisiska", nil}, {"rom", "romani", []string{"romska"}},
	{"ro", "rumänska", nil}, {"ru", "ryska", nil}, {"se", "samiska", []string{"nordsamiska"}}, {"sr", "serbiska", nil}, {"so", "somaliska", []string{"soomaali", "somali"}},
	{"ckb", "sorani", []string{"sydkurdiska", "centralkurdiska"}}, {"es", "spanska", nil}, {"sv", "svenska", nil}, {"swl", "svenskt teckenspråk", []string{"teckenspråk"}},
	{"sw", "swahili", nil}, {"th", "thailändska", []string{"thai"}}, {"ti", "tigrinja", []string{"tigrinska", "tigrinya", "ትግርኛ"}}, {"tr", "turkiska", nil}, {"de", "tyska", nil},
	{"uk", "ukrainska", []string{"українська"}}, {"hu", "ungerska", nil}, {"ur", "urdu", nil}, {"uz", "uzbekiska", nil}, {"vi", "vietnamesiska", nil},
}

// Tag is the tag of a language by its tag, its name or another word for it, however it is
// written; false where it is not in the list.
func Tag(typed string) (string, bool) {
	word := strings.ToLower(strings.Join(strings.Fields(typed), " "))
	for _, l := range Languages {
		if word == l.Tag || word == l.Name || slices.Contains(l.Known, word) {
			return l.Tag, true
		}
	}
	return "", false
}

// Kept is what is kept of a typed language: its tag, or else what was typed.
func Kept(typed string) string {
	if tag, ok := Tag(typed); ok {
		return tag
	}
	return typed
}

// Name is the language of a tag in Swedish, and what is no tag as it is.
func Name(kept string) string {
	for _, l := range Languages {
		if l.Tag == kept {
			return l.Name
		}
	}
	return kept
}
