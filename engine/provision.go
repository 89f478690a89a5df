package engine

// A Provision is the place in the law that a step or a reason rests on.
type Provision struct {
	ID      string // stable name used in JSON, "sol2025-12-7"
	Act     string // title with SFS number, "socialtjänstlagen (2025:400)"
	SFS     string // "2025:400"
	Chapter int    // 0 where the act has no chapters
	Section string // "7", "1 b"; "" for a whole chapter
	Part    string // "andra stycket", "första stycket 2"; "" for the whole section
}

// Text returns the citation as Swedish statutes are cited:
// "12 kap. 7 § socialtjänstlagen (2025:400)".
func (p Provision) Text() string {
	b := make([]byte, 0, 64)
	if p.Chapter > 0 {
		b = append(AppendInt(b, int64(p.Chapter)), " kap. "...)
	}
	if p.Section != "" {
		b = append(append(b, p.Section...), " § "...)
	}
	if p.Part != "" {
		b = append(append(b, p.Part...), ' ')
	}
	return string(append(b, p.Act...))
}

// Link returns the address of the act in the Government Offices' legal
// databases, which hold the text in force.
func (p Provision) Link() string {
	if p.SFS == "" {
		return ""
	}
	return "https://rkrattsbaser.gov.se/sfst?bet=" + p.SFS
}
