package replay

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"unicode/utf8"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"golang.org/x/mod/sumdb/tlog"
)

// quick verifies the receipt of a decision in one pass over its bytes. It reports
// true only for what [ledger.Verify] accepts: a file in canonical form, of which it
// knows the common spelling alone. For anything else, and for anything wrong, it
// reports false, and the receipt is read at leisure.
func (a *Auditor) quick(file []byte) (o Outcome, d *record.Decision, ok bool) {
	if len(file) > ledger.MaxReceipt || !utf8.Valid(file) {
		return o, nil, false
	}
	r := reader{rest: file, ok: true}
	r.literal(`{"schema":"skalig/receipt/1","record":"`)
	text := r.str(len(file))
	r.literal(`,"salt":"`)
	salt := r.base64()
	r.literal(`","leaf":"`)
	leafText := r.str(ledger.MaxLeaf)
	r.literal(`,"proof":"c2sp.org/tlog-proof@v1\nindex `)
	index := r.index()
	var path []tlog.Hash
	for r.ok && !bytes.HasPrefix(r.rest, []byte(`\n`)) && len(path) < 64 {
		path = append(path, r.base64())
		r.literal(`\n`)
	}
	r.literal(`\n`)
	checkpoint := r.str(len(r.rest))
	if !r.ok || string(r.rest) != "}\n" {
		return o, nil, false
	}
	leaf, err := ledger.ParseLeaf(leafText)
	if err != nil || leaf.Kind != ledger.Decision {
		return o, nil, false
	}
	if d, err = record.ParseDecision(text); err != nil || !agrees(d, &leaf) {
		return o, nil, false
	}
	c, ok := a.checkpoint(checkpoint)
	want := ledger.Commit(salt, text)
	if !ok || subtle.ConstantTimeCompare(want[:], leaf.Commitment[:]) != 1 || index >= c.Size ||
		tlog.CheckRecord(path, int64(c.Size), c.Root, int64(index), ledger.LeafHash(leafText)) != nil {
		return o, nil, false
	}
	return Outcome{Origin: c.Origin, Index: index, Leaf: leaf}, d, true
}

// A reader takes a canonical text from the front. After ok is false it means nothing.
type reader struct {
	rest []byte
	ok   bool
}

func (r *reader) literal(want string) {
	if r.ok = r.ok && len(r.rest) >= len(want) && string(r.rest[:len(want)]) == want; r.ok {
		r.rest = r.rest[len(want):]
	}
}

// plain are the bytes that stand for themselves in a string.
var plain = func() (is [256]bool) {
	for c := range is {
		is[c] = c >= 0x20 && c != '"' && c != '\\'
	}
	return is
}()

// str reads a string after its first quotation mark, past its last. It knows the
// escapes that receipts have: of quotation marks, reverse solidi and line feeds.
func (r *reader) str(room int) []byte {
	out := make([]byte, 0, min(room, 4096))
	for text := r.rest; r.ok; {
		n := 0
		for n < len(text) && plain[text[n]] {
			n++
		}
		out = append(out, text[:n]...)
		if n == len(text) {
			break
		}
		if text[n] == '"' {
			r.rest = text[n+1:]
			return out
		}
		if text[n] != '\\' || n+1 == len(text) {
			break
		}
		switch c := text[n+1]; c {
		case '"', '\\':
			out = append(out, c)
		case 'n':
			out = append(out, '\n')
		default:
			r.ok = false
		}
		text = text[n+2:]
	}
	r.ok = false
	return nil
}

// base64 reads 32 bytes in the one spelling they have.
func (r *reader) base64() (h [32]byte) {
	var back [44]byte
	if r.ok = r.ok && len(r.rest) > len(back); !r.ok {
		return h
	}
	var decoded [33]byte
	n, err := base64.StdEncoding.Decode(decoded[:], r.rest[:len(back)])
	h = [32]byte(decoded[:32])
	base64.StdEncoding.Encode(back[:], h[:])
	r.ok = err == nil && n == 32 && string(back[:]) == string(r.rest[:len(back)])
	r.rest = r.rest[len(back):]
	return h
}

// index reads a number and the line feed after it.
func (r *reader) index() uint64 {
	n := bytes.IndexByte(r.rest, '\\')
	if r.ok = r.ok && n > 0 && n < 20; !r.ok {
		return 0
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	r.literal(`\n`)
	index, err := strconv.ParseUint(text, 10, 64)
	r.ok = r.ok && err == nil && index <= ledger.MaxNumber && strconv.FormatUint(index, 10) == text
	return index
}
