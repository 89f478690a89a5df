package host_test

import "encoding/binary"

// The sections of a module and the opcodes that the trial module is written in,
// after the WebAssembly specification, chapter 5.
const (
	types     = 1
	imports   = 2
	functions = 3
	memories  = 5
	exports   = 7
	code      = 10

	unreachable, end   = 0x00, 0x0b
	get, constant, add = 0x20, 0x41, 0x6a
	load, store, grow  = 0x28, 0x36, 0x40
	i32, function      = 0x7f, 0x60
)

// trial is a module with the exports of an artefact and one page of memory. Its
// input and output lie at address 16; its calls:
//
//	echo     the answer is the input
//	count    adds one to the number at address 8 and answers it
//	trap     traps
//	grow     asks for 2000 pages more and answers as many bytes as memory.grow says, −1 for no
//	outside  answers 65 536 bytes, which end outside the memory
func trial() []byte {
	const start, call, address = 0, 1, 2 // indexes of the types
	return assemble(
		section(types, signature(0, 0), signature(1, 1), signature(0, 1)),
		section(functions, []byte{start}, []byte{call}, []byte{address},
			[]byte{call}, []byte{call}, []byte{call}, []byte{call}, []byte{call}),
		section(memories, []byte{0, 1}),
		section(exports, export("memory", 2, 0),
			export("_initialize", 0, 0), export("input", 0, 1), export("output", 0, 2),
			export("echo", 0, 3), export("count", 0, 4), export("trap", 0, 5),
			export("grow", 0, 6), export("outside", 0, 7)),
		section(code,
			body(end),
			body(constant, 16, end),
			body(constant, 16, end),
			body(get, 0, end),
			body(constant, 8, constant, 8, load, 2, 0, constant, 1, add, store, 2, 0,
				constant, 16, constant, 8, load, 2, 0, store, 2, 0, constant, 4, end),
			body(unreachable, end),
			body(constant, 0xd0, 0x0f, grow, 0, end),
			body(constant, 0x80, 0x80, 0x04, end)))
}

// withImport is a module with one import, a function.
func withImport() []byte {
	name := []byte{1, 'a'}
	return assemble(section(types, signature(0, 0)), section(imports, append(append(name, name...), 0, 0)))
}

func assemble(sections ...[]byte) []byte {
	module := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range sections {
		module = append(module, s...)
	}
	return module
}

func section(id byte, entries ...[]byte) []byte {
	all := []byte{byte(len(entries))}
	for _, e := range entries {
		all = append(all, e...)
	}
	return append(binary.AppendUvarint([]byte{id}, uint64(len(all))), all...)
}

// signature is a function's type with so many i32 in and out, at most one each.
func signature(params, results int) []byte {
	s := []byte{function, byte(params)}
	for range params {
		s = append(s, i32)
	}
	s = append(s, byte(results))
	for range results {
		s = append(s, i32)
	}
	return s
}

func export(name string, kind, index byte) []byte {
	return append(append([]byte{byte(len(name))}, name...), kind, index)
}

// body is a function's code, without locals.
func body(instructions ...byte) []byte {
	return append([]byte{byte(len(instructions) + 1), 0}, instructions...)
}
