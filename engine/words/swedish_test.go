package words_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/words"
)

// passive finds -s passives by their endings: räknas, bedöms, krävs, angetts. It
// is a guess; the words in notPassive look alike and are none.
var passive = regexp.MustCompile(`^[a-zåäö]{2,}(?:as|ats|äms|öms|övs|ävs|nns|tts|rts|lls|ges|görs|tas|dras)$`)

var notPassive = []string{"hittills", "finnas", "annars", "finns", "fattas", "saknas", "behövs", "ryms", "hushålls", "deras", "vardags", "plats", "någonstans"}

// stiff are words of the kind that a reader has to translate. The list follows
// what the Government Offices advise their own writers to avoid.
var stiff = []string{"angående", "avseende", "beträffande", "därest", "ej", "emedan", "erfordras", "erhålla", "erhåller", "föreligga",
	"föreligger", "gällande", "huruvida", "härmed", "ifrågavarande", "inkomma", "innehar", "jämlikt", "jämte", "medelst", "nyttja",
	"såvida", "tillse", "utgår", "utge", "vederbörande", "vidta", "åberopa", "åligger", "äga", "ombesörja"}

// A plainness is how hard a text is to read.
type plainness struct {
	key     string
	words   int // of its longest sentence
	passive []string
}

// TestSwedishIsPlain fails on a long sentence or a stiff word, and lists the
// texts that come nearest to failing.
func TestSwedishIsPlain(t *testing.T) {
	eachLanguage(t, func(t *testing.T, lang string, w *words.Words) {
		if lang != first && !strings.HasPrefix(lang, first+"-") {
			return
		}
		var all []plainness
		passives := 0
		for key, text := range texts(w) {
			p := measure(key, text)
			if p.words > longest(lang) {
				t.Errorf("%s has a sentence of %d words: %s", key, p.words, text)
			}
			for _, s := range stiffIn(text) {
				t.Errorf("%s says %q: %s", key, s, text)
			}
			passives += len(p.passive)
			all = append(all, p)
		}
		slices.SortFunc(all, func(a, b plainness) int {
			if a.score() != b.score() {
				return b.score() - a.score()
			}
			return strings.Compare(a.key, b.key)
		})
		t.Logf("%d texts, %d passives; the hardest:", len(all), passives)
		for _, p := range all[:min(10, len(all))] {
			t.Log(p)
		}
	})
}

func (p plainness) score() int { return p.words + 5*len(p.passive) }

func (p plainness) String() string {
	return fmt.Sprintf("%s: %d words, passives %v", p.key, p.words, p.passive)
}

func measure(key, text string) plainness {
	p := plainness{key: key}
	for _, s := range sentences(text) {
		p.words = max(p.words, len(s))
		for _, word := range s {
			if word = letters(word); passive.MatchString(word) && !slices.Contains(notPassive, word) {
				p.passive = append(p.passive, word)
			}
		}
	}
	return p
}

func stiffIn(text string) (found []string) {
	for _, word := range strings.Fields(text) {
		if word = letters(word); slices.Contains(stiff, word) {
			found = append(found, word)
		}
	}
	return found
}

// letters is a word in small letters without signs around it.
func letters(word string) string {
	return strings.ToLower(strings.Trim(word, ".,:;?!()–"))
}

// TestPlainnessMeasures holds the measure to sentences counted by hand.
func TestPlainnessMeasures(t *testing.T) {
	for text, want := range map[string]string{
		"Hela lönen räknas. Det finns en gräns.":                       "x: 4 words, passives [räknas]",
		"Kommunens gräns är 5\u00a0000\u00a0kr.":                       "x: 4 words, passives []",
		"Beloppet har hämtats och bedöms av nämnden, om det behövs.":   "x: 10 words, passives [hämtats bedöms]",
		"Ditt hushålls del är {household-size} av {community-members}": "x: 7 words, passives []",
	} {
		if got := measure("x", text).String(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got := stiffIn("Beträffande hyran: utgår ej."); len(got) != 3 {
		t.Errorf("found only %v", got)
	}
}
