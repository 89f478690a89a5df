// Command load drives a real service as applicants do in the first days of a month,
// and prints what it measured:
//
//	go run ./cmd/load [-rate 50] [-for 10m] [-clients 64] [-skalig bin/skalig] [-data DIR]
//	go run ./cmd/load -month 85000
//
// It starts skalig serve --demo in a process of its own, on a folder that is made
// for it, and talks to it over HTTP alone. Each application is a household's whole
// way: the calculator's answer handed over, a sign-in by OpenID Connect, the
// signature of each adult, the decision, its receipt fetched and verified, the
// decision read. Every household is another test person, or two; their kinds are
// those of the official statistics. Beside them readers ask for the calculator, the
// log's tiles and the audit pages, the own cases and the caseworker's queue.
//
// Letters wait unless -letters: the service prints them with a Chromium, one after
// the other, and no decision waits for one.
//
// The loop is closed: applications are begun at the rate while fewer than -clients
// are under way, and it is said how late one was begun. With -month so many are
// begun as fast as they end: the whole country's month has about 85 000.
//
// It fails unless there was no error; no two decisions have the same leaf; after a
// stop the service starts again and skalig check finds nothing wrong and every
// decision in the journal and in the log; and, in a run of two minutes or more, the
// heap for each decision kept, the goroutines and the files did not grow from the
// end of the first minute.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// A load is one run.
type load struct {
	rate    float64 // applications a second; 0: as fast as they end
	length  time.Duration
	most    int // applications; 0: as many as the time allows
	clients int
	letters bool
	program string
	data    string

	url     string
	key     string // the log's
	figures *figures
}

func main() {
	l := &load{figures: newFigures()}
	flag.Float64Var(&l.rate, "rate", 50, "applications a second")
	flag.DurationVar(&l.length, "for", 10*time.Minute, "how long")
	flag.IntVar(&l.most, "month", 0, "so many applications as fast as they end, however long it takes")
	flag.IntVar(&l.clients, "clients", 64, "applications that are under way at once, at most")
	flag.BoolVar(&l.letters, "letters", false, "print letters beside, which takes half a second of a processor for each")
	flag.StringVar(&l.program, "skalig", "bin/skalig", "the program")
	flag.StringVar(&l.data, "data", "", "a new folder for the service's data, kept afterwards; none: a temporary one")
	flag.Parse()
	if l.most > 0 {
		l.rate, l.length = 0, 24*time.Hour
	}
	runtime.GOMAXPROCS(1) // the rest of the machine is the service's
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := l.run(ctx, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

func (l *load) run(ctx context.Context, to io.Writer) (err error) {
	if l.data == "" {
		dir, err := os.MkdirTemp("", "skalig-load-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		l.data = filepath.Join(dir, "data")
	}
	s, err := serve(ctx, l.program, l.data, l.letters)
	if err != nil {
		return err
	}
	began := time.Now()
	first, last, drove := l.drive(ctx, s)
	took := time.Since(began)
	l.figures.print(to)
	n := l.figures.leaves()
	fmt.Fprintf(to, "%d decisions with receipts in %.0f s: %.1f/s\nafter the first minute %v\nat the end             %v\n", n, took.Seconds(), float64(n)/took.Seconds(), first, last)
	if err := errors.Join(drove, s.stop()); err != nil {
		return err
	}
	if err := l.disk(to, n); err != nil {
		return err
	}
	return errors.Join(l.after(ctx, to, n), l.flat(first, last, took))
}

// drive begins applications and readers, and looks at the service after the first
// minute, or at the beginning of a shorter run, and at the end.
func (l *load) drive(ctx context.Context, s *service) (first, last state, err error) {
	l.url = s.url
	b := newBrowser(l.url, 1<<20, l.figures)
	key, err := b.ask(ctx, "log's key", "/log/key", nil)
	if err != nil {
		return first, last, err
	}
	l.key = string(bytes.TrimSpace([]byte(key.body)))
	reading, enough := context.WithCancel(ctx)
	var beside sync.WaitGroup
	for n, r := range readers {
		beside.Go(func() { l.read(reading, n, r) })
	}
	looked := make(chan error, 1)
	go func() {
		select {
		case <-time.After(min(time.Minute, l.length/2)):
		case <-reading.Done():
		}
		var err error
		first, err = s.look(l.figures.leaves())
		looked <- err
	}()
	l.begin(ctx)
	enough()
	beside.Wait()
	if err := <-looked; err != nil {
		return first, last, err
	}
	last, err = s.look(l.figures.leaves())
	return first, last, errors.Join(err, ctx.Err())
}

// begin begins applications until the time is up or there are enough, and waits for
// those that are under way.
func (l *load) begin(ctx context.Context) {
	slots := make(chan struct{}, l.clients)
	var wg sync.WaitGroup
	defer wg.Wait()
	began := time.Now()
	for n := 0; l.most == 0 || n < l.most; n++ {
		due := began
		if l.rate > 0 {
			due = began.Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
		}
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		if time.Since(began) > l.length {
			return
		}
		if l.rate > 0 {
			l.figures.late(time.Since(due))
		}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := l.apply(ctx, n); err != nil && ctx.Err() == nil {
				l.figures.failed(err)
			}
		})
	}
}
