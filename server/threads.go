package server

import (
	"os"
	"runtime"
	"sync"
)

// more lets twice as many goroutines run at once as there are processors. Whoever holds
// the journal's pen waits for the disk, and then, behind all who compute, for a turn: the
// system gives it one sooner than Go's scheduler. GOMAXPROCS in the environment overrules it.
var more = sync.OnceFunc(func() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0)) // which knows a container's bound
	}
})
