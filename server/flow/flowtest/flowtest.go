// Package flowtest has what the tests of a deciding service share: a day, a household,
// and a board whose decisions the machine may make.
package flowtest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/release/releasetest"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
	"github.com/skalig/skalig/wasm/host"
)

// Noon is that of 22 November 2026 in Stockholm.
var Noon = time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)

// Single is a single person of 34, whose application the machine may grant in full: the
// norm 5 220 (S), rent 6 500 under the cap of 7 000, and sickness benefit 5 000 give 6 720.
const Single = `{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999",` +
	`"persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}],"housing":{"tenure":"rent","rooms":2},` +
	`"costs":[{"id":"k1","kind":"rent","amount":6500}],` +
	`"incomes":[{"id":"i1","kind":"sicknessBenefit","person":"p1","amount":5000,"month":"2026-10","source":"declared"}]}`

// Board is that of the invented municipality.
func Board() flow.Board {
	return flow.Board{Municipality: "9999", Delegation: "SN 2026:12", Kinds: []string{flow.KindNew, flow.KindRenewal},
		Sources: []string{"declared"}, Caseworkers: "SN 2026:11", Organisation: "demo"}
}

// Engine opens the released engine, once in a process.
var Engine = sync.OnceValues(func() (*host.Module, error) {
	module, ok := wasm.Engine(wasm.Current().EngineSHA256)
	if !ok {
		return nil, errors.New("this build holds no engine")
	}
	return host.Open(context.Background(), module)
})

// Config decides for [Board] by what this build holds, approved by two people from the
// day of [Noon] on. What keeps something is for the caller to add: store, ledger, keys,
// digests; and a clock.
func Config() (flow.Config, error) {
	engine, err := Engine()
	if err != nil {
		return flow.Config{}, err
	}
	words, err := site.EngineWords("sv")
	if err != nil {
		return flow.Config{}, err
	}
	approved, err := releasetest.FromDay(Noon.Format(time.DateOnly))
	if err != nil {
		return flow.Config{}, err
	}
	return flow.Config{Engine: engine, Native: contract.Call, Words: words, Boards: []flow.Board{Board()},
		Releases: func() ([]release.Approved, error) { return approved, nil }, Kept: func([32]byte) bool { return true },
		Guideline: func(code, _ string) ([]byte, bool) { return municipal.File(code) }}, nil
}
