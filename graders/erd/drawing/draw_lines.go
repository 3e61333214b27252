package drawing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
)

const (
	loopReach = 34 // how far a line from a box to itself goes out
	ink       = "#475569"
)

// oriented turns a relation so that it goes from the side of the foreign key, where the
// diagram does not say it in this order, and finds the columns that it most likely is about.
func oriented(m erd.Model, r erd.Relation) erd.Relation {
	if r.From.Cardinality.Most != erd.Several && r.To.Cardinality.Most == erd.Several {
		r.From, r.To = r.To, r.From
	}
	from, _ := m.Entity(r.From.Entity)
	to, _ := m.Entity(r.To.Entity)
	if len(r.To.Attributes) == 0 && r.To.Cardinality.Most != erd.Several {
		if key := slices.IndexFunc(to.Attributes, func(a erd.Attribute) bool { return a.Primary }); key >= 0 {
			r.To.Attributes = []string{to.Attributes[key].Name}
		}
	}
	if len(r.From.Attributes) == 0 {
		target := erd.Words(erd.BaseName(to.Name))
		best := -1
		for i, attribute := range from.Attributes {
			own := erd.Words(attribute.Name)
			named := len(own) == len(target)+1 && own[len(own)-1] == "id" && slices.Equal(own[:len(target)], target)
			parent := to.Name == from.Name && own[0] == "parent"
			if best < 0 && (named || parent) {
				best = i
			}
		}
		if best >= 0 {
			r.From.Attributes = []string{from.Attributes[best].Name}
		}
	}
	return r
}

// anchor is where a line meets a box: a height, and the side.
type anchor struct {
	x, y int
	side int // 1: the line leaves to the right, -1: to the left
}

// route draws a relation through all its layers.
func (p *painter) route(way route) {
	relation, ends := p.relations[way.relation], p.ends[way.relation]
	leftBox, rightBox, leftEnd, rightEnd := ends[1], ends[0], relation.To, relation.From
	if way.reversed {
		leftBox, rightBox, leftEnd, rightEnd = ends[0], ends[1], relation.From, relation.To
	}
	start, stop := p.anchor(leftBox, leftEnd, 1), p.anchor(rightBox, rightEnd, -1)
	var path strings.Builder
	fmt.Fprintf(&path, "M%d %d", start.x, start.y)
	x, y := start.x, start.y
	bend := func(toX, toY int) {
		half := (toX - x) / 2
		fmt.Fprintf(&path, "C%d %d %d %d %d %d", x+half, y, toX-half, toY, toX, toY)
		x, y = toX, toY
	}
	for _, i := range way.items[1 : len(way.items)-1] {
		pass := p.layout.items[i]
		bend(margin+pass.x, margin+pass.y+pass.height/2)
		fmt.Fprintf(&path, "H%d", x+pass.width)
		x += pass.width
	}
	bend(stop.x, stop.y)
	p.line(path.String(), relation.Soft)
	p.mark(start, leftEnd.Cardinality)
	p.mark(stop, rightEnd.Cardinality)
}

// loop draws a relation of a table with itself.
func (p *painter) loop(box int, relation erd.Relation) {
	from, to := p.anchor(box, relation.From, 1), p.anchor(box, relation.To, 1)
	if from.y == to.y {
		from.y += 8
	}
	far := from.x + loopReach + 12
	p.line(fmt.Sprintf("M%d %dC%d %d %d %d %d %d", from.x, from.y, far, from.y, far, to.y, to.x, to.y), relation.Soft)
	p.mark(from, relation.From.Cardinality)
	p.mark(to, relation.To.Cardinality)
}

func (p *painter) line(path string, soft bool) {
	dash := ""
	if soft {
		dash = ` stroke-dasharray="4 4"`
	}
	fmt.Fprintf(&p.out, `<path d="%s" fill="none" stroke="%s" stroke-width="1.4"%s/>`+"\n", path, ink, dash)
}

// anchor is the row of an end's attribute, or the head of the box.
func (p *painter) anchor(box int, end erd.End, side int) anchor {
	c := p.cards[box]
	at := anchor{x: c.x, y: c.y + headHeight/2, side: side}
	if side > 0 {
		at.x += c.width
	}
	if len(end.Attributes) > 0 {
		attributes := p.model.Entities[box].Attributes
		row := slices.IndexFunc(attributes, func(a erd.Attribute) bool { return a.Name == end.Attributes[0] })
		if row >= 0 && row < len(c.rows) {
			at.y = c.y + headHeight + row*rowHeight + rowHeight/2
		}
	}
	return at
}

// mark draws how many, in crow's foot notation: a foot for several, a bar for one, a circle
// for none. What is not said is not drawn.
func (p *painter) mark(at anchor, cardinality erd.Cardinality) {
	var path strings.Builder
	reach := 6
	switch cardinality.Most {
	case erd.Several:
		reach = 13
		fmt.Fprintf(&path, "M%d %dL%d %dL%d %d", at.x, at.y-6, at.x+12*at.side, at.y, at.x, at.y+6)
	case erd.AtMostOne:
		fmt.Fprintf(&path, "M%d %dv12", at.x+6*at.side, at.y-6)
	case erd.MostUnsaid:
		return
	}
	switch cardinality.Least {
	case erd.AtLeastOne:
		fmt.Fprintf(&path, "M%d %dv12", at.x+(reach+4)*at.side, at.y-6)
	case erd.MayBeNone:
		fmt.Fprintf(&p.out, `<circle cx="%d" cy="%d" r="4" fill="#ffffff" stroke="%s" stroke-width="1.4"/>`, at.x+(reach+5)*at.side, at.y, ink)
	case erd.LeastUnsaid:
	}
	fmt.Fprintf(&p.out, `<path d="%s" fill="none" stroke="%s" stroke-width="1.4"/>`+"\n", path.String(), ink)
}
