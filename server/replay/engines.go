package replay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
)

// sampled is how often a decision that was recomputed natively is recomputed by
// the artefact too.
const sampled = 1024

// maxGuidelines bounds the digests of rules that an engine remembers.
const maxGuidelines = 1024

// Engines replays decisions by every kept artefact, each compiled once, at the
// first decision that names it. The current release is replayed by the native
// build of the same source, which is some ten times as fast, under these terms:
//
//   - its parameters are the artefact's, byte for byte;
//   - whatever differs is computed again by the artefact, which alone is believed;
//   - of the rest the first and every 1024th are computed by both.
//
// Where the two builds differ in a single byte, the native one is not used again
// and [Engines.NativeDiffers] says so. Engines may be used by several goroutines.
type Engines struct {
	artefact bool // always
	differs  atomic.Bool

	mu   sync.Mutex
	open map[[32]byte]*engine
}

// NewEngines gives engines that nothing has been compiled of yet. With artefact
// the native build is not used at all.
func NewEngines(artefact bool) *Engines {
	return &Engines{artefact: artefact, open: map[[32]byte]*engine{}}
}

// NativeDiffers reports that the native build was seen to answer otherwise than
// the artefact of the same release.
func (e *Engines) NativeDiffers() bool { return e.differs.Load() }

// Close frees every artefact.
func (e *Engines) Close(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var errs []error
	for _, g := range e.open {
		if g.module != nil {
			errs = append(errs, g.module.Close(ctx))
		}
	}
	clear(e.open)
	return errors.Join(errs...)
}

// Decision replays a decision. It returns nil, or an error that is or wraps a
// [Difference].
func (e *Engines) Decision(ctx context.Context, d *record.Decision) error {
	g := e.engine(ctx, d.Engine)
	if g.err != nil {
		return g.err
	}
	if g.rules(d.Guideline) != d.Rules {
		return RulesDiffer
	}
	in := contract.Input(d.Facts, d.Guideline, nil)
	native := g.native && !e.NativeDiffers()
	if native {
		answer := contract.Assess(in)
		err := compare(d, answer)
		if err == nil && (g.count.Add(1)-1)%sampled != 0 {
			return nil
		}
		out, failed := g.module.Call(ctx, "assess", in)
		if failed == nil && bytes.Equal(out, answer) {
			return err
		}
		e.differs.Store(true)
	}
	out, err := g.module.Call(ctx, "assess", in)
	if err != nil {
		return fmt.Errorf("%w: %w", EngineFailed, err)
	}
	return compare(d, out)
}

// Answer is what the artefact that a decision names answers to its facts, for who asks
// how a replay differs; nil where it does not answer.
func (e *Engines) Answer(ctx context.Context, d *record.Decision) []byte {
	g := e.engine(ctx, d.Engine)
	if g.err != nil {
		return nil
	}
	out, err := g.module.Call(ctx, "assess", contract.Input(d.Facts, d.Guideline, nil))
	if err != nil {
		return nil
	}
	return out
}

// engine is one artefact at work.
type engine struct {
	module     *host.Module
	err        error // why it is of no use
	native     bool  // this program holds the same engine natively
	parameters []byte
	count      atomic.Uint64 // of decisions replayed natively

	mu      sync.RWMutex
	digests map[string][32]byte // of the rules, by guideline
}

func (e *Engines) engine(ctx context.Context, sha [32]byte) *engine {
	e.mu.Lock()
	defer e.mu.Unlock()
	g := e.open[sha]
	if g == nil {
		g = &engine{digests: map[string][32]byte{}}
		g.err = g.start(ctx, sha)
		g.native = g.err == nil && !e.artefact && sha == wasm.Current().EngineSHA256
		if g.native && !bytes.Equal(contract.Parameters(nil), g.parameters) {
			e.differs.Store(true)
		}
		e.open[sha] = g
	}
	return g
}

func (g *engine) start(ctx context.Context, sha [32]byte) error {
	module, ok := wasm.Engine(sha)
	if !ok {
		return EngineUnknown
	}
	var err error
	if g.module, err = host.Open(ctx, module); err == nil {
		g.parameters, err = g.module.Call(ctx, "parameters", nil)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", EngineFailed, err)
	}
	return nil
}

// rules is the digest of the engine's parameters and a guideline.
func (g *engine) rules(guideline []byte) [32]byte {
	g.mu.RLock()
	sum, ok := g.digests[string(guideline)]
	g.mu.RUnlock()
	if ok {
		return sum
	}
	h := sha256.New()
	h.Write(g.parameters)
	h.Write(guideline)
	sum = [32]byte(h.Sum(nil))
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.digests) >= maxGuidelines {
		clear(g.digests)
	}
	g.digests[string(guideline)] = sum
	return sum
}
