package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// An Account is whom PostgreSQL runs as, nil for oneself. It refuses to be root.
type Account struct{ uid, gid int }

func unprivileged() (*Account, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("error: PostgreSQL does not run as root, and there is no user to run it as: %w\nhint: sudo apt-get install postgresql", err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	return &Account{uid, gid}, errors.Join(err1, err2)
}

// own gives a directory to the account.
func (a *Account) own(dir string) error {
	if a == nil {
		return nil
	}
	return os.Chown(dir, a.uid, a.gid)
}

// Become makes a command run as the account.
func (a *Account) Become(cmd *exec.Cmd) {
	if a == nil {
		return
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
}
