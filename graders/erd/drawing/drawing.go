// Package drawing draws an entity-relationship diagram as an SVG and writes it as Mermaid. It
// has a layout of its own: Graphviz, compiled to WebAssembly, would compile itself at every
// start of the program, and trust a cache of machine code in a folder that everybody may write to.
package drawing

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// The measures of a drawing, in pixels. The font has letters of one width, so that a text
// can be measured without it.
const (
	letter     = 7 // of a 12 px font, rounded down: boxes have room to spare
	rowHeight  = 20
	headHeight = 28
	margin     = 24
	keyWidth   = 30
	maxRows    = 40 // of a box
	maxShown   = 34 // letters of a name or a type
	fonts      = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
)

// A drawing with more than this is no help to anybody; the rest is left out.
const (
	MaxBoxes = 100
	maxLines = 400
)

// Draw makes an SVG of a model: boxes with their columns, lines in crow's foot notation. The
// boxes of marked are outlined. The text of the model may be anything; the drawing holds no
// link, no script and nothing from outside, and is the same for the same model.
func Draw(model erd.Model, title string, marked map[string]bool) string {
	p := &painter{model: drawable(model), marked: marked, index: map[string]int{}}
	model = p.model
	var boxes []size
	for i, entity := range model.Entities {
		p.index[entity.Name] = i
		p.cards = append(p.cards, newCard(entity))
		boxes = append(boxes, p.cards[i].size)
	}
	joined := make([]bool, len(boxes))
	for _, relation := range model.Relations {
		from, to := p.index[relation.From.Entity], p.index[relation.To.Entity]
		joined[from], joined[to] = true, true
	}
	p.arrange(boxes, joined)
	for _, way := range p.layout.routes {
		p.route(way)
	}
	for i, relation := range p.relations {
		if p.ends[i][0] == p.ends[i][1] {
			p.loop(p.ends[i][0], relation)
		}
	}
	for i := range p.cards {
		p.card(i)
	}
	return p.document(title)
}

// drawable is as much of a model as is drawn, and no line without both its ends.
func drawable(model erd.Model) erd.Model {
	model.Entities = model.Entities[:min(len(model.Entities), MaxBoxes)]
	var lines []erd.Relation
	for _, relation := range model.Relations {
		_, from := model.Entity(relation.From.Entity)
		_, to := model.Entity(relation.To.Entity)
		if from && to && len(lines) < maxLines {
			lines = append(lines, oriented(model, relation))
		}
	}
	model.Relations = lines
	return model
}

// painter writes the elements of a drawing.
type painter struct {
	model         erd.Model
	marked        map[string]bool
	index         map[string]int
	cards         []card
	relations     []erd.Relation
	ends          [][2]int // boxes of the relations
	layout        layout
	out           strings.Builder
	width, height int
}

// card is a box: what is written in it, and where it stands.
type card struct {
	size
	title string
	rows  []erd.Attribute
	more  int // attributes that are left out
	x, y  int
}

func newCard(entity erd.Entity) card {
	c := card{title: short(entity.Name)}
	if len(entity.Also) > 0 && strings.TrimSpace(entity.Name) == "" {
		c.title = short(entity.Also[0])
	}
	c.width = max(110, letters(c.title)*(letter+1)+24)
	for _, attribute := range entity.Attributes {
		if len(c.rows) == maxRows {
			c.more++
			continue
		}
		attribute.Name, attribute.Type = short(attribute.Name), short(attribute.Type)
		c.rows = append(c.rows, attribute)
		c.width = max(c.width, keyWidth+(letters(attribute.Name)+letters(attribute.Type))*(letter+1)+28)
	}
	c.height = headHeight + rowHeight*len(c.rows)
	if c.more > 0 {
		c.height += rowHeight
	}
	return c
}

// arrange lays out the boxes that are joined, and the others in rows below.
func (p *painter) arrange(boxes []size, joined []bool) {
	place := map[int]int{} // of the joined boxes, in the layout
	var sizes []size
	var of []int
	for i, is := range joined {
		if is {
			place[i] = len(sizes)
			sizes, of = append(sizes, boxes[i]), append(of, i)
		}
	}
	var between [][2]int
	for _, relation := range p.model.Relations {
		from, to := p.index[relation.From.Entity], p.index[relation.To.Entity]
		p.relations, p.ends = append(p.relations, relation), append(p.ends, [2]int{from, to})
		between = append(between, [2]int{place[from], place[to]})
	}
	if len(sizes) > 0 {
		p.layout = lay(sizes, between)
	}
	for i, at := range of {
		p.cards[at].x, p.cards[at].y = margin+p.layout.items[i].x, margin+p.layout.items[i].y
		p.extend(p.cards[at])
	}
	limit := max(p.width, 1000)
	x, y, tall := margin, p.height+boxGap, 0
	if len(of) == 0 {
		y = margin
	}
	for i, is := range joined {
		if is {
			continue
		}
		if x > margin && x+boxes[i].width > limit {
			x, y, tall = margin, y+tall+boxGap, 0
		}
		p.cards[i].x, p.cards[i].y = x, y
		p.extend(p.cards[i])
		x, tall = x+boxes[i].width+boxGap, max(tall, boxes[i].height)
	}
}

func (p *painter) extend(c card) {
	p.width, p.height = max(p.width, c.x+c.width), max(p.height, c.y+c.height)
}

func (p *painter) document(title string) string {
	width, height := p.width+margin+loopReach, p.height+margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" font-family="%s" font-size="12">`+
		"\n<title>%s</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n%s</svg>\n",
		width, height, width, height, fonts, escape(takehome.Line(title)), width, height, p.out.String())
}

// card writes a box.
func (p *painter) card(at int) {
	c, entity := p.cards[at], p.model.Entities[at]
	head, outline, dash := "#475569", "#94a3b8", ""
	if entity.Core {
		head = "#1e3a8a"
	}
	if entity.Technical {
		head = "#9ca3af"
	}
	if p.marked[entity.Name] {
		outline, dash = "#b45309", ` stroke-width="3" stroke-dasharray="7 4"`
	}
	fmt.Fprintf(&p.out, `<g transform="translate(%d %d)">`, c.x, c.y)
	fmt.Fprintf(&p.out, `<rect width="%d" height="%d" fill="#ffffff"/><rect width="%d" height="%d" fill="%s"/>`, c.width, c.height, c.width, headHeight, head)
	p.text(10, 19, `fill="#ffffff" font-weight="bold" font-size="13"`, c.title)
	for i, row := range c.rows {
		y := headHeight + i*rowHeight
		if i%2 == 1 {
			fmt.Fprintf(&p.out, `<rect y="%d" width="%d" height="%d" fill="#f1f5f9"/>`, y, c.width, rowHeight)
		}
		if mark := keyMark(row); mark != "" {
			p.text(7, y+14, `fill="#92400e" font-size="10" font-weight="bold"`, mark)
		}
		weight := ""
		if row.Primary {
			weight = ` font-weight="bold"`
		}
		p.text(keyWidth+4, y+14, `fill="#0f172a"`+weight, row.Name)
		p.text(c.width-8, y+14, `fill="#64748b" text-anchor="end"`, row.Type)
	}
	if c.more > 0 {
		p.text(keyWidth+4, headHeight+len(c.rows)*rowHeight+14, `fill="#64748b" font-style="italic"`, fmt.Sprintf("… and %d more", c.more))
	}
	fmt.Fprintf(&p.out, `<rect width="%d" height="%d" fill="none" stroke="%s"%s/></g>`+"\n", c.width, c.height, outline, dash)
}

func (p *painter) text(x, y int, style, text string) {
	fmt.Fprintf(&p.out, `<text x="%d" y="%d" %s>%s</text>`, x, y, style, escape(text))
}

func keyMark(attribute erd.Attribute) string {
	switch {
	case attribute.Primary && attribute.Foreign:
		return "PF"
	case attribute.Primary:
		return "PK"
	case attribute.Foreign:
		return "FK"
	case attribute.Unique:
		return "U"
	}
	return ""
}

// short cuts a text to what a box has room for.
func short(text string) string {
	if letters(text) <= maxShown {
		return text
	}
	count := 0
	for i, r := range text {
		if count += lettersOf(r); count >= maxShown {
			return text[:i] + "…"
		}
	}
	return text
}

// letters is the width of a text in letters; those of East Asia are twice as wide.
func letters(text string) int {
	count := 0
	for _, r := range text {
		count += lettersOf(r)
	}
	return count
}

func lettersOf(r rune) int {
	if r >= 0x1100 {
		return 2
	}
	return 1
}

// escape makes a text fit to stand in XML.
func escape(text string) string { return html.EscapeString(plain(text)) }

// plain makes one line of a text: cleaned, and without what XML has no way to say.
func plain(text string) string {
	return takehome.Clean(strings.Map(func(r rune) rune {
		if r == 0xFFFE || r == 0xFFFF || r < ' ' {
			return utf8.RuneError
		}
		return r
	}, text))
}
