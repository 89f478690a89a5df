package proctest

import "syscall"

// diesWithUs has the system kill a process when its parent ends.
func diesWithUs(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
