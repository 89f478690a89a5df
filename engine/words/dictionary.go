package words

// A dictionary finds texts by key. A page reads a words file at every keystroke,
// so its entries lie in the file's bytes, and the index is a table of places.
type dictionary struct {
	entries []entry
	table   []uint16 // place in entries + 1, by hash, with open addressing; 0 is free
}

type entry struct{ key, text []byte }

// maxEntries bounds a dictionary, so that places fit the table.
const maxEntries = 1<<16 - 2

func (d *dictionary) add(key, text []byte) {
	if len(d.entries) < maxEntries {
		d.entries = append(d.entries, entry{key, text})
	}
}

// index makes the table; it returns a key that stands twice, if there is one.
func (d *dictionary) index() (key []byte, repeated bool) {
	size := 64
	for size < 2*len(d.entries) {
		size *= 2
	}
	d.table = make([]uint16, size)
	for i := range d.entries {
		slot, taken := d.slot(d.entries[i].key)
		if taken {
			key, repeated = d.entries[i].key, true
			continue
		}
		d.table[slot] = uint16(i + 1)
	}
	return key, repeated
}

func (d *dictionary) get(key string) (string, bool) {
	if len(d.table) == 0 {
		return "", false
	}
	slot, ok := d.slot([]byte(key))
	if !ok {
		return "", false
	}
	return string(d.entries[d.table[slot]-1].text), true
}

// slot returns where a key lies, or the free slot where it belongs.
func (d *dictionary) slot(key []byte) (slot uint32, taken bool) {
	hash := uint32(2166136261) // FNV-1a
	for _, c := range key {
		hash = (hash ^ uint32(c)) * 16777619
	}
	mask := uint32(len(d.table) - 1)
	for slot = hash & mask; d.table[slot] != 0; slot = (slot + 1) & mask {
		if string(d.entries[d.table[slot]-1].key) == string(key) {
			return slot, true
		}
	}
	return slot, false
}
