package tessera

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"k8s.io/klog/v2"
)

// Tessera speaks through klog, which is one for the whole process and would write
// to standard error. What it says goes to the logger of the log opened last with
// one, and before that nowhere.
var (
	routed  sync.Once
	speaker atomic.Pointer[slog.Logger]
)

func quiet(logger *slog.Logger) {
	if !speaker.CompareAndSwap(nil, logger) && logger != silent {
		speaker.Store(logger)
	}
	routed.Do(func() { klog.SetSlogLogger(slog.New(route{})) })
}

// route is a handler that asks for the logger at every line.
type route struct{}

func (route) handler() slog.Handler { return speaker.Load().Handler() }

func (r route) Enabled(ctx context.Context, level slog.Level) bool {
	return r.handler().Enabled(ctx, level)
}
func (r route) Handle(ctx context.Context, record slog.Record) error {
	record.AddAttrs(slog.String("from", "tessera"))
	return r.handler().Handle(ctx, record)
}
func (r route) WithAttrs([]slog.Attr) slog.Handler { return r }
func (r route) WithGroup(string) slog.Handler      { return r }
