package main

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/engine"
)

// linesOf returns the line, counted from 1, of each problem that an
// engine.Reader with the given root found in a file of JSON. The Reader gives
// paths, "guideline.housing[0].max"; the line is that of
//
//   - the member's name or the element with that path; the n-th repeat of a
//     repeated field for the n-th such problem,
//   - the nearest object or array around it, when the path leads to what is not
//     there,
//   - the byte where reading stopped, when the file is not one JSON value.
func linesOf(file []byte, root string, problems []engine.Problem) []int {
	at, stop := places(file, root)
	repeats := map[string]int{}
	lines := make([]int, len(problems))
	for i, p := range problems {
		offset := stop
		switch p.Code {
		case engine.BadSyntax, engine.BadUTF8, engine.TrailingBytes:
		case engine.RepeatedField:
			repeats[p.Path]++
			offset = nearest(at, p.Path, repeats[p.Path])
		default:
			offset = nearest(at, p.Path, 0)
		}
		lines[i] = 1 + bytes.Count(file[:offset], []byte("\n"))
	}
	return lines
}

// nearest returns the offset of the n-th place with the path, counted from 0,
// or of the nearest one around it.
func nearest(at map[string][]int, path string, n int) int {
	for {
		if all := at[path]; len(all) > 0 {
			return all[min(n, len(all)-1)]
		}
		end := strings.LastIndexAny(path, ".[")
		if end < 0 {
			return 0
		}
		path, n = path[:end], 0
	}
}

// places walks the tokens of a file and returns the offsets where each path
// begins, in order, and the offset where the first value ends or is broken; of
// what follows a whole value, where that begins.
func places(file []byte, root string) (at map[string][]int, stop int) {
	at = map[string][]int{}
	d := jsontext.NewDecoder(bytes.NewReader(file), jsontext.AllowDuplicateNames(true))
	for {
		start := skipSpace(file, int(d.InputOffset()))
		token, err := d.ReadToken()
		if err != nil {
			var fault *jsontext.SyntacticError
			if errors.As(err, &fault) {
				return at, min(int(fault.ByteOffset), len(file))
			}
			return at, len(file) // the file ended
		}
		kind := token.Kind()
		if kind != '}' && kind != ']' && !memberValue(d, kind) {
			path := readerPath(d, root)
			at[path] = append(at[path], start)
		}
		if d.StackDepth() == 0 {
			return at, skipSpace(file, int(d.InputOffset()))
		}
	}
}

// memberValue says whether the token just read is, or opens, the value of an
// object's member: its place is where its name stands.
func memberValue(d *jsontext.Decoder, kind jsontext.Kind) bool {
	level := d.StackDepth()
	if kind == '{' || kind == '[' {
		level--
	}
	in, count := d.StackIndex(level)
	return in == '{' && count%2 == 0
}

// readerPath writes the decoder's place as an engine.Reader writes it: elements
// in brackets, names cut to 40 bytes with what is not printable ASCII as '?'.
func readerPath(d *jsontext.Decoder, root string) string {
	path := []byte(root)
	level := 0
	for name := range d.StackPointer().Tokens() {
		level++
		if kind, _ := d.StackIndex(level); kind == '[' {
			if _, err := strconv.Atoi(name); err == nil {
				path = append(append(append(path, '['), name...), ']')
				continue
			}
		}
		if len(path) > 0 {
			path = append(path, '.')
		}
		for _, c := range []byte(name[:min(len(name), 40)]) {
			if c < 0x21 || c > 0x7e || c == '"' || c == '\\' {
				c = '?'
			}
			path = append(path, c)
		}
	}
	return string(path)
}

// skipSpace returns the offset of the next token at or after an offset.
func skipSpace(file []byte, at int) int {
	for at < len(file) && strings.IndexByte(" \t\r\n,:", file[at]) >= 0 {
		at++
	}
	return at
}
