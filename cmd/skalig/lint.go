package main

import (
	"fmt"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/contract"
)

type paramsLint struct {
	Files []string `arg:"" name:"file" help:"A municipality's guideline (skalig/guideline/1), or - for standard input. May be repeated."`
}

// A finding is a problem with the line that it stands on.
type finding struct {
	line int
	path string
	text string
	code string
}

// Run reads each guideline as strictly as the engine does, looks for rows that
// can never decide anything, and prints each fault with its line:
//
//	error: FILE:LINE: PATH: TEXT [CODE]
func (p *paramsLint) Run(s streams) error {
	swedish, err := swedishWords()
	if err != nil {
		return err
	}
	faulty := false
	for _, name := range p.Files {
		file, err := readFile(s, name, contract.MaxInput)
		if err != nil {
			return err
		}
		g, found := lint(file, swedish)
		for _, f := range found {
			faulty = true
			fmt.Fprintf(s.err, "error: %s:%d: %s: %s [%s]\n", name, f.line, f.path, f.text, f.code)
		}
		if len(found) == 0 {
			fmt.Fprintf(s.out, "%s: ok, %s (%s) from %s, %s\n", name, g.Name, g.Municipality, g.From, g.Status)
		}
	}
	if faulty {
		return errNo
	}
	return nil
}

// lint returns the guideline and what is wrong with it.
func lint(file []byte, swedish *words.Words) (*sol.Guideline, []finding) {
	r := engine.NewReader(file, "guideline")
	g := sol.ReadGuideline(r)
	r.Done()
	text := swedish.Problem
	problems := untilStop(r.Problems())
	if len(problems) == 0 { // only figures that were read right can be judged
		problems = idle(g)
		text = func(p engine.Problem) string { return fmt.Sprintf(idleTexts[p.Code], p.Detail) }
	}
	lines := linesOf(file, "guideline", problems)
	var found []finding
	for i, p := range problems {
		found = append(found, finding{lines[i], p.Path, text(p), p.Code})
	}
	return g, found
}

// untilStop drops what is said to be missing after the byte where reading
// stopped: nobody knows what would have come.
func untilStop(problems []engine.Problem) []engine.Problem {
	for i, p := range problems {
		switch p.Code {
		case engine.BadSyntax, engine.BadUTF8, engine.TooDeep:
			return problems[:i+1]
		}
	}
	return problems
}

func swedishWords() (*words.Words, error) {
	file, err := site.EngineWords("sv")
	if err != nil {
		return nil, fmt.Errorf("couldn't find the Swedish words: %w", err)
	}
	r := engine.NewReader(file, "words")
	w := words.Read(r)
	r.Done()
	if p := r.Problems(); len(p) > 0 {
		return nil, fmt.Errorf("couldn't read the Swedish words: %s at %s", p[0].Code, p[0].Path)
	}
	return w, nil
}

// idleTexts has a sentence for each figure that decides nothing.
var idleTexts = map[string]string{
	"unreachable-row":    "Raden används aldrig: alla som passar den passar redan raden \"%s\".",
	"unused-value":       "Värdet används inte av regeln %s.",
	"unused-rule":        "Regeln används inte: hyran prövas mot raderna i %s.",
	"repeated-label":     "Två rader heter \"%s\". Ge dem olika namn, så att ett beslut kan peka ut den som gäller.",
	"no-further-child":   "Beloppet för fler barn används aldrig: raden gäller högst %s barn.",
	"empty-with-figures": "Riktlinjen har statusen %s, men innehåller gränser.",
}

// idle finds what the engine accepts and never uses: in a file of rules such a
// figure is a slip of the pen.
func idle(g *sol.Guideline) []engine.Problem {
	var found []engine.Problem
	add := func(path, code, detail string) {
		found = append(found, engine.Problem{Code: code, Path: "guideline." + path, Detail: detail})
	}
	if figures := len(g.Housing) > 0 || g.Costs != [len(g.Costs)]sol.CostRule{}; g.Status == sol.Empty && figures {
		add("status", "empty-with-figures", string(g.Status))
	}
	for i := range g.Housing {
		row, at := &g.Housing[i], fmt.Sprintf("housing[%d]", i)
		for k := range i {
			if g.Housing[k].Label == row.Label {
				add(at+".label", "repeated-label", row.Label)
				break
			}
		}
		for k := range i {
			if covers(&g.Housing[k], row) {
				add(at, "unreachable-row", g.Housing[k].Label)
				break
			}
		}
		if c := row.Children; row.PerFurtherChild > 0 && c.Limited && c.Low == c.High {
			add(at+".perFurtherChild", "no-further-child", fmt.Sprint(c.High))
		}
	}
	for i, rule := range g.Costs {
		at := "costs." + string(sol.CostKinds[i])
		if rule.Rule != "" && rule.Rule != "max" && rule.Max > 0 {
			add(at+".max", "unused-value", rule.Rule)
		}
		if rule.Rule != "" && rule.Rule != "beyondKm" && rule.BeyondKm != sol.Unknown {
			add(at+".beyondKm", "unused-value", rule.Rule)
		}
	}
	if rent := g.Costs[0]; rent.Rule != "" && len(g.Housing) > 0 {
		add("costs."+string(sol.CostKinds[0]), "unused-rule", "housing")
	}
	return found
}

// covers says whether every household that fits b fits a.
func covers(a, b *sol.HousingCap) bool {
	within := func(a, b sol.Range) bool {
		return !a.Limited || b.Limited && a.Low <= b.Low && b.High <= a.High
	}
	younger := a.AllAdultsUnder == 0 || b.AllAdultsUnder > 0 && b.AllAdultsUnder <= a.AllAdultsUnder
	return younger && within(a.Adults, b.Adults) && within(a.Children, b.Children) && within(a.Rooms, b.Rooms)
}
