package engine

// An AmountError says why a typed amount could not be read; a code of a closed
// list.
type AmountError string

func (e AmountError) Error() string { return string(e) }

// The reasons an amount is not read.
const (
	AmountEmpty    AmountError = "amount-empty"
	AmountNegative AmountError = "amount-negative"
	AmountForm     AmountError = "amount-form"
	AmountDecimals AmountError = "amount-decimals"
	AmountTooLarge AmountError = "amount-too-large"
)

// ReadAmount reads an amount as people in Sweden write one: "1200", "1 200",
// "1 200,50", "1.200,50", "1 200 kr", "1200:-", "1 200,50 kronor", with any
// Unicode space between groups of three. A comma is the decimal sign; a point is
// one too when at most two digits follow it ("1200.5"), and groups thousands
// when exactly three do ("1.200"). Anything that could be read in two ways is an
// [AmountForm] error: nobody's rent is guessed.
func ReadAmount(text string) (Ore, error) {
	runes := trimUnit(fold(text))
	if len(runes) == 0 {
		return 0, AmountEmpty
	}
	if runes[0] == '-' {
		return 0, AmountNegative
	}
	whole, decimals, ok := splitDecimals(runes)
	if !ok {
		return 0, AmountForm
	}
	if len(decimals) > 2 {
		return 0, AmountDecimals
	}
	kr, err := readGroups(whole)
	if err != nil {
		return 0, err
	}
	o := Kronor(kr)
	for i, scale := 0, Ore(10); i < len(decimals); i, scale = i+1, scale/10 {
		o += Ore(decimals[i]-'0') * scale
	}
	if o > MaxAmount {
		return 0, AmountTooLarge
	}
	return o, nil
}

// fold makes every kind of space one ' ', every minus one '-', drops spaces at
// the ends and lowers A–Z.
func fold(text string) []rune {
	out := make([]rune, 0, len(text))
	for _, r := range text {
		switch r {
		case ' ', '\t', '\u00a0', '\u2007', '\u2009', '\u202f':
			if len(out) == 0 {
				continue
			}
			r = ' '
		case '\u2212', '\u2012', '\u2013', '\u2014':
			r = '-'
		default:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
		}
		out = append(out, r)
	}
	return trimRight(out)
}

func trimRight(r []rune) []rune {
	for len(r) > 0 && r[len(r)-1] == ' ' {
		r = r[:len(r)-1]
	}
	return r
}

// trimUnit drops a trailing "kr", "kronor", "sek", ":-" or ",-".
func trimUnit(r []rune) []rune {
	for _, unit := range [...]string{"kronor", "krona", "kr.", "kr", "sek", ":-", ",-", ".-"} {
		u := []rune(unit)
		if len(r) > len(u) && string(r[len(r)-len(u):]) == unit {
			return trimRight(r[:len(r)-len(u)])
		}
	}
	return r
}

// splitDecimals finds the decimal sign: a comma, or a point followed by one or
// two digits at the end.
func splitDecimals(r []rune) (whole, decimals []rune, ok bool) {
	at := -1
	for i, c := range r {
		if c != ',' {
			continue
		}
		if at >= 0 {
			return nil, nil, false
		}
		at = i
	}
	if at < 0 {
		for i := len(r) - 1; i >= 0 && i >= len(r)-3; i-- {
			if r[i] == '.' {
				at = i
				break
			}
		}
	}
	if at < 0 {
		return r, nil, true
	}
	whole, decimals = r[:at], r[at+1:]
	if len(whole) == 0 || len(decimals) == 0 {
		return nil, nil, false
	}
	for _, c := range decimals {
		if c < '0' || c > '9' {
			return nil, nil, false
		}
	}
	return whole, decimals, true
}

// readGroups reads digits in one run, or in groups of three parted by one kind
// of sign.
func readGroups(r []rune) (int64, error) {
	var n int64
	var separator rune
	run, groups := 0, 0
	for _, c := range r {
		switch {
		case '0' <= c && c <= '9':
			run++
			if n = n*10 + int64(c-'0'); n > int64(MaxAmount) {
				return 0, AmountTooLarge
			}
		case c == ' ' || c == '.':
			if run == 0 || run > 3 || (groups > 0 && (run != 3 || separator != c)) {
				return 0, AmountForm
			}
			separator = c
			groups++
			run = 0
		default:
			return 0, AmountForm
		}
	}
	if run == 0 || (groups > 0 && run != 3) {
		return 0, AmountForm
	}
	return n, nil
}
