package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/skalig/skalig/engine/sol/conformance"
)

// maxAnswer is the largest answer in bytes that is read.
const maxAnswer = 16 << 20

var (
	errSlow    = errors.New("the command took too long")
	errStopped = errors.New("the command gave no more answers")
)

// runEach runs the command once a case: the input on standard input, the answer
// on standard output. Its exit status is not looked at, since a refusal is an
// answer too; it is named where there is no right answer.
func runEach(command []string, timeout time.Duration, cases []conformance.Case, answered func([]byte, error)) error {
	for _, c := range cases {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		cmd := foreign(ctx, command)
		cmd.Stdin = bytes.NewReader(c.Input)
		out, said := &limited{limit: maxAnswer}, &limited{limit: 500}
		cmd.Stdout, cmd.Stderr = out, said
		err := cmd.Start()
		if err != nil {
			cancel()
			return fmt.Errorf("couldn't run the command: %w", err)
		}
		err = cmd.Wait()
		if ctx.Err() != nil {
			err = errSlow
		}
		cancel()
		answered(out.Bytes(), fault(err, said))
	}
	return nil
}

// runLines runs the command once. It is fed by another goroutine, so that it may
// answer at once, late or at the end; the timeout is for the next answer.
func runLines(command []string, timeout time.Duration, cases []conformance.Case, answered func([]byte, error)) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	cmd := foreign(ctx, command)
	said := &limited{limit: 500}
	cmd.Stderr = said
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("couldn't run the command: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("couldn't run the command: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("couldn't run the command: %w", err)
	}
	go feed(in, cases)

	slow := time.AfterFunc(timeout, func() {
		cancel(errSlow)
		out.Close() // a child of the command may still hold the other end
	})
	defer slow.Stop()
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 64<<10), maxAnswer)
	answers := 0
	for answers < len(cases) && lines.Scan() {
		slow.Reset(timeout)
		answered(lines.Bytes(), nil)
		answers++
	}
	more := lines.Scan()
	slow.Stop()
	cancel(nil)    // it has said all that is asked for
	_ = cmd.Wait() // its status says nothing that its answers do not
	why := fault(errStopped, said)
	if errors.Is(context.Cause(ctx), errSlow) {
		why = errSlow
	}
	for ; answers < len(cases); answers++ {
		answered(nil, why)
	}
	if more {
		return fmt.Errorf("the command gave more than %d answers", len(cases))
	}
	return nil
}

// feed writes an input a line. A command that stops reading is seen by the
// answers it does not give.
func feed(in io.WriteCloser, cases []conformance.Case) {
	defer in.Close()
	w := bufio.NewWriter(in)
	for _, c := range cases {
		w.Write(c.Input)
		w.WriteByte('\n')
	}
	w.Flush()
}

// foreign prepares a command that is stopped with its pipes when ctx ends.
func foreign(ctx context.Context, command []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.WaitDelay = time.Second
	return cmd
}

// fault joins how a command ended with the first line it said about it.
func fault(err error, said *limited) error {
	line, _, _ := bytes.Cut(bytes.TrimSpace(said.Bytes()), []byte("\n"))
	switch {
	case err == nil:
		return nil
	case len(line) == 0:
		return err
	}
	return fmt.Errorf("%w (%s)", err, line)
}

// limited keeps the first bytes that are written to it.
type limited struct {
	bytes.Buffer
	limit int
}

func (l *limited) Write(p []byte) (int, error) {
	l.Buffer.Write(p[:min(len(p), l.limit-l.Len())])
	return len(p), nil
}
