package sol_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// repeat is how often the test program, run by callgrind, assesses.
const repeat = "SKALIG_ASSESS"

// TestInstructions holds an assessment of the household with most rows to the
// instructions that it takes: a count, the same on a busy machine and an idle one.
// Two runs of the whole program are counted, one with a thousand assessments more.
func TestInstructions(t *testing.T) {
	if times := os.Getenv(repeat); times != "" {
		assessAll(t, times, os.Getenv(repeat+"_TRACE") != "")
		return
	}
	if _, err := exec.LookPath("valgrind"); err != nil {
		t.Fatal("valgrind is not installed here: make test installs it")
	}
	for _, c := range []struct {
		name, trace string
		most        int // amd64, Go 1.26; a tenth above what it was
	}{{"without trace", "", 4_900}, {"with the whole trace", "1", 18_000}} {
		each := (collected(t, 2000, c.trace) - collected(t, 1000, c.trace)) / 1000
		t.Logf("%s: %d instructions", c.name, each)
		if each < 100 || each > c.most {
			t.Errorf("%s an assessment takes %d instructions, at most %d are allowed", c.name, each, c.most)
		}
	}
}

func assessAll(t *testing.T, times string, traced bool) {
	n, err := strconv.Atoi(times)
	if err != nil {
		t.Fatal(err)
	}
	f, g := allRows(t)
	for range n {
		if traced {
			var tr engine.Trace
			sol.Assess(f, g, &tr)
		} else {
			sol.Assess(f, g, nil)
		}
	}
}

var collectedLine = regexp.MustCompile(`Collected : ([0-9]+)`)

// collected is how many instructions the program takes with so many assessments. No
// garbage is collected and nothing preempted, so that nothing else varies.
func collected(t *testing.T, times int, trace string) int {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "-test.run", "^TestInstructions$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", repeat, times), repeat+"_TRACE="+trace, "GOGC=off", "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	out, err := cmd.CombinedOutput()
	found := collectedLine.FindSubmatch(out)
	if err != nil || found == nil {
		t.Fatalf("couldn't count: %v\n%s", err, out)
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
