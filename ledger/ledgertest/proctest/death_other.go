//go:build !linux

package proctest

import "syscall"

// diesWithUs does nothing where the system offers nothing: whoever launched kills.
func diesWithUs(*syscall.SysProcAttr) {}
