package site

import "github.com/skalig/skalig/engine/words"

// fallBar is one bar of the picture of a computation: from the norm over the costs to the incomes, and what is left. The calculator's script
// draws the same bars.
type fallBar struct {
	Label, Amount, Style string
	From, Width, Zero    float64 // per cent of the picture
}

var fallStyles = map[string][2]string{"+": {"up", "+ "}, "-": {"down", "− "}, "=": {"sum", "= "}}

func waterfall(lines []words.Line) []fallBar {
	var bars []fallBar
	var ends [][2]int64
	var height, low, high int64
	for _, l := range lines {
		if l.Depth != 0 || l.Ore == 0 {
			continue
		}
		ore := max(l.Ore, -l.Ore)
		from, to := height, height+ore
		switch l.Sign {
		case "-":
			to = height - ore
		case "=":
			from, to = 0, height
		}
		if l.Sign != "=" {
			height = to
		}
		low, high = min(low, to), max(high, to)
		style := fallStyles[l.Sign]
		bars = append(bars, fallBar{Label: l.Label, Amount: style[1] + l.Amount, Style: style[0]})
		ends = append(ends, [2]int64{min(from, to), max(from, to)})
	}
	if high == low {
		return nil
	}
	place := func(ore int64) float64 { return float64((ore-low)*1000/(high-low)) / 10 }
	for i := range bars {
		bars[i].From = place(ends[i][0])
		bars[i].Width = max(place(ends[i][1])-bars[i].From, 0.5)
		bars[i].Zero = place(0)
	}
	return bars
}
