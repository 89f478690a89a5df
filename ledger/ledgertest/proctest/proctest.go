// Package proctest runs programs for tests as processes that can be killed, and that
// end with the test process, also if that is killed.
package proctest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// A Process is a running program.
type Process struct {
	cmd  *exec.Cmd
	path string        // of what it says
	done chan struct{} // closed when it has ended
}

// Launch starts a program that writes to the file said. become may change how it
// runs; nil: as we do.
func Launch(said string, become func(*exec.Cmd), program string, args ...string) (*Process, error) {
	out, err := os.OpenFile(said, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if become != nil {
		become(cmd)
	}
	diesWithUs(cmd.SysProcAttr)
	if err := <-parent(cmd.Start); err != nil {
		return nil, fmt.Errorf("couldn't start %s: %w", program, err)
	}
	p := &Process{cmd, said, make(chan struct{})}
	go func() {
		cmd.Wait() // it is always killed
		close(p.done)
	}()
	return p, nil
}

var (
	births chan func()
	first  sync.Once
)

// parent runs f in the thread that starts all processes. The system ties a child's
// life to the thread that started it, and this one lasts.
func parent(f func() error) chan error {
	first.Do(func() {
		births = make(chan func())
		go func() {
			runtime.LockOSThread()
			for birth := range births {
				birth()
			}
		}()
	})
	result := make(chan error, 1)
	births <- func() { result <- f() }
	return result
}

// Pid is the process's number.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Ended reports whether the process has.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Kill ends the process at once, without a chance to tidy up.
func (p *Process) Kill() {
	p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
}

// Said is the end of what the process has written.
func (p *Process) Said() string { return tail(p.path) }

// tail is the end of a file, or why it can't be read.
func tail(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-4000):])
}
