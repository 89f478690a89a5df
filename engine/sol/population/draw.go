package population

import "github.com/skalig/skalig/engine"

// A draw is the chance of one household: the generator splitmix64, started from
// the population's seed and the household's number.
type draw struct{ state uint64 }

func drawOf(seed, i uint64) draw {
	d := draw{seed ^ i*0x9e3779b97f4a7c15}
	d.next()
	return d
}

func (d *draw) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n draws from low to high, both included.
func (d *draw) n(low, high int) int { return low + int(d.next()%uint64(high-low+1)) }

// one says yes for so many of a hundred.
func (d *draw) one(percent int) bool { return d.n(1, 100) <= percent }

// kronor draws an amount in whole tens of kronor.
func (d *draw) kronor(low, high int) engine.Ore {
	return engine.Kronor(int64(d.n(low/10, high/10) * 10))
}

// among draws an index by weights that sum to 100.
func (d *draw) among(weights ...int) int {
	at := d.n(0, 99)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}
