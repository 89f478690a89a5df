//go:build js && wasm

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"syscall/js"

	"github.com/syumai/workers"

	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/estimate"
)

// refused marks a request that the platform's limit does not let through. The
// entry sets it; no header of the visitor's comes this far.
const refused = "Skalig-Refused"

func main() {
	given := js.Global().Get("context")
	h, err := estimate.New(estimate.Config{
		Engine: artefact{given.Get("engine")},
		SHA256: given.Get("sha256").String(),
		Words:  site.EngineWords,
		Allow:  func(r *http.Request) bool { return r.Header.Get(refused) == "" },
	})
	if err != nil {
		panic(err)
	}
	workers.ServeNonBlock(whole(h))
	workers.Ready()
	select {} // the program answers request after request
}

// artefact is engine.wasm, which the entry calls.
type artefact struct{ call js.Value }

func (a artefact) Call(_ context.Context, name string, in []byte) ([]byte, error) {
	input := js.Global().Get("Uint8Array").New(len(in))
	js.CopyBytesToJS(input, in)
	output := a.call.Invoke(name, input)
	if output.IsNull() {
		return nil, errors.New("the artefact failed")
	}
	out := make([]byte, output.Length())
	js.CopyBytesToGo(out, output)
	return out, nil
}

// whole takes each body and hands over each answer in one piece.
func whole(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if given, ok := r.Body.(interface{ GetRawJSBody() js.Value }); ok {
			body := make([]byte, given.GetRawJSBody().Length())
			js.CopyBytesToGo(body, given.GetRawJSBody())
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		out := answer(h, w.Header(), r)
		body := js.Global().Get("Uint8Array").New(len(out.body))
		js.CopyBytesToJS(body, out.body)
		w.WriteHeader(out.code)
		w.(interface{ WriteRawJSBody(js.Value) }).WriteRawJSBody(body)
	})
}

// answer runs the handler. One that panics must not take the program with it.
func answer(h http.Handler, head http.Header, r *http.Request) (out *collected) {
	defer func() {
		if recover() != nil {
			out = &collected{code: http.StatusInternalServerError}
		}
	}()
	out = &collected{head: head}
	h.ServeHTTP(out, r)
	return out
}

// collected is an answer until it is whole.
type collected struct {
	head http.Header
	code int
	body []byte
}

func (c *collected) Header() http.Header { return c.head }

func (c *collected) WriteHeader(code int) {
	if c.code == 0 {
		c.code = code
	}
}

func (c *collected) Write(b []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	c.body = append(c.body, b...)
	return len(b), nil
}
