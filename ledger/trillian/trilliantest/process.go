package trilliantest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
)

// A process is a running program.
type process struct {
	cmd  *exec.Cmd
	path string        // of what it says
	done chan struct{} // closed when it has ended
}

// launch starts a program that writes to the file said.
func launch(as *account, said, program string, args ...string) (*process, error) {
	out, err := os.OpenFile(said, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	as.become(cmd)
	diesWithUs(cmd.SysProcAttr)
	if err := <-parent(cmd.Start); err != nil {
		return nil, fmt.Errorf("couldn't start %s: %w", program, err)
	}
	p := &process{cmd, said, make(chan struct{})}
	go func() {
		cmd.Wait() // it is always killed
		close(p.done)
	}()
	return p, nil
}

var births chan func()

// parent runs f in the thread that starts all processes. The system ties a child's
// life to the thread that started it, and this one lasts.
func parent(f func() error) chan error {
	if births == nil {
		births = make(chan func())
		go func() {
			runtime.LockOSThread()
			for birth := range births {
				birth()
			}
		}()
	}
	result := make(chan error, 1)
	births <- func() { result <- f() }
	return result
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) kill() {
	p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
}

func (p *process) said() string {
	data, err := os.ReadFile(p.path)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-2000):])
}

// An account is whom PostgreSQL runs as, nil for oneself. It refuses to be root.
type account struct{ uid, gid int }

func unprivileged() (*account, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("error: PostgreSQL does not run as root, and there is no user to run it as: %w\nhint: sudo apt-get install postgresql", err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	return &account{uid, gid}, errors.Join(err1, err2)
}

// own gives a directory to the account.
func (a *account) own(dir string) error {
	if a == nil {
		return nil
	}
	return os.Chown(dir, a.uid, a.gid)
}

// become makes a command run as the account.
func (a *account) become(cmd *exec.Cmd) {
	if a == nil {
		return
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
}
