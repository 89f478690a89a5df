package store_test

import (
	"bytes"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// FuzzDecodeHead: the plain part of a journal's row is refused, or is written again as
// one text alone, which reads as the same.
func FuzzDecodeHead(f *testing.F) {
	for _, seed := range [][2]string{
		{"submitted", `{"person":"ref","municipality":"9999","month":"2026-11","key":"k","digest":"d"}`},
		{"decided", `{"index":1,"municipality":"9999","number":0,"leaf":"bGVhZg==","mode":"automatic","outcome":"granted","engine":"e"}`},
		{"published", `{"index":18446744073709551615}`},
		{"access", `{"actor":"ref","role":"applicant","action":"read","cases":["a"]}`},
		{"payment-ordered", `{"batch":"b","municipality":"9999","parts":[{"id":"p","case":"c","number":1}],"by":"ref"}`},
		{"payment-rejection", `{"batch":"b","transfers":["p"],"stands":true,"by":"ref"}`},
		{"decided", `{"index":1,"index":2}`}, {"queued", `{"reasons":["human-asked"],"more":1}`}, {"", ``}, {"erased", `null`},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, kind string, text []byte) {
		head, err := store.DecodeHead(store.Kind(kind), text)
		if err != nil {
			return
		}
		if head.Kind() != store.Kind(kind) {
			t.Fatalf("a head of kind %q was read as %q", kind, head.Kind())
		}
		once, err := store.EncodeHead(head)
		if err != nil {
			t.Fatal(err)
		}
		again, err := store.DecodeHead(store.Kind(kind), once)
		if err != nil {
			t.Fatalf("%s, written as %s, is not read: %v", text, once, err)
		}
		if twice, err := store.EncodeHead(again); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%s is written as %s, and then as %s: %v", text, once, twice, err)
		}
	})
}
