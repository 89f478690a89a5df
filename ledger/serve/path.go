package serve

import (
	"strconv"
	"strings"

	"github.com/skalig/skalig/ledger"
)

// A tilePath is the path of a tile, or of an entry bundle.
type tilePath struct {
	entries bool
	level   uint64
	index   uint64
	width   int // 256 for a full tile
}

// parsePath reads a path in the one spelling that String writes.
func parsePath(path string) (p tilePath, ok bool) {
	rest, ok := strings.CutPrefix(path, "tile/")
	level, rest, cut := strings.Cut(rest, "/")
	if !ok || !cut || len(path) > 64 {
		return tilePath{}, false
	}
	p.entries = level == "entries"
	if !p.entries {
		n, err := strconv.ParseUint(level, 10, 6)
		if err != nil {
			return tilePath{}, false
		}
		p.level = n
	}
	groups, width, partial := strings.Cut(rest, ".p/")
	p.width = 256
	if partial {
		n, err := strconv.ParseUint(width, 10, 8)
		if err != nil || n == 0 {
			return tilePath{}, false
		}
		p.width = int(n)
	}
	for group := range strings.SplitSeq(groups, "/") {
		n, err := strconv.ParseUint(strings.TrimPrefix(group, "x"), 10, 64)
		if err != nil || n > 999 || p.index > ledger.MaxNumber/1000 {
			return tilePath{}, false
		}
		p.index = p.index*1000 + n
	}
	return p, p.String() == path
}

func (p tilePath) String() string {
	b := []byte("tile/")
	if p.entries {
		b = append(b, "entries"...)
	} else {
		b = strconv.AppendUint(b, p.level, 10)
	}
	var groups []uint64
	for n := p.index; ; n /= 1000 {
		groups = append(groups, n%1000)
		if n < 1000 {
			break
		}
	}
	for i := len(groups) - 1; i >= 0; i-- {
		b = append(b, '/')
		if i > 0 {
			b = append(b, 'x')
		}
		digits := strconv.FormatUint(1000+groups[i], 10)
		b = append(b, digits[1:]...)
	}
	if p.width < 256 {
		b = append(b, ".p/"...)
		b = strconv.AppendInt(b, int64(p.width), 10)
	}
	return string(b)
}
