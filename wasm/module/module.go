// Package module reads the outline of a WebAssembly module: what it takes from
// the outside and what it gives.
//
// A module is the eight bytes "\0asm" 01 00 00 00 and then sections, each
//
//	id (1 byte) · size (LEB128, 32 bits) · size bytes
//
// where sections other than custom ones (id 0) stand at most once. Read here are
// the import section (id 2: count, then two names, a kind and the kind's type
// for each) and the export section (id 7: count, then a name, a kind and an
// index for each); a name is its length in LEB128 and its UTF-8. A module
// without imports can reach nothing outside its own memory: no clock, no chance,
// no network. For example, a module that exports one function f:
//
//	0061736d 01000000 …  07 05 01 01 66 00 00
//	                     │  │  │  │  │  │  └ index 0
//	                     │  │  │  │  │  └ kind 0, function
//	                     │  │  │  └──┴ name of 1 byte, "f"
//	                     │  │  └ one export
//	                     └──┴ section 7 of 5 bytes
package module

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"unicode/utf8"
)

// ErrFormat says that the bytes are no module that this package reads.
var ErrFormat = errors.New("not a WebAssembly module")

const (
	header        = "\x00asm\x01\x00\x00\x00"
	importSection = 2
	exportSection = 7
)

// An Export is what a module gives; Kind is 0 for a function, 1 for a table, 2
// for a memory, 3 for a global.
type Export struct {
	Name  string
	Kind  byte
	index uint32
}

// An Outline is what a module takes and gives.
type Outline struct {
	Imports int
	Exports []Export
}

// Read returns the outline of a module.
func Read(module []byte) (Outline, error) {
	var o Outline
	err := sections(module, func(id byte, body, _ []byte) error {
		r := reader{rest: body}
		switch id {
		case importSection:
			// The count alone decides: there may be no imports of any kind.
			o.Imports = int(r.number())
		case exportSection:
			for range r.count() {
				o.Exports = append(o.Exports, Export{r.name(), r.byte(), r.number()})
			}
			if len(r.rest) > 0 {
				return ErrFormat
			}
		}
		if r.failed {
			return ErrFormat
		}
		return nil
	})
	if err != nil {
		return Outline{}, err
	}
	return o, nil
}

// Narrow returns the module with only the named exports left. Runtimes export
// helpers of their own that nobody is to call.
func Narrow(module []byte, names []string) ([]byte, error) {
	o, err := Read(module)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(o.Exports, func(e Export) bool { return !slices.Contains(names, e.Name) })
	body := binary.AppendUvarint(nil, uint64(len(kept)))
	for _, e := range kept {
		body = binary.AppendUvarint(body, uint64(len(e.Name)))
		body = append(body, e.Name...)
		body = append(body, e.Kind)
		body = binary.AppendUvarint(body, uint64(e.index))
	}
	narrow := []byte(header)
	err = sections(module, func(id byte, _, whole []byte) error {
		if id == exportSection {
			whole = append(binary.AppendUvarint([]byte{id}, uint64(len(body))), body...)
		}
		narrow = append(narrow, whole...)
		return nil
	})
	return narrow, err
}

// sections calls f with each section's id, its body, and the whole section.
func sections(module []byte, f func(id byte, body, whole []byte) error) error {
	rest, ok := bytes.CutPrefix(module, []byte(header))
	if !ok {
		return ErrFormat
	}
	var seen [256]bool
	for len(rest) > 0 {
		r := reader{rest: rest}
		id := r.byte()
		body := r.bytes(r.number())
		if r.failed || id != 0 && seen[id] {
			return ErrFormat
		}
		seen[id] = true
		if err := f(id, body, rest[:len(rest)-len(r.rest)]); err != nil {
			return err
		}
		rest = r.rest
	}
	return nil
}

// reader reads a module's primitives; after a failure it answers zeros.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) bytes(n uint32) []byte {
	if r.failed || uint64(n) > uint64(len(r.rest)) {
		r.failed = true
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads a LEB128 of 32 bits; a toolchain may pad it to five bytes.
func (r *reader) number() uint32 {
	v, n := binary.Uvarint(r.rest)
	if r.failed || n <= 0 || n > 5 || v > 1<<32-1 {
		r.failed = true
		return 0
	}
	r.rest = r.rest[n:]
	return uint32(v)
}

// count reads how many entries follow; each takes at least one byte.
func (r *reader) count() uint32 {
	n := r.number()
	if uint64(n) > uint64(len(r.rest)) {
		r.failed = true
		return 0
	}
	return n
}

func (r *reader) name() string {
	b := r.bytes(r.number())
	if !utf8.Valid(b) {
		r.failed = true
	}
	return string(b)
}
