package main

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/words"
)

// The chart's measures in pixels.
const (
	chartWidth  = 900
	chartMiddle = 560 // where no change lies
	chartReach  = 210 // of the longest bar to either side
	chartLine   = 28
	chartTop    = 84
)

// chart draws the mean change of each group as a bar from the middle: to the
// right is more support. Every bar has its amount beside it, and <desc> says the
// same in sentences for who cannot see it.
func (sim *simulation) chart(w *words.Words) []byte {
	kinds, places := sim.kinds(), sim.municipalities()
	longest := engine.Ore(1)
	for _, g := range append(append([]group{}, kinds...), places...) {
		mean := perHousehold(&g.tally)
		longest = max(longest, mean, -mean)
	}
	var bars strings.Builder
	y := chartTop
	draw := func(heading string, all []group) {
		fmt.Fprintf(&bars, "<text x=\"20\" y=\"%d\" class=\"heading\">%s</text>\n", y, escaped(heading))
		y += chartLine
		for _, g := range all {
			bar(&bars, w, g, y, longest)
			y += chartLine
		}
		y += chartLine / 2
	}
	draw("Hushållstyp", kinds)
	draw("Kommun", places)
	height := y + 34

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" viewBox="0 0 %d %d" width="%d" height="%d" lang="sv">
<title id="title">%s</title>
<desc id="desc">%s</desc>
<style>
text { font: 15px system-ui, sans-serif; fill: #1a1a1a }
.title { font-size: 20px; font-weight: 600 }
.heading { font-weight: 600 }
.note { font-size: 12px }
.end { text-anchor: end }
.more { fill: #1d6b5f }
.less { fill: #a3471b }
.middle { stroke: #1a1a1a }
</style>
<rect width="%d" height="%d" fill="#fff"/>
<text x="20" y="32" class="title">%s</text>
<text x="20" y="54" class="note">Skillnad i kronor per hushåll och månad, i medeltal. %s</text>
%s`, chartWidth, height, chartWidth, height, escaped(sim.title(w)), escaped(sim.sentences(w)), chartWidth, height, escaped(sim.title(w)), numbers(sim), bars.String())
	fmt.Fprintf(&b, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" class=\"middle\"/>\n", chartMiddle, chartTop+6, chartMiddle, y-chartLine)
	fmt.Fprintf(&b, "<text x=\"20\" y=\"%d\" class=\"note\">%s</text>\n</svg>\n", height-16, escaped(caution))
	return []byte(b.String())
}

func bar(b *strings.Builder, w *words.Words, g group, y int, longest engine.Ore) {
	mean := perHousehold(&g.tally)
	length := int(max(mean, -mean) * chartReach / longest)
	x, at, class, anchor := chartMiddle, chartMiddle+length+8, "more", ""
	if mean < 0 {
		x, at, class, anchor = chartMiddle-length, chartMiddle-length-8, "less", ` class="end"`
	}
	fmt.Fprintf(b, "<text x=\"20\" y=\"%d\">%s</text>\n", y, escaped(g.name))
	if length > 0 {
		fmt.Fprintf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"18\" class=\"%s\"/>\n", x, y-14, length, class)
	}
	fmt.Fprintf(b, "<text x=\"%d\" y=\"%d\"%s>%s</text>\n", at, y, anchor, escaped(change(w, mean)))
}

// sentences are the chart in words.
func (sim *simulation) sentences(w *words.Words) string {
	var b strings.Builder
	b.WriteString("Skillnad per hushåll och månad, i medeltal. ")
	for _, g := range append(sim.kinds(), sim.municipalities()...) {
		fmt.Fprintf(&b, "%s: %s; %s hushåll får mer och %s får mindre. ", g.name, change(w, perHousehold(&g.tally)), grouped(int64(g.tally.More)), grouped(int64(g.tally.Less)))
	}
	b.WriteString(caution)
	return b.String()
}

func numbers(sim *simulation) string {
	sum := sim.table.Sum()
	return fmt.Sprintf("%s påhittade hushåll: %s får mer, %s får mindre.", grouped(int64(sum.Households)), grouped(int64(sum.More)), grouped(int64(sum.Less)))
}

func change(w *words.Words, o engine.Ore) string {
	if o > 0 {
		return "+" + w.Money(o)
	}
	return w.Money(o)
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}
