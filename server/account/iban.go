package account

import "regexp"

var (
	swedish = regexp.MustCompile(`^SE[0-9]{22}$`)
	bic     = regexp.MustCompile(`^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)
)

// ValidIBAN reports whether s is a Swedish IBAN, without spaces, whose check
// digits hold: the number with its first four characters moved to the end and
// letters as 10 to 35 is 1 modulo 97 (ISO 13616).
func ValidIBAN(s string) bool {
	if !swedish.MatchString(s) {
		return false
	}
	rest := 0
	for _, c := range s[4:] + "2814" + s[2:4] { // S is 28, E is 14
		rest = (rest*10 + int(c-'0')) % 97
	}
	return rest == 1
}

// ValidBIC reports whether s has the form of a business identifier code (ISO 9362).
func ValidBIC(s string) bool { return bic.MatchString(s) }
