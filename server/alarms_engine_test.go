package server_test

import (
	"bytes"
	"sync/atomic"
	"time"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/store/storetest"
	"github.com/skalig/skalig/wasm/contract"
)

func engineDiffers(w *watch) string {
	var wrong atomic.Bool
	s := w.of(w.t.TempDir(), func(c *server.Config) {
		c.Natively(func(name string, in []byte) []byte {
			out := contract.Call(name, in)
			if wrong.Load() && name == "assess" {
				return bytes.Replace(out, []byte("6720"), []byte("6721"), 1)
			}
			return out
		})
	})
	decided(w.t, s, "alva")
	w.pass(quiet)
	before := w.at()
	wrong.Store(true)
	s.as(w.t, "bo").apply(single, nil)
	w.pass(4)
	if n := w.value(`skalig_decisions_total{mode="automatic",municipality="9999",outcome="granted",job="skalig"}`); n != "1" {
		w.t.Errorf("the machine has made %s decisions", n)
	}
	return before
}

func recordChanged(w *watch) string {
	data := w.t.TempDir()
	s := w.of(data)
	decided(w.t, s, "alva")
	w.pass(quiet)
	before := w.at()
	s.stop()
	storetest.Reseal(w.t, data, "decided", []byte("6720"), []byte("9720"))
	w.of(data)
	for deadline := time.Now().Add(20 * time.Second); w.scrape()[`skalig_replay_decisions_total{result="mismatch",job="skalig"}`] != "1"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("a record that was changed goes unnoticed")
		}
	}
	w.pass(4)
	return before
}
