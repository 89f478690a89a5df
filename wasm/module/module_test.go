package module_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/wasm/module"
)

// Written by hand after the specification: one type () → (), two functions of
// it, a memory of one page; exports f, g and m.
const two = `0061736d 01000000
	01 04 01 60 00 00
	03 03 02 00 00
	05 03 01 00 01
	07 0d 03 01 66 00 00 01 67 00 01 01 6d 02 00
	0a 07 02 02 00 0b 02 00 0b`

// The same module with only g and m exported.
const narrow = `0061736d 01000000
	01 04 01 60 00 00
	03 03 02 00 00
	05 03 01 00 01
	07 09 02 01 67 00 01 01 6d 02 00
	0a 07 02 02 00 0b 02 00 0b`

// One type, one import a.b of it.
const imports = `0061736d 01000000
	01 04 01 60 00 00
	02 07 01 01 61 01 62 00 00`

func TestRead(t *testing.T) {
	o, err := module.Read(parse(t, two))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range o.Exports {
		got = append(got, e.Name+string('0'+e.Kind))
	}
	if want := []string{"f0", "g0", "m2"}; o.Imports != 0 || !slices.Equal(got, want) {
		t.Errorf("imports %d, exports %v; want 0, %v", o.Imports, got, want)
	}
	if o, err := module.Read(parse(t, imports)); err != nil || o.Imports != 1 {
		t.Errorf("a module with an import: %+v, %v", o, err)
	}
}

func TestNarrow(t *testing.T) {
	got, err := module.Narrow(parse(t, two), []string{"g", "m", "absent"})
	if err != nil || !bytes.Equal(got, parse(t, narrow)) {
		t.Errorf("%x, %v", got, err)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, module string }{
		{"empty", ``},
		{"another version", `0061736d 02000000`},
		{"half a section", `0061736d 01000000 07 0d 03`},
		{"a size of six bytes", `0061736d 01000000 07 808080808000`},
		{"a size above 32 bits", `0061736d 01000000 07 ffffffff7f`},
		{"two export sections", `0061736d 01000000 07 01 00 07 01 00`},
		{"more exports than bytes", `0061736d 01000000 07 05 ffffff7f 00`},
		{"a byte after the exports", `0061736d 01000000 07 02 00 00`},
		{"a name that is not UTF-8", `0061736d 01000000 07 05 01 01 ff 00 00`},
	} {
		if _, err := module.Read(parse(t, c.module)); !errors.Is(err, module.ErrFormat) {
			t.Errorf("%s: %v", c.name, err)
		}
		if _, err := module.Narrow(parse(t, c.module), nil); !errors.Is(err, module.ErrFormat) {
			t.Errorf("%s, narrowed: %v", c.name, err)
		}
	}
}

// What Read reads, Narrow to all its exports leaves with the same outline, and
// narrowing twice is narrowing once.
func FuzzRead(f *testing.F) {
	for _, s := range []string{two, narrow, imports} {
		f.Add(parse(f, s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := module.Read(data)
		if err != nil {
			return
		}
		var names []string
		for _, e := range o.Exports {
			names = append(names, e.Name)
		}
		once, err := module.Narrow(data, names)
		if err != nil {
			t.Fatal(err)
		}
		again, err := module.Read(once)
		if err != nil || again.Imports != o.Imports || !slices.Equal(again.Exports, o.Exports) {
			t.Fatalf("%+v became %+v, %v", o, again, err)
		}
		twice, err := module.Narrow(once, names)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%x became %x, %v", once, twice, err)
		}
	})
}

func parse(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
