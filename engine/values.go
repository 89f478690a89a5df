package engine

// Text reads a string of at most limit bytes without control characters.
func (r *Reader) Text(limit int) string {
	s := r.Verbatim(limit)
	if !printable(s) {
		r.Fail(BadText, "")
		return ""
	}
	return s
}

// printable says whether UTF-8 text has no control character: U+0000–001F,
// U+007F, or U+0080–009F, which is C2 80–9F.
func printable[Bytes string | []byte](s Bytes) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f || s[i] == 0xc2 && i+1 < len(s) && s[i+1] < 0xa0 {
			return false
		}
	}
	return true
}

// Verbatim reads a string of at most limit bytes, whatever characters it holds.
func (r *Reader) Verbatim(limit int) string {
	if r.peek() != '"' {
		r.wrongType()
		return ""
	}
	s, ok := r.str()
	if !ok {
		r.stop(BadSyntax)
		return ""
	}
	if len(s) > limit {
		r.Fail(BadText, "")
		return ""
	}
	return s
}

// Choice reads a string that must be one of choices and returns it; code is the
// problem when it is not.
func (r *Reader) Choice(choices []string, code string) string {
	before := len(r.problems)
	s := r.Text(maxTextBytes)
	if i := index(choices, s); i >= 0 {
		return choices[i]
	}
	if len(r.problems) == before {
		r.Fail(code, "")
	}
	return ""
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	switch {
	case r.literal("true"):
		return true
	case r.literal("false"):
		return false
	}
	r.wrongType()
	return false
}

// Amount reads an amount in kronor: digits, and at most two decimals after a
// point. The limits are 0 and [MaxAmount].
func (r *Reader) Amount() Ore {
	whole, cents, decimals, negative, ok := r.number()
	switch {
	case !ok:
		return 0
	case negative:
		r.Fail(string(AmountNegative), "")
	case decimals > 2:
		r.Fail(string(AmountDecimals), "")
	case whole > int64(MaxAmount)/100 || Kronor(whole)+Ore(cents) > MaxAmount:
		r.Fail(string(AmountTooLarge), "")
	default:
		return Kronor(whole) + Ore(cents)
	}
	return 0
}

// Int reads an integer from low to high; code is the problem when it is not in
// the range.
func (r *Reader) Int(low, high int64, code string) int64 {
	n, _, decimals, negative, ok := r.number()
	if !ok {
		return 0
	}
	if negative {
		n = -n
	}
	if decimals > 0 || n < low || n > high {
		r.Fail(code, "")
		return 0
	}
	return n
}

// Month reads "YYYY-MM".
func (r *Reader) Month() Month {
	before := len(r.problems)
	m, ok := ParseMonth(r.Text(16))
	if !ok && len(r.problems) == before {
		r.Fail("month-form", "")
	}
	return m
}
