package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
	national "github.com/skalig/skalig/engine/sol/params"
	"github.com/skalig/skalig/engine/sol/population"
	"github.com/skalig/skalig/wasm/contract"
)

type simulate struct {
	Month        string   `required:"" help:"Month whose law and guidelines are A, like 2025-11." placeholder:"YYYY-MM"`
	ToMonth      string   `help:"Month whose law and guidelines are B. Default: the same month." placeholder:"YYYY-MM"`
	Guideline    string   `help:"A guideline for A instead of its municipality's own." placeholder:"FILE"`
	ToGuideline  string   `help:"A guideline for B instead of its municipality's own." placeholder:"FILE"`
	ToRiksnorm   string   `help:"A draft of the riksnorm for B: one row as in engine/sol/params/riksnorm.json." placeholder:"FILE"`
	Municipality []string `help:"Code of a municipality. Default: those of the guidelines named, else all with a guideline in both months." placeholder:"CODE"`
	Households   int      `help:"How many households to invent." default:"${households}"`
	Seed         uint64   `help:"Another seed invents other households." default:"1"`
	SVG          string   `name:"svg" help:"Write a bar chart to a file." placeholder:"FILE"`
}

// maxHouseholds keeps a run to minutes and every sum far inside 64 bits.
const maxHouseholds = 100_000_000

// A simulation is what was asked for, read and checked.
type simulation struct {
	people population.Population
	a, b   population.Rules
	table  *population.Table
}

// Run shows what rules B give invented households that rules A did not.
func (c *simulate) Run(s streams) error {
	sim, err := c.read(s)
	if err != nil {
		return err
	}
	swedish, err := swedishWords()
	if err != nil {
		return err
	}
	start := time.Now()
	sim.table = sim.run(runtime.GOMAXPROCS(0))
	took := time.Since(start)
	if err := sim.print(s.out, swedish); err != nil {
		return fmt.Errorf("couldn't write the table: %w", err)
	}
	if c.SVG != "" {
		if err := os.WriteFile(c.SVG, sim.chart(swedish), 0o666); err != nil {
			return fmt.Errorf("couldn't write the chart: %w", err)
		}
	}
	fmt.Fprintf(s.err, "%d households, each assessed twice, in %s: %d households/s\n",
		sim.people.Households, took.Round(time.Millisecond), int64(sim.people.Households)*int64(time.Second)/max(1, int64(took)))
	return nil
}

// run assesses parts of the population on all cores; the sum of the parts is the
// same however they are cut.
func (sim *simulation) run(cores int) *population.Table {
	parts := make(chan *population.Table)
	n := sim.people.Households
	for i := range cores {
		go func() { parts <- sim.people.Compare(n*i/cores, n*(i+1)/cores, sim.a, sim.b) }()
	}
	sum := <-parts
	for range cores - 1 {
		sum.Add(<-parts)
	}
	return sum
}

func (c *simulate) read(s streams) (*simulation, error) {
	if c.ToMonth == "" && c.ToGuideline == "" && c.ToRiksnorm == "" {
		return nil, hinted{errors.New("A and B are the same"), "name what changes: --to-month, --to-guideline or --to-riksnorm"}
	}
	if c.Households < 1 || c.Households > maxHouseholds {
		return nil, fmt.Errorf("the number of households must lie between 1 and %d", maxHouseholds)
	}
	if c.ToMonth == "" {
		c.ToMonth = c.Month
	}
	sim := &simulation{people: population.Population{Seed: c.Seed, Households: c.Households}}
	var err error
	if sim.a.Month, err = normMonth(c.Month); err != nil {
		return nil, err
	}
	if sim.b.Month, err = normMonth(c.ToMonth); err != nil {
		return nil, err
	}
	own, err := c.guideline(s, c.Guideline, sim.a.Month)
	if err != nil {
		return nil, err
	}
	other, err := c.guideline(s, c.ToGuideline, sim.b.Month)
	if err != nil {
		return nil, err
	}
	if sim.b.Draft, err = c.draft(s); err != nil {
		return nil, err
	}
	sim.people.Municipalities = c.municipalities(sim, own, other)
	if len(sim.people.Municipalities) == 0 {
		return nil, hinted{errors.New("no municipality has a guideline in both months"), "skalig params list prints the guidelines"}
	}
	for _, r := range []struct {
		rules *population.Rules
		named *sol.Guideline
	}{{&sim.a, own}, {&sim.b, other}} {
		if r.rules.Guidelines, err = guidelines(sim.people.Municipalities, r.rules.Month, r.named); err != nil {
			return nil, err
		}
	}
	return sim, nil
}

// draft reads the draft of the riksnorm, if one was named.
func (c *simulate) draft(s streams) (*sol.Norm, error) {
	if c.ToRiksnorm == "" {
		return nil, nil
	}
	data, err := readFile(s, c.ToRiksnorm, contract.MaxInput)
	if err != nil {
		return nil, err
	}
	n, err := national.Draft(data)
	if err != nil {
		return nil, err
	}
	return &sol.Norm{Year: n.Year, Status: n.Status, Source: n.Source, Single: n.Single, Couple: n.Couple,
		Children: n.Children, LunchAway: n.ChildrenWithoutLunch, Joint: n.Joint, Prisbasbelopp: n.Prisbasbelopp}, nil
}

// municipalities are those that were named, else those of the guidelines that
// were named, else all that have a guideline in both months.
func (c *simulate) municipalities(sim *simulation, named ...*sol.Guideline) []string {
	if len(c.Municipality) > 0 {
		return c.Municipality
	}
	var codes []string
	for _, g := range named {
		if g != nil && !slices.Contains(codes, g.Municipality) {
			codes = append(codes, g.Municipality)
		}
	}
	if len(codes) > 0 {
		return codes
	}
	for _, e := range municipal.List() {
		_, before := municipal.For(e.Code, sim.a.Month)
		_, after := municipal.For(e.Code, sim.b.Month)
		if before && after {
			codes = append(codes, e.Code)
		}
	}
	return codes
}

// guidelines returns the guideline of each municipality in a month: the one that
// was named, or the one that is kept.
func guidelines(codes []string, m engine.Month, named *sol.Guideline) (map[string]*sol.Guideline, error) {
	all := map[string]*sol.Guideline{}
	for i, code := range codes {
		if slices.Contains(codes[:i], code) {
			return nil, fmt.Errorf("the municipality %s is named twice", code)
		}
		if named != nil && named.Municipality == code {
			all[code] = named
			continue
		}
		e, ok := municipal.For(code, m)
		if !ok {
			return nil, hinted{fmt.Errorf("the municipality %s has no guideline in %s", code, m), "skalig params list prints the guidelines"}
		}
		all[code] = sol.ReadGuideline(engine.NewReader(e.Bytes, "guideline")) // checked when the program was built
	}
	return all, nil
}

// guideline reads a file that was named; nil when none was.
func (c *simulate) guideline(s streams, name string, m engine.Month) (*sol.Guideline, error) {
	if name == "" {
		return nil, nil
	}
	file, err := readFile(s, name, contract.MaxInput)
	if err != nil {
		return nil, err
	}
	r := engine.NewReader(file, "guideline")
	g := sol.ReadGuideline(r)
	r.Done()
	if p := r.Problems(); len(p) > 0 {
		return nil, hinted{fmt.Errorf("couldn't read the guideline %s: %s at %s", name, p[0].Code, p[0].Path), "skalig params lint " + name}
	}
	if g.From > m {
		return nil, fmt.Errorf("the guideline %s is in force from %s, after %s", name, g.From, m)
	}
	return g, nil
}

// normMonth reads a month that has a published norm.
func normMonth(text string) (engine.Month, error) {
	m, ok := engine.ParseMonth(text)
	if !ok {
		return 0, fmt.Errorf("%q is not a month like 2026-11", text)
	}
	adult := sol.Person{ID: "p1", Adult: true, Age: 18, Days: sol.Unknown, EarnedThisYear: sol.Unknown, MonthsInRow: sol.Unknown}
	facts := sol.Facts{Month: m, Persons: []sol.Person{adult}, Housing: sol.Housing{Rooms: sol.Unknown, Community: sol.Unknown}}
	if len(facts.Validate()) > 0 {
		return 0, hinted{fmt.Errorf("there is no riksnorm for %d", m.Year()), "skalig params list prints the years"}
	}
	return m, nil
}
