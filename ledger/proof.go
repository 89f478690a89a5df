package ledger

import (
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	maxProof    = 53 // a tree below 2⁵³ leaves is no higher
)

// appendProof writes a tlog-proof without extra data.
func appendProof(b []byte, index uint64, path []tlog.Hash, checkpoint []byte) []byte {
	b = append(b, proofHeader+"\nindex "...)
	b = strconv.AppendUint(b, index, 10)
	b = append(b, '\n')
	for _, h := range path {
		b = base64.StdEncoding.AppendEncode(b, h[:])
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return append(b, checkpoint...)
}

// parseProof reads what appendProof writes. The checkpoint is not looked into.
func parseProof(text string) (index uint64, path []tlog.Hash, checkpoint []byte, ok bool) {
	rest, ok := strings.CutPrefix(text, proofHeader+"\nindex ")
	if !ok {
		return 0, nil, nil, false
	}
	number, rest, ok := strings.Cut(rest, "\n")
	index, isNumber := parseNumber(number)
	if !ok || !isNumber {
		return 0, nil, nil, false
	}
	for {
		line, after, found := strings.Cut(rest, "\n")
		rest = after
		if found && line == "" {
			return index, path, []byte(rest), true
		}
		h, isHash := decodeHash(line)
		if !found || !isHash || len(path) == maxProof {
			return 0, nil, nil, false
		}
		path = append(path, h)
	}
}
