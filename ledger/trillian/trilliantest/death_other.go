//go:build !linux

package trilliantest

import "syscall"

// diesWithUs does nothing where the system offers nothing: [Run] kills what runs.
func diesWithUs(*syscall.SysProcAttr) {}
