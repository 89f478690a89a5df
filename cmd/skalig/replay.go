package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/replay"
)

type rerun struct {
	Receipts []string `arg:"" help:"Files of receipts, one or many a line each; folders and archives (.zip, .tar, .tar.gz), with all .json and .jsonl files in them; or - for standard input." placeholder:"FILE|DIR|-"`
	whom
	consent
	Artefact bool   `help:"Compute everything by the released artefacts, nothing natively."`
	JSON     bool   `name:"json" help:"Print a line of JSON for every receipt, and one for the sum."`
	HTML     string `name:"html" help:"Write the report as a page that needs nothing else." placeholder:"FILE"`
}

// A told outcome says whose it is.
type told struct {
	name string // of the file
	line int
	replay.Outcome
}

// A tally counts outcomes.
type tally struct {
	receipts, decisions, others, refused, differences int
	missing, withheld                                 int // of a drawn sample
	reasons                                           map[ledger.Reason]int
	kinds                                             map[replay.Difference]int
	nativeDiffers                                     bool
	took                                              time.Duration
}

func (t *tally) add(o told) {
	t.receipts++
	switch {
	case o.Reason != "":
		t.refused++
		t.reasons[o.Reason]++
	case o.Difference != "":
		t.differences++
		t.kinds[o.Difference]++
	case o.Replayed:
		t.decisions++
	default:
		t.others++
	}
}

// wrong says whether anything is.
func (t *tally) wrong() bool { return t.refused+t.differences+t.missing > 0 }

// A reporter is told every outcome in order, and then the sum.
type reporter interface {
	outcome(o told) error
	sum(t *tally) error
}

// Run verifies every receipt and decides again what was decided, on all cores. The
// order is kept, and no more is held in memory than is under way.
func (c *rerun) Run(s streams) (err error) {
	// Little is held and much passes through, so collecting less often costs a
	// hundred megabytes or two, however many receipts there are.
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	policy, err := c.believed(s)
	if err != nil {
		return err
	}
	approved, err := c.approved(s, policy)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.out)
	reporters := []reporter{textReport{out}}
	if c.JSON {
		reporters = []reporter{jsonReport{out}}
	}
	if c.HTML != "" {
		page, err := newHTMLReport(c.HTML, c.Artefact)
		if err != nil {
			return fmt.Errorf("couldn't write the report: %w", err)
		}
		reporters = append(reporters, page)
	}
	ctx := context.Background()
	engines := replay.NewEngines(c.Artefact)
	defer engines.Close(ctx)
	t := &tally{reasons: map[ledger.Reason]int{}, kinds: map[replay.Difference]int{}}
	shown := newProgress(s, t)
	began := time.Now()
	gathered := replay.NewGathered()
	report := func(o told) error {
		for _, r := range reporters {
			if err := r.outcome(o); err != nil {
				return fmt.Errorf("couldn't write the report: %w", err)
			}
		}
		return nil
	}
	auditor := replay.NewAuditor(policy, engines)
	auditor.Approved = approved
	err = c.each(ctx, s, auditor, func(o told) error {
		o.Outcome = gathered.Add(o.Outcome)
		t.add(o)
		shown.tick()
		return report(o)
	})
	shown.clear()
	if err != nil {
		return err
	}
	missing, withheld := gathered.Missing()
	t.withheld = withheld
	for _, o := range missing {
		t.kinds[o.Difference]++
		t.missing++
		if err := report(told{Outcome: o}); err != nil {
			return err
		}
	}
	t.took, t.nativeDiffers = time.Since(began), engines.NativeDiffers()
	for _, r := range reporters {
		if err := r.sum(t); err != nil {
			return fmt.Errorf("couldn't write the report: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("couldn't write the report: %w", err)
	}
	if t.nativeDiffers {
		fmt.Fprintln(s.err, "error: this program computes otherwise than the artefact of its own release; the artefact was believed throughout")
		return errNo
	}
	return answer(!t.wrong())
}

// each hands every receipt's outcome to tell, in order.
func (c *rerun) each(ctx context.Context, s streams, a *replay.Auditor, tell func(told) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type job struct {
		batch    []receiptLine
		outcomes chan []told
	}
	jobs := make(chan job, runtime.GOMAXPROCS(0))
	ordered := make(chan job, 2*runtime.GOMAXPROCS(0))
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for j := range jobs {
				told := make([]told, len(j.batch))
				for i, r := range j.batch {
					told[i].name, told[i].line, told[i].Outcome = r.name, r.line, a.Receipt(ctx, r.file)
				}
				j.outcomes <- told
			}
		}()
	}
	read := make(chan error, 1)
	go func() {
		defer close(ordered)
		defer close(jobs)
		read <- readReceipts(s, c.Receipts, func(batch []receiptLine) error {
			j := job{batch, make(chan []told, 1)}
			select {
			case jobs <- j:
			case <-ctx.Done():
				return ctx.Err()
			}
			select {
			case ordered <- j:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	for j := range ordered {
		for _, o := range <-j.outcomes {
			if err := tell(o); err != nil {
				return err
			}
		}
	}
	return <-read
}

// A progress is a line on a terminal that counts.
type progress struct {
	out   io.Writer
	shown bool // somebody watches
	t     *tally
	began time.Time
	last  time.Time
}

func newProgress(s streams, t *tally) *progress {
	return &progress{out: s.err, shown: terminal(s.err), t: t, began: time.Now(), last: time.Now()}
}

func (p *progress) tick() {
	if !p.shown || p.t.receipts%256 != 0 || time.Since(p.last) < 200*time.Millisecond {
		return
	}
	p.last = time.Now()
	fmt.Fprintf(p.out, "\r%d receipts, %d differ, %d refused, %s\x1b[K", p.t.receipts, p.t.differences, p.t.refused, rate(p.t.receipts, time.Since(p.began)))
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

func rate(n int, took time.Duration) string {
	return fmt.Sprintf("%d a second", int64(n)*int64(time.Second)/max(1, int64(took)))
}
