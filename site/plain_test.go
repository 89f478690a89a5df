package site_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	sentence = regexp.MustCompile(`[.!?:](?:\s|$)`)
	// passive finds -s passives by their endings: räknas, skickas, hämtats. It is a guess; the words in notPassive look alike and are none.
	passive    = regexp.MustCompile(`^[a-zåäö]{2,}(?:as|ats|äms|öms|övs|ävs|nns|tts|rts|lls|ges|görs|tas|dras)$`)
	notPassive = []string{"kallas", "tills", "reglernas", "finnas", "annars", "finns", "fattas", "saknas", "behövs", "deras", "plats", "någonstans", "ingenstans", "stans", "hundralapps", "hushållets"}
)

// A plainness is how hard a text is to read.
type plainness struct {
	key     string
	words   int // of its longest sentence
	passive []string
}

func (p plainness) score() int { return p.words + 5*len(p.passive) }

func (p plainness) String() string {
	return fmt.Sprintf("%s: %d words, passives %v", p.key, p.words, p.passive)
}

func measure(key, text string) plainness {
	p := plainness{key: key}
	for _, s := range sentence.Split(text, -1) {
		words := strings.Fields(s)
		p.words = max(p.words, len(words))
		for _, w := range words {
			w = strings.ToLower(strings.Trim(w, ".,:;?!()–"))
			if passive.MatchString(w) && !slices.Contains(notPassive, w) {
				p.passive = append(p.passive, w)
			}
		}
	}
	return p
}

// The Swedish of the pages is plain: no sentence above 25 words, none above 15 in easy Swedish, which has no passive at all. The hardest are listed.
func TestSwedishIsPlain(t *testing.T) {
	for lang, most := range map[string]int{"sv": 25, "sv-x-lattlast": 15} {
		var all []plainness
		passives := 0
		for key, text := range pageWords(t, lang) {
			p := measure(key, text)
			if p.words > most {
				t.Errorf("%s: %s has a sentence of %d words: %q", lang, key, p.words, text)
			}
			if lang != "sv" && len(p.passive) > 0 {
				t.Errorf("%s: %s has passives %v: %q", lang, key, p.passive, text)
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
		if passives*10 > len(all) {
			t.Errorf("%s: %d of %d texts have a passive: more than one in ten", lang, passives, len(all))
		}
		t.Logf("%s: %d texts, %d passives; the hardest:", lang, len(all), passives)
		for _, p := range all[:15] {
			t.Log(p)
		}
	}
}

// The measure is held to sentences counted by hand.
func TestPlainnessMeasures(t *testing.T) {
	for text, want := range map[string]string{
		"Hela lönen räknas. Det finns en gräns.":  "x: 4 words, passives [räknas]",
		"Filen hämtas här och skickas ingenstans": "x: 6 words, passives [hämtas skickas]",
		"Beloppet är {amount}. Ring kommunen!":    "x: 3 words, passives []",
	} {
		if got := measure("x", text).String(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
