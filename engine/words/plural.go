package words

// plural is the category of n by the rule that the language's file names under
// format.plural. The rules are those of CLDR for whole numbers; a test holds each
// language to them. A language without a rule has one form for all numbers.
func plural(rule string, n int) string {
	switch rule {
	case "one":
		if n == 1 {
			return "one"
		}
	case "zero-one":
		if n == 0 || n == 1 {
			return "one"
		}
	case "slavic":
		switch ten, hundred := n%10, n%100; {
		case ten == 1 && hundred != 11:
			return "one"
		case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
			return "few"
		}
		return "many"
	case "arabic":
		switch hundred := n % 100; {
		case n == 0:
			return "zero"
		case n == 1:
			return "one"
		case n == 2:
			return "two"
		case hundred >= 3 && hundred <= 10:
			return "few"
		case hundred >= 11:
			return "many"
		}
	}
	return "other"
}

// count writes a number with its unit, in the form that the number calls for:
// the text of format.<unit>.<category>, else of format.<unit>.
func (w *Words) count(unit string, n int) string {
	key := "format." + unit
	rule, _ := w.text.get("format.plural")
	return fill(w.first(key+"."+plural(rule, n), key), func(string) string { return number(n) })
}
