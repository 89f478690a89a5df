package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

type point struct{ x, y float64 }

// The chart's measures in pixels.
const (
	wide, high          = 360, 220
	left, right         = 64, 16
	top, bottom         = 34, 34
	across, up  float64 = wide - left - right, high - top - bottom
)

// draw is a chart with logarithmic axes, on which cost that grows as its size
// does is a straight line of 45 degrees; the dashed line is that.
func draw(title string, points []point) []byte {
	first, last := points[0], points[len(points)-1]
	x0, x1 := math.Log10(first.x), math.Log10(last.x)
	y0, y1 := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		y0, y1 = min(y0, math.Floor(math.Log10(p.y))), max(y1, math.Ceil(math.Log10(p.y)))
	}
	y1 = max(y1, y0+1)
	at := func(x, y float64) (float64, float64) {
		return left + (math.Log10(x)-x0)/(x1-x0)*across, top + up - (math.Log10(y)-y0)/(y1-y0)*up
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" font-family="sans-serif" font-size="11" fill="#333">`, wide, high, wide, high, html.EscapeString(title))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/><text x="%d" y="18" font-size="12" font-weight="bold">%s</text>`, wide, high, 12, html.EscapeString(title))
	for e := y0; e <= y1; e++ {
		_, y := at(first.x, math.Pow(10, e))
		fmt.Fprintf(&b, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`, left, y, wide-right, left-6, y+4, number(math.Pow(10, e)))
	}
	var line strings.Builder
	for i, p := range points {
		x, y := at(p.x, p.y)
		fmt.Fprintf(&line, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[i == 0], x, y)
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill="#1d5f8a"><title>%s: %s</title></circle><text x="%.1f" y="%d" text-anchor="middle">%s</text>`, x, y, number(p.x), number(p.y), x, high-12, number(p.x))
	}
	fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#1d5f8a" stroke-width="2"/>`, line.String())
	// The straight line through the last point, within the frame.
	fx, fy := last.x, last.y
	for fx/10 >= first.x*0.999 && math.Log10(fy)-1 >= y0-1e-9 {
		fx, fy = fx/10, fy/10
	}
	ax, ay := at(fx, fy)
	bx, by := at(last.x, last.y)
	fmt.Fprintf(&b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="#999" stroke-dasharray="3 3"/></svg>`+"\n", ax, ay, bx, by)
	return []byte(b.String())
}
