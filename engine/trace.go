package engine

// An Op says how a step came to its value.
type Op string

// The operations of a trace.
const (
	OpSum    Op = "sum"    // signed sum of the steps directly below
	OpTable  Op = "table"  // read from a parameter
	OpGiven  Op = "given"  // taken from the facts as it is
	OpLesser Op = "lesser" // the lesser of what was applied for and a limit
	OpShare  Op = "share"  // a part of an amount
	OpNone   Op = "none"   // counted as nothing, for the reason in Branch
)

// An Input is one value that a step used.
type Input struct {
	Name   string // key of the closed list of input names
	Unit   Unit
	N      int64  // öre, count, or Month, by Unit
	Text   string // for UnitText and UnitLabel
	Source string // "declared", "register", "caseworker", "law", "guideline", "computed"
	Status string // how sure a parameter is, as in its row; "" for facts
}

// A Unit is what an Input counts.
type Unit string

// The units of inputs. A label is free text from a guideline and is shown as it is.
const (
	UnitOre   Unit = "kr"
	UnitCount Unit = "count"
	UnitDays  Unit = "days"
	UnitYears Unit = "years"
	UnitMonth Unit = "month"
	UnitText  Unit = "text"
	UnitLabel Unit = "label"
)

// A Step is one line of a computation.
type Step struct {
	Depth    int
	Rule     string // name of the rule, "norm.adult"
	Branch   string // the branch taken, of the rule's closed list; "" when there is one
	Subject  string // what the line is about: an id from the facts; "" for the household
	Cite     string // id of the Provision
	Op       Op
	Sign     int // +1 or −1 in the sum above; 0 for a line that only informs
	Value    Ore
	Rounding Rounding
	Inputs   []Input
}

// A Trace collects the steps of one computation in reading order. A nil *Trace
// collects nothing; every method may be called on it.
type Trace struct {
	Steps  []Step
	inputs []Input
	depth  int
}

// Open starts a step that has steps below it and returns its handle for Close.
func (t *Trace) Open(s Step) int {
	if t == nil {
		return 0
	}
	t.add(s)
	t.depth++
	return len(t.Steps) - 1
}

// Close ends the step opened as i with its value.
func (t *Trace) Close(i int, value Ore) {
	if t == nil {
		return
	}
	t.Steps[i].Value = value
	t.depth--
}

// Add writes a step without steps below it; in are the inputs it used.
func (t *Trace) Add(s Step, in ...Input) {
	if t == nil {
		return
	}
	start := len(t.inputs)
	t.inputs = append(t.inputs, in...)
	if len(in) > 0 {
		s.Inputs = t.inputs[start:len(t.inputs):len(t.inputs)]
	}
	t.add(s)
}

func (t *Trace) add(s Step) {
	s.Depth = t.depth
	t.Steps = append(t.Steps, s)
}

// Below returns the index one past the last step below step i.
func (t *Trace) Below(i int) int {
	end := i + 1
	for end < len(t.Steps) && t.Steps[end].Depth > t.Steps[i].Depth {
		end++
	}
	return end
}

// Write writes the trace as a tree of steps. An empty trace writes null.
func (t *Trace) Write(w *Writer) {
	if t == nil || len(t.Steps) == 0 {
		w.Null()
		return
	}
	t.write(w, 0)
}

func (t *Trace) write(w *Writer, i int) {
	s := &t.Steps[i]
	w.Open('{')
	w.Text("rule", s.Rule)
	w.OptText("branch", s.Branch)
	w.OptText("subject", s.Subject)
	w.OptText("cite", s.Cite)
	w.Text("op", string(s.Op))
	switch s.Sign {
	case 1:
		w.Text("sign", "+")
	case -1:
		w.Text("sign", "-")
	}
	w.Kronor("value", s.Value)
	w.OptText("rounding", string(s.Rounding))
	if len(s.Inputs) > 0 {
		w.Key("inputs")
		w.Open('[')
		for k := range s.Inputs {
			s.Inputs[k].write(w)
		}
		w.Close(']')
	}
	if end := t.Below(i); end > i+1 {
		w.Key("steps")
		w.Open('[')
		for k := i + 1; k < end; k = t.Below(k) {
			t.write(w, k)
		}
		w.Close(']')
	}
	w.Close('}')
}

func (in *Input) write(w *Writer) {
	w.Open('{')
	w.Text("name", in.Name)
	w.Text("unit", string(in.Unit))
	switch in.Unit {
	case UnitOre:
		w.Kronor("value", Ore(in.N))
	case UnitMonth:
		w.Text("value", Month(in.N).String())
	case UnitText, UnitLabel:
		w.Text("value", in.Text)
	default:
		w.Int("value", in.N)
	}
	w.OptText("source", in.Source)
	w.OptText("status", in.Status)
	w.Close('}')
}
