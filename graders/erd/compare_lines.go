package erd

import "slices"

// pair is two tables without an order; a table can stand beside itself.
type pair struct{ a, b string }

func pairing(a, b string) pair {
	if a > b {
		a, b = b, a
	}
	return pair{a, b}
}

// link is a table that only says which rows of two others belong together.
type link struct{ one, other Relation }

// linksOf finds the link tables: exactly two foreign keys, which nothing refers to, and no
// columns of their own beside a key, a position or a date.
func linksOf(m Model) map[string]link {
	keys := map[string][]Relation{}
	referred := map[string]bool{}
	for _, relation := range m.Relations {
		if !relation.free() {
			keys[relation.From.Entity] = append(keys[relation.From.Entity], relation)
			referred[relation.To.Entity] = true
		}
	}
	links := map[string]link{}
	for _, table := range m.Entities {
		own := slices.ContainsFunc(table.Attributes, func(column Attribute) bool {
			return !column.Primary && !column.Foreign && column.Essential
		})
		if found := keys[table.Name]; len(found) == 2 && !own && !table.Core && !referred[table.Name] {
			links[table.Name] = link{found[0], found[1]}
		}
	}
	return links
}

// line is the relation of two tables, with all the foreign keys that make it.
type line struct {
	pair
	keys []Relation
}

// liveLines are the relations that a diagram should show, in the order of the schema. Link
// tables that count as a line are one relation of many to many.
func (c *comparing) liveLines() []line {
	var lines []line
	add := func(relation Relation) {
		at := slices.IndexFunc(lines, func(l line) bool { return l.pair == pairing(relation.From.Entity, relation.To.Entity) })
		if at < 0 {
			at = len(lines)
			lines = append(lines, line{pair: pairing(relation.From.Entity, relation.To.Entity)})
		}
		lines[at].keys = append(lines[at].keys, relation)
	}
	done := map[string]bool{}
	for _, relation := range c.live.Relations {
		table := relation.From.Entity
		switch {
		case relation.free() || c.technical(table) || c.technical(relation.To.Entity):
		case !c.collapsed[table]:
			add(relation)
		case !done[table]:
			done[table] = true
			ends := c.links[table]
			many := Cardinality{LeastUnsaid, Several}
			add(Relation{
				From: End{Entity: ends.one.To.Entity, Cardinality: many}, To: End{Entity: ends.other.To.Entity, Cardinality: many},
				Label: table,
			})
		}
	}
	return lines
}

// technical reports whether a table need not be drawn, and is not.
func (c *comparing) technical(name string) bool {
	at := slices.IndexFunc(c.live.Entities, func(e Entity) bool { return e.Name == name })
	return at < 0 || c.live.Entities[at].Technical && c.found[at] < 0
}

// pairOf tells which tables a drawn line joins. It is not known where an end is no table.
func (c *comparing) pairOf(drawn Relation) (pair, bool) {
	from, fromKnown := c.liveOf[drawn.From.Entity]
	to, toKnown := c.liveOf[drawn.To.Entity]
	if !fromKnown || !toKnown || from < 0 || to < 0 {
		return pair{}, false
	}
	return pairing(c.live.Entities[from].Name, c.live.Entities[to].Name), true
}

// relations compares foreign keys and lines. Several between the same two tables are one.
func (c *comparing) relations() {
	lines := c.liveLines()
	shown := map[pair][]Relation{}
	var order []pair
	for _, drawn := range c.drawn.Relations {
		if c.isFree(drawn, lines) {
			continue
		}
		joined, known := c.pairOf(drawn)
		if !known {
			joined = pairing("drawn "+drawn.From.Entity, "drawn "+drawn.To.Entity)
		}
		if shown[joined] == nil {
			order = append(order, joined)
		}
		shown[joined] = append(shown[joined], drawn)
	}
	c.out.Relations = Overlap{Live: len(lines), Drawn: len(order)}
	for _, each := range lines {
		drawn := shown[each.pair]
		if drawn == nil {
			c.differ(KeyNotDrawn, "", each.keys[0].describe())
			continue
		}
		c.out.Relations.Both++
		c.cardinality(each, drawn)
	}
	for _, joined := range order {
		if !slices.ContainsFunc(lines, func(l line) bool { return l.pair == joined }) {
			c.differ(LineWithoutKey, shown[joined][0].describe(), "")
		}
	}
}

// isFree reports whether a drawn line is neither asked for nor wrong: one to a view or an
// enumerated type, one where only the constraint is missing or that few diagrams draw, and
// one over a link table that is drawn as well.
func (c *comparing) isFree(drawn Relation, lines []line) bool {
	for _, end := range []End{drawn.From, drawn.To} {
		if c.others[end.Entity] {
			return true
		}
	}
	joined, known := c.pairOf(drawn)
	if !known || slices.ContainsFunc(lines, func(l line) bool { return l.pair == joined }) {
		return false
	}
	for _, relation := range c.live.Relations {
		if relation.free() && pairing(relation.From.Entity, relation.To.Entity) == joined {
			return true
		}
	}
	for table, ends := range c.links {
		if !c.collapsed[table] && pairing(ends.one.To.Entity, ends.other.To.Entity) == joined {
			return true
		}
	}
	return false
}

// isDrawnAsLine reports whether a link table is shown as a line of many to many.
func (c *comparing) isDrawnAsLine(table string) bool {
	ends, isLink := c.links[table]
	return isLink && slices.ContainsFunc(c.drawn.Relations, func(drawn Relation) bool {
		joined, known := c.pairOf(drawn)
		return known && joined == pairing(ends.one.To.Entity, ends.other.To.Entity) &&
			drawn.From.Cardinality.Most != AtMostOne && drawn.To.Cardinality.Most != AtMostOne
	})
}

// cardinality counts the facts about both ends that a drawn line and a foreign key agree on.
// Where several keys join the same tables, each drawn line is compared with the one that it
// agrees with best; lines that contradict each other cannot all be right.
func (c *comparing) cardinality(each line, drawn []Relation) {
	for _, one := range drawn {
		best, key := Share{}, 0
		for i, live := range each.keys {
			for _, way := range c.ways(one, live) {
				from, to := facts(live.From, way[0]), facts(live.To, way[1])
				share := Share{from.Good + to.Good, from.All + to.All}
				if best.All == 0 || share.Fraction().Cmp(best.Fraction()) > 0 {
					best, key = share, i
				}
			}
		}
		c.out.Cardinality.Good += best.Good
		c.out.Cardinality.All += best.All
		if best.Good < best.All {
			c.differ(OtherCardinality, one.describe(), each.keys[key].describe())
		}
	}
}

// ways are the ends of a drawn line in the order of the foreign key. Between a table and
// itself both orders are possible.
func (c *comparing) ways(drawn, live Relation) [][2]End {
	straight, turned := [2]End{drawn.From, drawn.To}, [2]End{drawn.To, drawn.From}
	if live.From.Entity == live.To.Entity {
		return [][2]End{straight, turned}
	}
	if c.live.Entities[c.liveOf[drawn.From.Entity]].Name == live.From.Entity {
		return [][2]End{straight}
	}
	return [][2]End{turned}
}

// facts compares what is said about one end: whether there may be several, always; whether
// there may be none, where both say it. "At least one" cannot be said in DDL of the
// referencing end, so it is never held against a diagram.
func facts(live, drawn End) Share {
	share := Share{All: 1}
	if live.Cardinality.Most == drawn.Cardinality.Most {
		share.Good++
	}
	if live.Cardinality.Least != LeastUnsaid && drawn.Cardinality.Least != LeastUnsaid {
		share.All++
		if live.Cardinality.Least == drawn.Cardinality.Least {
			share.Good++
		}
	}
	return share
}

// describe writes "orders ?..* – 1 users".
func (r Relation) describe() string {
	return r.From.Entity + " " + r.From.Cardinality.String() + " – " + r.To.Cardinality.String() + " " + r.To.Entity
}
