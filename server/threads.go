package server

import (
	"os"
	"runtime"
	"sync"
)

// few is how many processors are so few that who waits for the disk waits for a turn after
// it too.
const few = 4

// more lets twice as many goroutines run at once as there are processors, where they are
// few. Whoever holds the journal's pen waits for the disk, and then, behind all who compute,
// for a turn: the system gives it one sooner than Go's scheduler. On two processors make
// load took 68 applications a second by it, and 60 without. GOMAXPROCS in the environment
// overrules it; a container's bound is the one at the start.
var more = sync.OnceFunc(func() {
	if n := runtime.GOMAXPROCS(0); os.Getenv("GOMAXPROCS") == "" && n <= few {
		runtime.GOMAXPROCS(2 * n)
	}
})
