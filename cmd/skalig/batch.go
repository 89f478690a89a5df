package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/skalig/skalig/wasm/contract"
)

// batch answers each line of facts with a line, in order, on all cores. A line
// that is refused is answered with its errors and does not stop the rest.
func (a *assess) batch(s streams) error {
	in, err := openFile(s, a.File)
	if err != nil {
		return err
	}
	defer in.Close()

	type job struct {
		number int
		facts  []byte
		out    chan []byte
	}
	jobs := make(chan job, 4*runtime.GOMAXPROCS(0))
	ordered := make(chan job, cap(jobs))
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for j := range jobs {
				j.out <- a.answerLine(s, j.facts)
			}
		}()
	}
	readError := make(chan error, 1)
	go func() {
		defer close(ordered)
		defer close(jobs)
		lines := bufio.NewScanner(in)
		lines.Buffer(make([]byte, 64<<10), contract.MaxInput)
		for n := 1; lines.Scan(); n++ {
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			j := job{n, bytes.Clone(lines.Bytes()), make(chan []byte, 1)}
			jobs <- j
			ordered <- j
		}
		readError <- lines.Err()
	}()

	out := bufio.NewWriter(s.out)
	progress := terminal(s.err)
	answered, refused := 0, 0
	for j := range ordered {
		line := <-j.out
		if answered++; progress && answered%10_000 == 0 {
			fmt.Fprintf(s.err, "\r%d households", answered)
		}
		if bytes.HasPrefix(line, []byte(`{"errors":`)) {
			refused++
			fmt.Fprintf(s.err, "error: line %d was refused: %s\n", j.number, line)
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	if progress {
		fmt.Fprint(s.err, "\r")
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("couldn't write the answers: %w", err)
	}
	if err := <-readError; err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("line %d is longer than %d bytes", answered+1, contract.MaxInput)
		}
		return fmt.Errorf("couldn't read on: %w", err)
	}
	fmt.Fprintf(s.err, "%d households, %d refused\n", answered, refused)
	if refused > 0 {
		return errNo
	}
	return nil
}

func (a *assess) answerLine(s streams, facts []byte) []byte {
	guideline, err := a.guideline(s, facts)
	if err != nil {
		return []byte(`{"errors":[{"code":"guideline-unreadable","path":""}]}`)
	}
	return contract.Assess(contract.Input(facts, guideline, nil))
}

// terminal says whether somebody watches a stream.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
