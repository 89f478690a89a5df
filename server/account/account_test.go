package account_test

import (
	"testing"

	"github.com/skalig/skalig/server/account"
)

// The numbers are made for the test, each check digit worked by hand:
//
//	1200 0000025: over 2000000025 from the right 5·1 + 2·2 + 0·… + 2·10 = 29, not 0 mod 11
//	5000 0000019: over 0000000019 from the right 9·1 + 1·2 = 11
//	4000 0000006: over 40000000006 from the right 6·1 + 4·(1+10%10) = 6 + 4·1 = 10; so 0000007 gives 11
//	6000 000000019: 9·1 + 1·2 = 11
//	8000 0000000018: 8·1 + 1·2 = 10
//	3300 0000000018: the same over ten digits
//	bankgiro 1000-0009: 9 + 1·2 (eighth from the right) = 11; 1000-0008: 8 + 2 = 10
//	plusgiro 18: 8 + 1·2 = 10
func TestParse(t *testing.T) {
	for name, c := range map[string]struct{ kind, clearing, number, want string }{
		"seven digits, three of clearing":  {account.Bank, "5000", "000 00 19", "5000-0000019"},
		"a digit wrong":                    {account.Bank, "5000", "0000018", ""},
		"another clearing number":          {account.Bank, "5001", "0000019", ""},
		"seven digits, four of clearing":   {account.Bank, "4000", "0000007", "4000-0000007"},
		"the other rule does not hold":     {account.Bank, "4000", "0000019", ""},
		"not made by modulus 11":           {account.Bank, "1200", "0000025", ""},
		"nine digits":                      {account.Bank, "6000", "000000019", "6000-000000019"},
		"nine digits without zeros":        {account.Bank, "6000", "0000019", "6000-000000019"},
		"a number for a person":            {account.Bank, "3300", "0000000018", "3300-0000000018"},
		"eight thousand":                   {account.Bank, "8000", "17000-0", ""},
		"eight thousand with two digits":   {account.Bank, "8000", "018", "8000-018"},
		"a fifth digit":                    {account.Bank, "8000-4", "018", ""},
		"a fifth digit that checks":        {account.Bank, "8000-2", "018", "8000-018"},
		"no bank's clearing number":        {account.Bank, "9999", "0000019", ""},
		"without a clearing number":        {account.Bank, "", "0000019", ""},
		"letters":                          {account.Bank, "5000", "00000l9", ""},
		"only zeros":                       {account.Bank, "5000", "0000000", ""},
		"bankgiro":                         {account.Bankgiro, "", "1000-0008", "1000-0008"},
		"bankgiro, a digit wrong":          {account.Bankgiro, "", "1000-0009", ""},
		"bankgiro, digits in other places": {account.Bankgiro, "", "0100-0008", ""},
		"bankgiro too short":               {account.Bankgiro, "", "18", ""},
		"plusgiro":                         {account.Plusgiro, "", "1-8", "1-8"},
		"plusgiro, a digit wrong":          {account.Plusgiro, "", "1-9", ""},
		"of no kind":                       {"swish", "", "18", ""},
		"too long":                         {account.Bankgiro, "", "100000081000000810000008", ""},
	} {
		n, err := account.Parse(c.kind, c.clearing, c.number)
		got := ""
		if err == nil {
			got = n.String()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("bank", "5000", "0000019")
	f.Add("bankgiro", "", "1000-0008")
	f.Fuzz(func(t *testing.T, kind, clearing, number string) {
		n, err := account.Parse(kind, clearing, number)
		if err != nil {
			return
		}
		again, err := account.Parse(n.Kind, n.Clearing, n.Digits)
		if err != nil || again != n {
			t.Errorf("%v: %+v is read as %+v", err, n, again)
		}
		if back, err := account.Parse(n.Kind, "", n.String()); n.Kind != account.Bank && (err != nil || back != n) {
			t.Errorf("%v: %q is read as %+v", err, n.String(), back)
		}
	})
}
