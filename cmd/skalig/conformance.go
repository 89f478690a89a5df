package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/skalig/skalig/engine/sol/conformance"
	"github.com/skalig/skalig/wasm/contract"
)

type conform struct {
	Lines   bool          `help:"Run the command once: an input a line, an answer a line, in order."`
	Timeout time.Duration `help:"How long an answer may take." default:"20s"`
	Write   string        `help:"Write the suite (schemas, cases, manifest) to a folder that is empty or not there, and exit." placeholder:"DIR"`
	Answer  bool          `help:"Answer as the engine does, one input or, with --lines, one a line, from standard input."`
	Command []string      `arg:"" optional:"" passthrough:"" name:"command" help:"The command to test, with its arguments."`
}

// Run holds a foreign command against the published suite.
func (c *conform) Run(s streams) error {
	switch {
	case c.Write != "":
		return c.write(s)
	case c.Answer:
		return c.answer(s)
	case len(c.Command) == 0:
		return hinted{errors.New("no command was named"), "skalig conformance ./my-engine, or skalig conformance --lines ./my-engine"}
	}
	cases, err := c.cases()
	if err != nil {
		return err
	}
	run := runEach
	if c.Lines {
		run = runLines
	}
	alike, at := 0, 0
	err = run(c.Command, c.Timeout, cases, func(answer []byte, fault error) {
		difference := conformance.Difference(contract.Assess(cases[at].Input), answer)
		if difference != "" && fault != nil {
			difference = fmt.Sprintf("%s: %v", difference, fault)
		}
		if difference == "" {
			alike++
			fmt.Fprintf(s.out, "ok    %s\n", cases[at].Name)
		} else {
			fmt.Fprintf(s.out, "DIFF  %s: %s\n", cases[at].Name, difference)
		}
		at++
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n%d of %d cases are answered alike by %s\n", alike, len(cases), strings.Join(c.Command, " "))
	return answer(alike == len(cases))
}

// cases are the suite's, once it is known that this program answers them as
// published.
func (c *conform) cases() ([]conformance.Case, error) {
	if _, err := conformance.Files(contract.Assess); err != nil {
		return nil, err
	}
	all, err := conformance.Cases()
	if err != nil || !c.Lines {
		return all, err
	}
	var lines []conformance.Case
	for _, one := range all {
		if len(one.Input) > 0 { // an empty line is no input
			lines = append(lines, one)
		}
	}
	return lines, nil
}

func (c *conform) write(s streams) error {
	files, err := conformance.Files(contract.Assess)
	if err != nil {
		return err
	}
	if have, err := os.ReadDir(c.Write); err == nil && len(have) > 0 {
		return hinted{fmt.Errorf("couldn't write the suite: %s is not empty", c.Write), "name a folder that is not there yet"}
	}
	for _, f := range files {
		path := filepath.Join(c.Write, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return fmt.Errorf("couldn't write the suite: %w", err)
		}
		if err := os.WriteFile(path, f.Bytes, 0o666); err != nil {
			return fmt.Errorf("couldn't write the suite: %w", err)
		}
	}
	fmt.Fprintf(s.out, "%d files in %s\n", len(files), c.Write)
	return nil
}

// answer is the reference that others are held against.
func (c *conform) answer(s streams) error {
	if !c.Lines {
		in, err := io.ReadAll(io.LimitReader(s.in, contract.MaxInput+2))
		if err != nil {
			return fmt.Errorf("couldn't read the input: %w", err)
		}
		_, err = fmt.Fprintf(s.out, "%s\n", contract.Assess(bytes.TrimSuffix(in, []byte("\n"))))
		return err
	}
	in := bufio.NewReader(s.in)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("couldn't read on: %w", err)
		}
		if line = bytes.TrimSuffix(line, []byte("\n")); len(line) > 0 {
			if _, err := fmt.Fprintf(s.out, "%s\n", contract.Assess(line)); err != nil {
				return fmt.Errorf("couldn't write the answer: %w", err)
			}
		}
		if err != nil {
			return nil
		}
	}
}
