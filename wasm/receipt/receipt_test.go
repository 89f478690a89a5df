package receipt_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skalig/skalig/wasm/receipt"
)

// The ledger's worked example.
func example(t testing.TB) (file, key string) {
	t.Helper()
	data, err := os.ReadFile("../../ledger/testdata/example.receipt.json")
	if err != nil {
		t.Fatal(err)
	}
	vkey, err := os.ReadFile("../../ledger/testdata/example.vkey")
	if err != nil {
		t.Fatal(err)
	}
	return string(data), strings.TrimSpace(string(vkey))
}

func in(t testing.TB, file string, keys ...string) string {
	t.Helper()
	data, err := json.Marshal(map[string]any{"receipt": file, "keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestVerify(t *testing.T) {
	file, key := example(t)
	for _, c := range []struct{ name, file, key, begins string }{
		{"the example", file, key, `{"ok":true,"reason":""`},
		{"no receipt", "", key, `{"ok":false,"reason":"receipt-malformed"`},
		{"a receipt without its last newline", strings.TrimSpace(file), key, `{"ok":false,"reason":"receipt-malformed"`},
		{"the day changed in the leaf and in the record", strings.ReplaceAll(file, "2026-11-22", "2026-11-23"), key, `{"ok":false,"reason":"commitment-differs"`},
		{"a key under another name", file, "example.org/log+" + key[strings.Index(key, "+")+1:], `{"ok":false,"reason":"key-malformed"`},
	} {
		if got := string(receipt.Verify([]byte(in(t, c.file, c.key)))); !strings.HasPrefix(got, c.begins) {
			t.Errorf("%s: %.200s, want %s…", c.name, got, c.begins)
		}
	}
}

// asWitness is a log's key as that of a witness by another name.
func asWitness(t testing.TB, vkey string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(vkey, "+", 3)[2])
	if err != nil {
		t.Fatal(err)
	}
	raw[0] = 4
	sum := sha256.Sum256([]byte("w.example\n" + string(raw)))
	return fmt.Sprintf("w.example+%x+%s", sum[:4], base64.StdEncoding.EncodeToString(raw))
}

// With a policy the report has a sixth step, and says whom it required.
func TestPolicy(t *testing.T) {
	file, key := example(t)
	call := func(policy string, keys ...string) string {
		data, err := json.Marshal(map[string]any{"receipt": file, "policy": policy, "keys": append([]string{}, keys...)})
		if err != nil {
			t.Fatal(err)
		}
		return string(receipt.Verify(data))
	}
	const witness = "witness w1 KEY https://w1.example\nquorum w1\n"
	for _, c := range []struct{ name, got, want string }{
		{"no policy", string(receipt.Verify([]byte(in(t, file, key)))), `"policy":false,"required":false,"witnesses":[]}`},
		{"no quorum", call("log " + key + "\nquorum none\n"), `"policy":true,"required":false,"witnesses":[]}`},
		{"the log's key beside the policy", call("quorum none\n", key), `{"ok":true,`},
		{"a witness that has not cosigned", call("log " + key + "\n" + strings.Replace(witness, "KEY", "w1.example+11c8f4c8+BEtCePP28bkSi/ZxLF65+cydHDRh+AhwUc5Okowfb9iu", 1)), `{"name":"witnesses","ok":false,"code":"quorum-missing"}]}`},
		{"the log is its own witness", call("witness w "+asWitness(t, key)+"\nquorum w\n", key), `{"errors":[{"code":"policy-malformed","path":"policy"}]}`},
		{"no policy at all", call("witness"), `{"errors":[{"code":"policy-malformed","path":"policy"}]}`},
		{"a log that is not listed", call("quorum none\n"), `"code":"key-missing"}`},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{``, `{"code":"syntax","path":""}`},
		{`{}`, `{"code":"required","path":"receipt"}`},
		{`{"receipt":""}`, `{"code":"required","path":"keys"}`},
		{`{"receipt":"","keys":[],"key":""}`, `{"code":"unknown-field","path":"key"}`},
		{`{"receipt":"","receipt":"","keys":[]}`, `{"code":"repeated-field","path":"receipt"}`},
		{`{"receipt":1,"keys":[]}`, `{"code":"type","path":"receipt"}`},
		{`{"receipt":"","keys":["a\nb"]}`, `{"code":"text","path":"keys[0]"}`},
		{`{"receipt":"","keys":[]} x`, `{"code":"trailing","path":""}`},
		{`{"receipt":"` + "\xff" + `","keys":[]}`, `{"code":"utf8","path":"receipt"}`},
		{strings.Repeat(" ", receipt.MaxInput+1), `{"code":"too-large","path":""}`},
	} {
		if got, want := string(receipt.Verify([]byte(c.in))), `{"errors":[`+c.want+`]}`; got != want {
			t.Errorf("%.60s: %s, want %s", c.in, got, want)
		}
	}
}

// Whatever comes in, an answer in JSON goes out, and only the example is a receipt.
func FuzzVerify(f *testing.F) {
	file, key := example(f)
	whole := in(f, file, key)
	f.Add(whole)
	f.Add(`{"receipt":"\ud83d\ude00","keys":[""]}`)
	f.Fuzz(func(t *testing.T, call string) {
		got := receipt.Verify([]byte(call))
		if !json.Valid(got) || !utf8.Valid(got) {
			t.Fatalf("%q", got)
		}
		if strings.HasPrefix(string(got), `{"ok":true`) {
			var c struct{ Receipt string }
			if err := json.Unmarshal([]byte(call), &c); err != nil || c.Receipt != file {
				t.Fatalf("a receipt that isn't the example: %q, %v", call, err)
			}
		}
	})
}
