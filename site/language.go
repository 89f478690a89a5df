package site

import "strings"

// A Language is one that the public pages come in.
type Language struct {
	Code string // BCP 47: the pages' lang and the name of the words files
	Path string // begins the pages' addresses, as in /ar/rakna; "" for Swedish
	Dir  string // ltr or rtl
	Intl string // by which a browser's Intl writes its numbers: the digits of bills and cards in Sweden are 0–9 in every language
	Name string // in the language itself, from its words
}

const swedish = "sv"

// spoken are the languages in the order of the list on every page: Swedish, which decisions are written in, first. Somali and Tigrinya
// borrow the number forms of English, as browsers know neither.
var spoken = []Language{
	{Code: swedish, Dir: "ltr", Intl: "sv-SE"},
	{Code: "sv-x-lattlast", Path: "lattlast", Dir: "ltr", Intl: "sv-SE"},
	{Code: "en", Path: "en", Dir: "ltr", Intl: "en-GB"},
	{Code: "ar", Path: "ar", Dir: "rtl", Intl: "ar-u-nu-latn"},
	{Code: "so", Path: "so", Dir: "ltr", Intl: "en-GB"},
	{Code: "prs", Path: "prs", Dir: "rtl", Intl: "fa-AF-u-nu-latn"},
	{Code: "ti", Path: "ti", Dir: "ltr", Intl: "en-GB"},
	{Code: "uk", Path: "uk", Dir: "ltr", Intl: "uk-UA"},
	{Code: "fi", Path: "fi", Dir: "ltr", Intl: "fi-FI"},
}

// Languages are the codes of the languages that the public pages come in, Swedish first.
func Languages() []string {
	var codes []string
	for _, l := range spoken {
		codes = append(codes, l.Code)
	}
	return codes
}

func find(code string) Language {
	for _, l := range spoken {
		if l.Code == code {
			return l
		}
	}
	return spoken[0]
}

// Address is where a public page is in a language: /ar/rakna for /rakna. Other addresses stay as they are: what is behind the sign-in
// is in Swedish.
func Address(code, path string) string {
	l := find(code)
	if l.Path == "" || !public(path) {
		return path
	}
	return strings.TrimSuffix("/"+l.Path+path, "/")
}

// Pattern is the path of a page in a language for a ServeMux.
func Pattern(code, path string) string {
	if at := Address(code, path); at != "/" {
		return at
	}
	return "/{$}"
}

// Split is the inverse of Address: the language of an address, and the page's own path.
func Split(address string) (code, path string) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(address, "/"), "/")
	for _, l := range spoken[1:] {
		if l.Path == first {
			return l.Code, "/" + rest
		}
	}
	return swedish, address
}

// public says whether the page at path, a fragment or query aside, comes in every language.
func public(path string) bool {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	switch path {
	case "/rakna", "/kvitto", "/kommuner":
		return true
	}
	for _, p := range Statics() {
		if p.Path == path {
			return true
		}
	}
	return strings.HasPrefix(path, "/rakna/")
}

// tongue is one choice in the list of languages.
type tongue struct {
	Language
	Address string
	Current bool
}

// tongues are the choices of a public page; none for a page behind the sign-in.
func (s *Site) tongues(code, path string) []tongue {
	if path == "" || !public(path) {
		return nil
	}
	var all []tongue
	for _, l := range spoken {
		l.Name = s.words[l.Code]["format.name"]
		all = append(all, tongue{l, Address(l.Code, path), l.Code == code})
	}
	return all
}
