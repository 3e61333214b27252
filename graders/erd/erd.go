// Package erd says what an entity-relationship diagram is, and how far it shows a schema. It
// stands beside the grader of schemas, which converts what Postgres says into a Model; below
// it, notation reads diagrams and drawing makes them. None of them knows a database or a check.
package erd

// Model is a diagram, or a live schema seen as one.
type Model struct {
	Entities  []Entity
	Relations []Relation
	// Others are names that a diagram may draw as well although they are no tables: views and
	// enumerated types of a live schema.
	Others []string
}

// Entity is a box of a diagram, or a table.
type Entity struct {
	Name string // unique within the model; "schema.table" outside the schema public
	// Also are other names under which it may be known: the label beside an alias, the role
	// that a table plays.
	Also       []string
	Attributes []Attribute // in the order in which they are drawn
	// Core marks the entities that a live schema cannot do without. Diagrams leave it unset.
	Core bool
	// Technical marks tables that no diagram has to show, such as those of a migration tool.
	// One that is shown counts.
	Technical bool
	Note      string // a comment of the table; may be empty
}

// Attribute is a line in a box, or a column. What a diagram does not say is false.
type Attribute struct {
	Name     string
	Type     string
	Primary  bool // part of the primary key
	Foreign  bool // part of a reference
	Unique   bool // alone
	Required bool
	// Essential marks columns that a diagram of a live schema should show, beside the keys.
	Essential bool
}

// Relation is a line between two boxes. A foreign key goes From the referencing table To the
// referenced one; in a diagram the two ends are in the order in which they are written.
type Relation struct {
	From, To End
	Label    string
	// Soft marks what only looks like a reference, a column without a foreign key.
	Soft bool
	// Optional marks a reference that few diagrams draw, such as who wrote a row.
	Optional bool
}

// free reports whether a diagram may draw it or not.
func (r Relation) free() bool { return r.Soft || r.Optional }

// End is one end of a line: how many of its entity go with one of the other end's.
type End struct {
	Entity      string
	Attributes  []string // that make the reference; may be empty
	Cardinality Cardinality
}

// Cardinality is how many, as far as it is said.
type Cardinality struct {
	Least Least
	Most  Most
}

// Least is the smaller bound of a cardinality.
type Least int

// Whether there may be none. A foreign key says it of the referenced end only.
const (
	LeastUnsaid Least = iota
	MayBeNone
	AtLeastOne
)

// Most is the greater bound of a cardinality.
type Most int

// Whether there may be several.
const (
	MostUnsaid Most = iota
	AtMostOne
	Several
)

// String writes "0..1", "1", "0..*", "1..*"; "?" stands for what is not said.
func (c Cardinality) String() string {
	least := map[Least]string{LeastUnsaid: "?", MayBeNone: "0", AtLeastOne: "1"}[c.Least]
	switch c.Most {
	case AtMostOne:
		if c.Least == AtLeastOne {
			return "1"
		}
		return least + "..1"
	case Several:
		return least + "..*"
	case MostUnsaid:
	}
	if c.Least == LeastUnsaid {
		return "?"
	}
	return least + "..?"
}

// Entity finds an entity by its name.
func (m Model) Entity(name string) (Entity, bool) {
	for _, entity := range m.Entities {
		if entity.Name == name {
			return entity, true
		}
	}
	return Entity{}, false
}

// Attribute finds an attribute by its name.
func (e Entity) Attribute(name string) (Attribute, bool) {
	for _, attribute := range e.Attributes {
		if attribute.Name == name {
			return attribute, true
		}
	}
	return Attribute{}, false
}
