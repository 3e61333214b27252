package erd

import (
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Comparison is how far a diagram shows the schema that is there. Everything that is counted
// is counted in whole numbers.
type Comparison struct {
	// Drawn names, for every table that is in the diagram, the box that shows it.
	Drawn map[string]string
	// Collapsed are link tables that the diagram draws as a line between the tables they link,
	// as a conceptual diagram should.
	Collapsed []string
	// Missing are the tables that neither appear nor are explained.
	Missing []string

	Entities    Overlap
	Relations   Overlap
	Cardinality Share // facts about both ends of the relations that are drawn
	Columns     Share // columns and keys of the core tables
	Tables      Share // tables that appear, of those that are not explained
	Differences []Difference
}

// Overlap is what two sets have in common.
type Overlap struct{ Both, Live, Drawn int }

// F1 is the harmonic mean of precision and recall: 2·both / (live + drawn). Padding a diagram
// costs as much as leaving things out.
func (o Overlap) F1() takehome.Fraction {
	if o.Live+o.Drawn == 0 {
		return takehome.None()
	}
	return takehome.Frac(int64(2*o.Both), int64(o.Live+o.Drawn))
}

// Share is how many of all.
type Share struct{ Good, All int }

// Fraction is the share, 0 where there is nothing to be good.
func (s Share) Fraction() takehome.Fraction {
	if s.All == 0 {
		return takehome.None()
	}
	return takehome.Frac(int64(s.Good), int64(s.All))
}

// Difference is one thing in which a diagram and the schema differ.
type Difference struct {
	Kind    Kind
	Diagram string // what is drawn; "" for what is left out
	Schema  string // what is there; "" for what is not
}

// Kind is a kind of difference, in words for a reader.
type Kind string

// The kinds of differences.
const (
	TableNotDrawn    Kind = "table is not drawn"
	BoxWithoutTable  Kind = "box without a table"
	KeyNotDrawn      Kind = "foreign key is not drawn"
	LineWithoutKey   Kind = "line without a foreign key"
	OtherCardinality Kind = "other cardinality"
	ColumnNotDrawn   Kind = "column is not drawn"
	KeyNotMarked     Kind = "primary key is not marked"
)

// comparing is a comparison at work.
type comparing struct {
	live, drawn Model
	found       []int          // for every table, the box that shows it, or -1
	liveOf      map[string]int // for every box, its table, or -1
	links       map[string]link
	others      map[string]bool // boxes that show a view or an enumerated type
	collapsed   map[string]bool // link tables that count as a line
	out         Comparison
}

// Compare compares a diagram with the live schema. Explained tells whether the submission
// says that a table is left out; it may be nil. The core tables cannot be explained away.
func Compare(live, drawn Model, explained func(table string) bool) Comparison {
	live.Entities = slices.Clone(live.Entities)
	c := &comparing{
		live: live, drawn: drawn, found: match(live, drawn), liveOf: map[string]int{},
		links: linksOf(live), others: map[string]bool{}, collapsed: map[string]bool{}, out: Comparison{Drawn: map[string]string{}},
	}
	for _, box := range drawn.Entities {
		c.liveOf[box.Name] = -1
	}
	for i, table := range live.Entities {
		if at := c.found[i]; at >= 0 {
			c.liveOf[drawn.Entities[at].Name] = i
			c.out.Drawn[table.Name] = drawn.Entities[at].Name
			continue
		}
		if _, isLink := c.links[table.Name]; isLink {
			c.collapsed[table.Name] = true
		}
		if !table.Core && explained != nil && explained(table.Name) {
			live.Entities[i].Technical = true
		}
	}
	c.findOthers()
	c.entities()
	c.relations()
	c.columns()
	c.tables()
	return c.out
}

// entities compares tables and boxes. A link table that has no box is counted as a line.
func (c *comparing) entities() {
	for i, table := range c.live.Entities {
		switch {
		case c.found[i] >= 0:
			c.out.Entities.Both++
			c.out.Entities.Live++
		case table.Technical || c.collapsed[table.Name]:
		default:
			c.out.Entities.Live++
			c.differ(TableNotDrawn, "", table.Name)
		}
	}
	for _, box := range c.drawn.Entities {
		if c.liveOf[box.Name] >= 0 {
			c.out.Entities.Drawn++
		} else if !c.others[box.Name] {
			c.out.Entities.Drawn++
			c.differ(BoxWithoutTable, box.Name, "")
		}
	}
}

// findOthers finds the boxes that are no table, but a view or an enumerated type.
func (c *comparing) findOthers() {
	names := map[string]bool{}
	for _, other := range c.live.Others {
		names[strings.Join(Words(BaseName(other)), "")] = true
	}
	for _, box := range c.drawn.Entities {
		if c.liveOf[box.Name] < 0 {
			c.others[box.Name] = slices.ContainsFunc(append([]string{box.Name}, box.Also...), func(name string) bool {
				return names[strings.Join(Words(BaseName(name)), "")]
			})
		}
	}
}

func (c *comparing) differ(kind Kind, diagram, schema string) {
	c.out.Differences = append(c.out.Differences, Difference{kind, diagram, schema})
}

// columns compares the columns of the core tables that are drawn; a core table that is not
// drawn shows none of them. A column that refers to another table is shown by the line, too.
func (c *comparing) columns() {
	for i, table := range c.live.Entities {
		if !table.Core {
			continue
		}
		var box Entity
		if c.found[i] >= 0 {
			box = c.drawn.Entities[c.found[i]]
		}
		for _, column := range table.Attributes {
			asked := column.Primary || column.Essential || column.Foreign && c.isAsked(table.Name, column.Name)
			if !asked {
				continue
			}
			at := matchAttribute(table, column.Name, box.Attributes)
			c.out.Columns.All++
			if at >= 0 || column.Foreign && !column.Primary && c.lineShows(table.Name, column.Name) {
				c.out.Columns.Good++
			} else if c.found[i] >= 0 {
				c.differ(ColumnNotDrawn, "", table.Name+"."+column.Name)
			}
			if column.Primary {
				c.out.Columns.All++
				if at >= 0 && box.Attributes[at].Primary {
					c.out.Columns.Good++
				} else if at >= 0 {
					c.differ(KeyNotMarked, box.Name+"."+box.Attributes[at].Name, table.Name+"."+column.Name)
				}
			}
		}
	}
}

// isAsked reports whether a diagram should show the foreign key of a column.
func (c *comparing) isAsked(table, column string) bool {
	return slices.ContainsFunc(c.live.Relations, func(key Relation) bool {
		return key.From.Entity == table && !key.free() && slices.Contains(key.From.Attributes, column)
	})
}

// lineShows reports whether a line is drawn for the foreign key of a column.
func (c *comparing) lineShows(table, column string) bool {
	return slices.ContainsFunc(c.live.Relations, func(key Relation) bool {
		if key.From.Entity != table || !slices.Contains(key.From.Attributes, column) {
			return false
		}
		return slices.ContainsFunc(c.drawn.Relations, func(line Relation) bool {
			pair, known := c.pairOf(line)
			return known && pair == pairing(key.From.Entity, key.To.Entity)
		})
	})
}

// tables looks for tables that do not appear and must.
func (c *comparing) tables() {
	for i, table := range c.live.Entities {
		if table.Technical {
			continue
		}
		c.out.Tables.All++
		if c.found[i] >= 0 || c.isDrawnAsLine(table.Name) {
			c.out.Tables.Good++
			continue
		}
		c.out.Missing = append(c.out.Missing, table.Name)
	}
	for _, table := range c.live.Entities {
		if c.collapsed[table.Name] && c.isDrawnAsLine(table.Name) {
			c.out.Collapsed = append(c.out.Collapsed, table.Name)
		}
	}
}

// Better reports whether a diagram shows more than another one: by tables, then by relations,
// then by columns.
func (c Comparison) Better(other Comparison) bool {
	if by := c.Entities.F1().Cmp(other.Entities.F1()); by != 0 {
		return by > 0
	}
	if by := c.Relations.F1().Cmp(other.Relations.F1()); by != 0 {
		return by > 0
	}
	return c.Columns.Fraction().Cmp(other.Columns.Fraction()) > 0
}
