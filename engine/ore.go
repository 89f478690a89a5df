package engine

// Ore is an amount of money in öre (1/100 krona).
type Ore int64

// MaxAmount bounds every single amount in facts and parameters: 10 000 000
// kronor. A thousand such rows summed stay far inside an int64.
const MaxAmount Ore = 10_000_000_00

// Kronor returns the amount of whole kronor.
func Kronor(kr int64) Ore { return Ore(kr * 100) }

// A Rounding names how a quotient was brought to a whole unit. It is part of
// the trace: rounding decides kronor, so it is never silent.
type Rounding string

// The roundings in use. Half goes up.
const (
	Exact       Rounding = ""       // nothing was rounded away
	ToOre       Rounding = "ore"    // to the nearest öre
	UpToOre     Rounding = "ore-up" // up to the next öre
	ToWholeKr   Rounding = "krona"  // to the nearest krona
	wholeKronor Ore      = 100
)

// Share returns amount × num / den under the wanted rounding, and the rounding
// that in fact took place ([Exact] when the quotient is a whole unit). The
// amount must not be negative and den must be positive.
func Share(amount Ore, num, den int64, want Rounding) (Ore, Rounding) {
	product := int64(amount) * num
	switch want {
	case UpToOre:
		if product%den == 0 {
			return Ore(product / den), Exact
		}
		return Ore(product/den + 1), UpToOre
	case ToWholeKr:
		unit := den * int64(wholeKronor)
		if product%unit == 0 {
			return Ore(product/unit) * wholeKronor, Exact
		}
		return Ore((2*product+unit)/(2*unit)) * wholeKronor, ToWholeKr
	default:
		if product%den == 0 {
			return Ore(product / den), Exact
		}
		return Ore((2*product + den) / (2 * den)), ToOre
	}
}

// AppendKronor appends the amount in kronor as a JSON number: 5220, 249.75,
// 1200.5, -12.
func AppendKronor(b []byte, o Ore) []byte {
	if o < 0 {
		b = append(b, '-')
		o = -o
	}
	b = AppendInt(b, int64(o/100))
	if cents := o % 100; cents != 0 {
		b = append(b, '.', byte('0'+cents/10))
		if cents%10 != 0 {
			b = append(b, byte('0'+cents%10))
		}
	}
	return b
}

// AppendInt appends n in decimal.
func AppendInt(b []byte, n int64) []byte {
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	var digits [20]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + n%10)
		n /= 10
		if n == 0 {
			return append(b, digits[i:]...)
		}
	}
}
