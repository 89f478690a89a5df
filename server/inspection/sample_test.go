package inspection_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/ledger/sample"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/server/store/storetest"
)

// TestSample: a sample is what the secret draws from the outbox; one whose row was
// changed by who chains the journal anew is found.
func TestSample(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	for n := range 4 {
		s.apply(t, n, single)
	}
	rut := store.Caller{Ref: "rut", Role: store.Auditor, Municipality: "9999"}
	secret := [32]byte(bytes.Repeat([]byte{9}, 32))
	asked, err := s.flow.AskSample(t.Context(), rut, "Revisorerna", 2, sample.Seal(secret))
	if err == nil {
		err = s.st.AwaitReceipt(t.Context(), asked)
	}
	if err == nil {
		err = s.flow.RevealSample(t.Context(), rut, asked, secret)
	}
	if err == nil {
		err = s.st.AwaitReceipt(t.Context(), asked+1)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.stop(t)
	if r := check(t, dir); r.Wrong > 0 || r.Leaves != 7 {
		t.Errorf("%+v\n%s", r, faults(r))
	}
	drawn, err := s.st.Sample(asked)
	if err != nil || len(drawn.Indexes) != 2 {
		t.Fatalf("%+v %v", drawn, err)
	}
	was, err := json.Marshal(drawn.Indexes)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct{ change, want string }{
		"other decisions": {`UPDATE journal SET head = replace(head, '"indexes":` + string(was) + `', '"indexes":[1]') WHERE kind = 'sample-revealed'`, "outbox: row "},
		"another seal":    {`UPDATE journal SET head = replace(head, '"seal":"', '"seal":"00') WHERE kind = 'sample-asked'`, "outbox: row "},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := copied(t, dir)
			storetest.Rechain(t, damaged, x.change)
			if text := faults(check(t, damaged)); !strings.Contains(text, x.want) || !strings.Contains(text, "the row says otherwise than the record in it") {
				t.Errorf("not said:\n%s", text)
			}
		})
	}
}
