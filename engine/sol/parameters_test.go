package sol_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/engine/sol/params"
)

// TestRowsAreTheParameterFiles generates the rows again and compares.
func TestRowsAreTheParameterFiles(t *testing.T) {
	want, err := os.ReadFile("riksnorm_rows.go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	tool := dir + "/generate"
	if out, err := exec.Command("go", "build", "-o", tool, "./params/generate").CombinedOutput(); err != nil {
		t.Fatalf("couldn't build the generator: %v\n%s", err, out)
	}
	cmd := exec.Command(tool)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("couldn't generate: %v\n%s", err, out)
	}
	got, err := os.ReadFile(dir + "/riksnorm_rows.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("riksnorm_rows.go is not what params/*.json say: run go generate ./engine/sol")
	}
}

func TestParametersAreComplete(t *testing.T) {
	norms, err := params.Riksnorm()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range sol.Parameters() {
		key := p.Name + " " + p.From.String()
		if p.Name == "" || p.Unit == "" || p.Source == "" || p.Status == "" || p.Value == 0 && p.Count == 0 || seen[key] {
			t.Errorf("incomplete or repeated: %+v", p)
		}
		seen[key] = true
	}
	if want := len(norms)*(2+8+4+7+1) + 8 + 4; len(seen) != want {
		t.Errorf("%d parameters, want %d", len(seen), want)
	}
}

func TestGuidelines(t *testing.T) {
	want := map[string]string{"1287": "Trelleborg", "1280": "Malmö", "1291": "Simrishamn", "1381": "Laholm", "0884": "Vimmerby",
		"0821": "Högsby", "1380": "Halmstad", "1283": "Helsingborg", "1384": "Kungsbacka", "9999": "Demokommun"}
	for _, e := range municipal.List() {
		if want[e.Code] != e.Name {
			t.Errorf("%s is %s", e.Code, e.Name)
		}
		if signed := e.Status == sol.Signed; signed != (e.Code == municipal.Demo) {
			t.Errorf("%s has the status %s; no real municipality has signed anything here", e.Name, e.Status)
		}
		delete(want, e.Code)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	for month, from := range map[int]string{2019: "2019-01", 2021: "2019-01", 2022: "2022-01", 2026: "2022-01"} {
		if e, ok := municipal.For("1280", engine.MonthOf(month, 6)); !ok || e.From.String() != from {
			t.Errorf("Malmö %d: the guideline from %s", month, e.From)
		}
	}
	if _, ok := municipal.For("1280", engine.MonthOf(2014, 6)); ok {
		t.Error("Malmö had a guideline in 2014")
	}
}

func TestGuidelineIsReadStrictly(t *testing.T) {
	const head = `{"schema":"skalig/guideline/1","municipality":"1234","name":"X","status":"example","from":"2026-01","source":"y"`
	for in, want := range map[string]string{
		head + `}`: "",
		head + `,"housing":[{"label":"a","children":[0,0],"max":1}],"costs":{"workTravel":{"rule":"beyondKm","beyondKm":5}}}`: "",
		head + `,"housing":[{"label":"a","children":[2,1],"max":1}]}`:                                                         "g.housing[0].children range",
		head + `,"housing":[{"label":"a","children":[1],"max":1}]}`:                                                           "g.housing[0].children range",
		head + `,"housing":[{"max":1}]}`:                                                                                      "g.housing[0].label required",
		head + `,"housing":[{"label":"a","max":-1}]}`:                                                                         "g.housing[0].max amount-negative",
		head + `,"costs":{"food":{"rule":"actual"}}}`:                                                                         "g.costs.food unknown-field",
		head + `,"costs":{"rent":{"rule":"max"}}}`:                                                                            "g.costs.rent.max required",
		head + `,"costs":{"rent":{"rule":"beyondKm","beyondKm":5}}}`:                                                          "g.costs.rent not-for-kind",
		head + `,"dayDivisor":"31"}`:                                                                                          "g.dayDivisor unknown-choice",
		`{"schema":"skalig/guideline/1","municipality":"1234","name":"X","status":"signed","from":"2026-01","source":"y"}`:    "g.signedOffBy required",
		`{"schema":"skalig/guideline/2"}`:                                                                                     "g.schema schema",
	} {
		r := engine.NewReader([]byte(in), "g")
		sol.ReadGuideline(r)
		r.Done()
		got := ""
		if p := r.Problems(); len(p) > 0 {
			got = p[0].Path + " " + p[0].Code
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func FuzzReadGuideline(f *testing.F) {
	for _, e := range municipal.All() {
		f.Add(e.Bytes)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r := engine.NewReader(in, "g")
		sol.ReadGuideline(r)
		r.Done()
	})
}

// TestFigures holds every figure that the rules use against a transcription of
// the sources, so that no row can change unnoticed.
func TestFigures(t *testing.T) {
	want, err := os.ReadFile("testdata/figures.txt")
	if err != nil {
		t.Fatal(err)
	}
	value := map[string]sol.Parameter{}
	for _, p := range sol.Parameters() {
		value[p.Name+" "+p.From.String()] = p
	}
	var lines []string
	for year := 2014; year <= 2026; year++ {
		from := fmt.Sprintf(" %d-01", year)
		first, ok := value["riksnorm.adult.single"+from]
		if !ok {
			continue
		}
		line := fmt.Sprintf("%d %s", year, first.Status)
		kr := func(names ...string) {
			for _, n := range names {
				line += " " + kronor(value[n+from].Value)
			}
		}
		line += " adult"
		kr("riksnorm.adult.single", "riksnorm.adult.couple")
		line += " child"
		bands := []string{"0", "1-2", "3", "4-6", "7-10", "11-14", "15-18", "19-20"}
		for _, b := range bands {
			kr("riksnorm.child." + b)
		}
		line += " away"
		for _, b := range bands[:4] {
			kr("riksnorm.child." + b + ".lunch-away")
		}
		line += " joint"
		for n := 1; n <= 7; n++ {
			kr(fmt.Sprintf("riksnorm.joint.%d", n))
		}
		line += " prisbasbelopp"
		kr("prisbasbelopp")
		lines = append(lines, line)
	}
	line := "2026 barnbidrag " + kronor(value["barnbidrag 2026-01"].Value) + " flerbarnstillägg"
	for _, n := range []string{"2", "3", "4", "5+"} {
		line += " " + kronor(value["flerbarnstillägg."+n+" 2026-01"].Value)
	}
	line += " underhållsstöd"
	for _, n := range []string{"0-6", "7-14", "15-17"} {
		line += " " + kronor(value["underhållsstöd."+n+" 2026-01"].Value)
	}
	lines = append(lines, line)
	lines = append(lines, fmt.Sprintf("jobbstimulans qualifying-months %d months %d share %d activity months %d from 2026-10",
		value["jobbstimulans.qualifying-months 2014-01"].Count, value["jobbstimulans.months 2014-01"].Count,
		value["jobbstimulans.share 2014-01"].Count, value["activity.months 2026-10"].Count))
	for _, line := range strings.Split(strings.TrimSpace(string(want)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if !slices.Contains(lines, line) {
			t.Errorf("the source says %s", line)
		}
	}
	if n := strings.Count(string(want), "\n") - 2; len(lines) != n {
		t.Errorf("%d rows of figures, the sources have %d", len(lines), n)
	}
}

// TestGuidelineFigures holds the limits of the kept guidelines against a
// transcription.
func TestGuidelineFigures(t *testing.T) {
	want, err := os.ReadFile("testdata/guidelines.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	got.WriteString(strings.SplitAfter(string(want), "\n")[0])
	for _, e := range slices.SortedFunc(slices.Values(municipal.All()), func(a, b municipal.Entry) int {
		return strings.Compare(a.Code+a.From.String(), b.Code+b.From.String())
	}) {
		r := engine.NewReader(e.Bytes, "")
		g := sol.ReadGuideline(r)
		fmt.Fprintf(&got, "guideline %s-%s", e.Code, e.From)
		for _, c := range g.Housing {
			fmt.Fprintf(&got, " %s", kronor(c.Max))
			if c.PerFurtherChild > 0 {
				fmt.Fprintf(&got, "+%s", kronor(c.PerFurtherChild))
			}
		}
		for i, c := range g.Costs {
			switch c.Rule {
			case "max":
				fmt.Fprintf(&got, " %s=%s", sol.CostKinds[i], kronor(c.Max))
			case "beyondKm":
				fmt.Fprintf(&got, " %s>%dkm", sol.CostKinds[i], c.BeyondKm)
			}
		}
		got.WriteString("\n")
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}
