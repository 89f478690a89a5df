package server

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// floor is how much new memory there is at least between two collections: a small
// service would else collect ten times a second when many apply, for a tenth of its time.
const floor = 64 << 20

// collecting sets how often memory is collected by how much is alive, until ctx ends: at
// its doubling, as Go does by itself, or when floor is new. GOGC in the environment
// overrules it.
func collecting(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for {
		metrics.Read(live)
		debug.SetGCPercent(percent(live[0].Value.Uint64()))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// percent is how much more than what is alive there may be.
func percent(live uint64) int { return int(max(100, floor*100/max(live, 1<<20))) }
