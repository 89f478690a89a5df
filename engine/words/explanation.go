package words

// An Explanation is a result in plain language, ready to be shown. Texts are
// plain text, never markup.
type Explanation struct {
	Headline  string     `json:"headline"`
	Amount    string     `json:"amount"`  // "" when nothing is computed
	Summary   []string   `json:"summary"` // the circumstances that decide, one sentence each
	Lines     []Line     `json:"lines"`
	Reasons   []Reason   `json:"reasons"`
	Questions []Question `json:"questions"`
	Distances []string   `json:"distances"` // how far it is to another answer, one sentence each
	Checks    []string   `json:"checks"`    // what does not look as it usually does, one sentence each
}

// A Change is one cause of the difference between two results.
type Change struct {
	Label  string `json:"label"`
	Before string `json:"before"` // what the line gave before, "" when it was not there
	After  string `json:"after"`
	Effect string `json:"effect"` // "+1 200 kr", "−500 kr"
	Ore    int64  `json:"ore"`    // the effect; those of all changes sum to the difference
}

// A Line is one step of the computation.
type Line struct {
	ID        string  `json:"id"`    // place in the tree, "0.2"
	Depth     int     `json:"depth"` // 0 for the main rows
	Sign      string  `json:"sign"`  // "+", "-", "=" or ""
	Label     string  `json:"label"`
	Detail    string  `json:"detail"`
	Amount    string  `json:"amount"`
	Ore       int64   `json:"ore"`
	Provision string  `json:"provision"`
	Link      string  `json:"link"`
	Status    string  `json:"status"` // the least sure status among the inputs; "" when every figure was seen at its source
	Note      string  `json:"note"`   // what that status means
	Inputs    []Input `json:"inputs"`
}

// An Input is one value that a line used.
type Input struct {
	Label  string `json:"label"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// A Reason says why a person must judge.
type Reason struct {
	Code      string `json:"code"`
	Path      string `json:"path"`
	Text      string `json:"text"`
	Provision string `json:"provision"`
	Link      string `json:"link"`
}

// A Question asks for a missing fact.
type Question struct {
	Code string `json:"code"`
	Path string `json:"path"`
	Text string `json:"text"`
}
