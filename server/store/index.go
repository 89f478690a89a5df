package store

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/hashicorp/go-memdb"
)

// The indexes of the read model know their objects' types: the replay of a large
// journal asks them millions of times, and reflection would be most of its cost.
// An index of texts holds each followed by a zero byte, so that no key is the
// beginning of another; a number is eight bytes, big-endian.

// spare is room behind a key for the primary key that an index of several appends.
const spare = 48

// text is an index of one text that an object has. Who lacks it is left out.
type text[T any] func(*T) string

func (of text[T]) FromObject(object any) (bool, []byte, error) {
	value := of(object.(*T))
	return value != "", textKey(value), nil
}

func (of text[T]) FromArgs(args ...any) ([]byte, error) { return keyOf(args) }

// PrefixFromArgs finds every text that begins so.
func (of text[T]) PrefixFromArgs(args ...any) ([]byte, error) {
	key, err := keyOf(args)
	return bytes.TrimSuffix(key, []byte{0}), err
}

// pair is an index of two texts, found by both or, as a prefix, by the first.
type pair[T any] func(*T) (string, string)

func (of pair[T]) FromObject(object any) (bool, []byte, error) {
	first, second := of(object.(*T))
	return first != "" && second != "", textKey(first, second), nil
}

func (of pair[T]) FromArgs(args ...any) ([]byte, error)       { return keyOf(args) }
func (of pair[T]) PrefixFromArgs(args ...any) ([]byte, error) { return keyOf(args) }

// keyOf is the key of texts that are asked for.
func keyOf(args []any) ([]byte, error) {
	parts := make([]string, len(args))
	for i, arg := range args {
		part, ok := arg.(string)
		if !ok {
			return nil, fmt.Errorf("the index is of texts, not of %T", arg)
		}
		parts[i] = part
	}
	return textKey(parts...), nil
}

func textKey(parts ...string) []byte {
	n := spare
	for _, p := range parts {
		n += len(p) + 1
	}
	key := make([]byte, 0, n)
	for _, p := range parts {
		key = append(append(key, p...), 0)
	}
	return key
}

// numbers is an index of a number that an object has.
type numbers[T any] func(*T) uint64

func (of numbers[T]) FromObject(object any) (bool, []byte, error) {
	return true, numberKey(of(object.(*T))), nil
}

func (of numbers[T]) FromArgs(args ...any) ([]byte, error) {
	if len(args) == 1 {
		if n, ok := args[0].(uint64); ok {
			return numberKey(n), nil
		}
	}
	return nil, fmt.Errorf("the index is of one number, not of %v", args)
}

// dated is an index of a text and a time in milliseconds since 1970, of those that have
// one: the objects of a text lie in the order of their times, and those of one time in that
// of their primary keys. It is asked for with both as a lower bound, with the text as a prefix.
type dated[T any] func(*T) (of string, at int64, ok bool)

func (in dated[T]) FromObject(object any) (bool, []byte, error) {
	of, at, ok := in(object.(*T))
	if !ok {
		return false, nil, nil
	}
	return true, datedKey(of, at), nil
}

func (in dated[T]) FromArgs(args ...any) ([]byte, error) {
	if len(args) == 2 {
		of, text := args[0].(string)
		if at, ok := args[1].(int64); ok && text {
			return datedKey(of, at), nil
		}
	}
	return nil, fmt.Errorf("the index is of a text and a time, not of %v", args)
}

func (in dated[T]) PrefixFromArgs(args ...any) ([]byte, error) { return keyOf(args) }

func datedKey(of string, at int64) []byte {
	return binary.BigEndian.AppendUint64(textKey(of), uint64(max(at, 0)))
}

func numberKey(n uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, 8+spare), n)
}

// those is an index of the objects for which something holds, asked for with true.
type those[T any] func(*T) bool

func (hold those[T]) FromObject(object any) (bool, []byte, error) {
	if !hold(object.(*T)) {
		return false, nil, nil
	}
	return true, append(make([]byte, 0, 1+spare), 1), nil
}

func (hold those[T]) FromArgs(args ...any) ([]byte, error) {
	if len(args) == 1 && args[0] == true {
		return []byte{1}, nil
	}
	return nil, fmt.Errorf("the index is of those for which it holds, not of %v", args)
}

func index(name string, unique bool, i memdb.Indexer) *memdb.IndexSchema {
	return &memdb.IndexSchema{Name: name, Unique: unique, Indexer: i}
}

// sparse is an index that leaves out who has no value.
func sparse(name string, i memdb.Indexer) *memdb.IndexSchema {
	return &memdb.IndexSchema{Name: name, AllowMissing: true, Indexer: i}
}

func table(name string, indexes ...*memdb.IndexSchema) *memdb.TableSchema {
	t := &memdb.TableSchema{Name: name, Indexes: map[string]*memdb.IndexSchema{}}
	for _, i := range indexes {
		t.Indexes[i.Name] = i
	}
	return t
}
