package ledger

import (
	"encoding/base64"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxReceipt bounds the file form of a receipt.
const MaxReceipt = 1 << 20

const receiptSchema = "skalig/receipt/1"

// A Receipt is everything its holder needs to show, to anyone and without asking
// anyone, that a record stands in the log.
type Receipt struct {
	Leaf       []byte      // text form of the leaf
	Record     []byte      // the record, canonical JSON
	Salt       [32]byte    // opens the leaf's commitment
	Index      uint64      // the leaf's place in the log
	Proof      []tlog.Hash // from the leaf to the checkpoint's root
	Checkpoint []byte      // signed by the log
}

// Marshal writes the receipt in its file form.
func (r Receipt) Marshal() []byte {
	b := make([]byte, 0, 2048+2*len(r.Record))
	b = append(b, `{"schema":"`+receiptSchema+`","record":`...)
	b = appendString(b, string(r.Record))
	b = append(b, `,"salt":"`...)
	b = base64.StdEncoding.AppendEncode(b, r.Salt[:])
	b = append(b, `","leaf":`...)
	b = appendString(b, string(r.Leaf))
	b = append(b, `,"proof":`...)
	b = appendString(b, string(r.TLogProof()))
	return append(b, "}\n"...)
}

// TLogProof returns index, proof and checkpoint in the form other tools read
// (C2SP tlog-proof); with it goes the leaf.
func (r Receipt) TLogProof() []byte {
	return appendProof(nil, r.Index, r.Proof, r.Checkpoint)
}

// ParseReceipt reads the file form of a receipt. It refuses every byte string
// that Marshal would not write, and believes nothing of what it reads. The error
// is a [Reason].
func ParseReceipt(file []byte) (Receipt, error) {
	opened, reason := open(file)
	if reason != "" {
		return Receipt{}, reason
	}
	return opened.receipt, nil
}

// opened is a receipt with its parts read, none of them verified.
type opened struct {
	receipt    Receipt
	leaf       Leaf
	header     header
	checkpoint Checkpoint
}

func open(file []byte) (o opened, reason Reason) {
	if len(file) > MaxReceipt {
		return o, TooLarge
	}
	s := scanner{text: string(file)}
	ok := true
	member := func(before string) string {
		ok = ok && s.literal(before)
		if !ok {
			return ""
		}
		raw, isString := s.str()
		ok = isString
		return unescape(raw)
	}
	schema := member(`{"schema":`)
	if ok && schema != receiptSchema && strings.HasPrefix(schema, "skalig/receipt/") {
		return o, ReceiptVersion
	}
	record := member(`,"record":`)
	salt := member(`,"salt":`)
	leaf := member(`,"leaf":`)
	proof := member(`,"proof":`)
	if !ok || schema != receiptSchema || s.text[s.at:] != "}\n" {
		return o, ReceiptMalformed
	}

	r := &o.receipt
	r.Record, r.Leaf = []byte(record), []byte(leaf)
	if o.header, reason = readHeader(r.Record); reason != "" {
		return o, reason
	}
	saltBytes, ok := decodeBase64(salt)
	if !ok || len(saltBytes) != len(r.Salt) {
		return o, SaltMalformed
	}
	r.Salt = [32]byte(saltBytes)
	var err error
	if o.leaf, err = ParseLeaf(r.Leaf); err != nil {
		return o, err.(Reason)
	}
	if r.Index, r.Proof, r.Checkpoint, ok = parseProof(proof); !ok {
		return o, ProofMalformed
	}
	if o.checkpoint, err = ParseCheckpoint(r.Checkpoint); err != nil {
		return o, err.(Reason)
	}
	if string(r.Marshal()) != s.text {
		return o, ReceiptMalformed // an escape spelled in another way
	}
	return o, ""
}
