// Package faults holds no code but tests: it runs the service's journal, flow and
// log in a process of their own, harms that process or what it stands on, and
// looks at what is left.
//
// # The rounds
//
// A victim opens a data folder as the server does and submits applications from
// several writers at once. It says "s CASE" when an application is durable and
// "p CASE" when its decision has a published receipt; what it has said is
// acknowledged. Then something happens to it:
//
//	kill      SIGKILL at a random time
//	step      SIGKILL at the n-th call that makes something durable
//	power     the disk's unwritten pages are dropped: the loop-mounted file system
//	          is shut down without flushing its journal, and mounted again
//	liar      power, on a disk that says "written" and does not write; the control
//	          that must fail, since it shows that power loses what is not flushed
//	error     the n-th write or flush fails: EIO, ENOSPC
//	slow      every flush takes long
//	full      the file system has no room, and later has: the process goes on
//	denied    a folder that can't be written, or that another process has open
//	corrupt   bytes of the journal, its keys, tiles, bundles or the checkpoint are
//	          changed, cut, removed or put back from before
//	clock     the wall clock jumps
//	log       the log is down, slow, or signs with another key
//
// # What holds after each
//
// The folder is opened again as it was left, everything half-done is taken up, and
// package inspection finds nothing wrong: journal and log tell one story in one
// order, every receipt verifies, every decision computes to the same bytes. Every
// acknowledged application is there, every acknowledged decision is in the log
// once, and the log's checkpoint has not shrunk. A fault that the service can't
// stand above makes it stop, or refuse to start, with a reason.
//
// The rounds are as many as the gate can afford; `make soak` repeats them all.
package faults
