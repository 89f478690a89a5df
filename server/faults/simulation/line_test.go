package simulation_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"time"
)

// What a line says.
var (
	errDead = errors.New("the process is dead")
	errLost = errors.New("the line brought no answer")
	errIO   = errors.New("disk I/O error")
)

// patience is how long somebody waits at a line that brings nothing, who has no patience
// of his own: the time-out of a connection.
const patience = 3 * time.Second

// A line is one connection of a node's process to something.
type line struct {
	life *life
	to   string // "disk" is the node's own: nothing is lost on the way
	c    *chance
}

// Dead implements fragile.Line.
func (l *line) Dead() <-chan struct{} { return l.life.dead }

// Call implements fragile.Line.
func (l *line) Call(ctx context.Context, what string, do func() error) error {
	w := l.life.node.w
	if err := l.life.awake(ctx); err != nil {
		return err
	}
	fate := l.draw(what)
	before, after := l.life.strikes(what)
	if before {
		l.life.end("before " + what)
		return errDead
	}
	if err := l.life.sleep(ctx, fate.out); err != nil {
		l.deliver(what, fate.out, fate, do) // it was on its way
		return err
	}
	if fate.failed != nil {
		if fate.late { // kept all the same
			_ = do()
		}
		w.note(l.life.node, l.to, what, fate.failed.Error())
		return fate.failed
	}
	if err := l.life.awake(ctx); err != nil { // frozen as it was about to say it
		l.deliver(what, l.c.between(0, 15*time.Second), fate, do)
		return err
	}
	if fate.lostOut || l.severed() {
		l.deliver(what, l.c.between(0, 15*time.Second), fate, do)
		return l.silence(ctx)
	}
	err := do()
	w.note(l.life.node, l.to, what, "")
	if after {
		l.life.end("after " + what)
		return errDead
	}
	if fate.lostBack {
		return l.silence(ctx)
	}
	if err := l.life.sleep(ctx, fate.back); err != nil {
		return err
	}
	if err := l.life.awake(ctx); err != nil {
		return err
	}
	return err
}

// deliver has a step that somebody has stopped waiting for happen all the same, later.
func (l *line) deliver(what string, after time.Duration, f fate, do func() error) {
	may := what == "sync" || strings.HasPrefix(what, "UPDATE") || strings.HasPrefix(what, "INSERT") || what == "AddSequencedLeaves"
	if !f.late || !may {
		return
	}
	time.AfterFunc(after, func() {
		l.life.node.w.note(l.life.node, l.to, what, "late")
		_ = do()
	})
}

// severed says whether the node, or what is at the far end, is cut off.
func (l *line) severed() bool {
	return l.to != "disk" && (l.life.node.severed.Load() || l.to == "log" && l.life.node.w.logAway.Load())
}

// silence is what one hears whose question or answer was lost.
func (l *line) silence(ctx context.Context) error {
	if err := l.life.sleep(ctx, patience); err != nil {
		return err
	}
	return errLost
}

// A fate is what becomes of one step.
type fate struct {
	out, back         time.Duration
	lostOut, lostBack bool
	late              bool // it happens, although nobody waits for it any more
	failed            error
}

func (l *line) draw(what string) fate {
	w := l.life.node.w
	f := fate{out: l.c.between(20*time.Microsecond, 2*time.Millisecond), back: l.c.between(20*time.Microsecond, 2*time.Millisecond), late: l.c.coin()}
	trouble := w.trouble()
	if trouble == 0 {
		return f
	}
	switch roll := l.c.upTo(1000); {
	case roll < trouble:
		f.out = l.c.between(50*time.Millisecond, 2*time.Second)
	case roll < 2*trouble:
		f.back = l.c.between(50*time.Millisecond, 2*time.Second)
	case l.to == "disk":
		if what == "sync" && roll < 2*trouble+2 {
			f.failed = errIO
		} else if what == "sync" && roll < 2*trouble+6 {
			f.failed = syscall.ENOSPC
			l.life.node.fill()
		}
	case roll < 3*trouble:
		f.lostOut = true
	case roll < 4*trouble:
		f.lostBack = true
	}
	return f
}
