// Package live is the schema of a submission as Postgres itself describes it: its tables,
// columns, keys, constraints and indexes, read from pg_catalog. It stands between the
// database and everything that judges a schema, none of which ever reads the text of the
// submission's SQL.
package live

import "strings"

// Schema is what a submission's database holds beside what Postgres brings. Every list is
// sorted by name (columns and keys by their position), so that two readings are equal.
type Schema struct {
	Tables   []Table
	Views    []Name
	Routines []Name // functions, procedures
	Enums    []Enum
	Domains  []Domain
	// Extensions that were added, such as citext.
	Extensions []string
	// Truncated tells that there is more than is read.
	Truncated bool
}

// Name is a name within a schema.
type Name struct{ Schema, Name string }

// String writes schema.name, or the name alone in the schema public. It is not quoted.
func (n Name) String() string {
	if n.Schema == "public" {
		return n.Name
	}
	return n.Schema + "." + n.Name
}

// SQL is the quoted form for a statement of ours.
func (n Name) SQL() string { return Quote(n.Schema) + "." + Quote(n.Name) }

// Quote quotes an identifier (PostgreSQL manual 4.1.1).
func Quote(identifier string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(identifier, "\x00", ""), `"`, `""`) + `"`
}

// Table is a table or a partitioned table. Partitions are not listed, their parent is.
type Table struct {
	Name
	OID         uint32
	Partitioned bool
	Unlogged    bool
	RowSecurity bool
	Rules       int // beside those of views
	Comment     string
	Columns     []Column // in the order of the table
	Keys        []Key    // primary key first, then the others by name
	ForeignKeys []ForeignKey
	Checks      []Check
	Exclusions  []string // names of exclusion constraints
	Indexes     []Index
	Triggers    []Trigger // those of foreign keys left out
}

// Column is a column of a table.
type Column struct {
	Name      string
	Number    int    // pg_attribute.attnum
	Type      string // format_type: "character varying(255)", "numeric(10,2)"
	Base      string // the type without its modifier, domains followed: "varchar", "numeric", "int4", "_text"
	Category  string // pg_type.typcategory of Base: N, S, B, D, A, E, U, …
	Domain    *Name  // where the declared type is a domain
	Enum      *Name  // where Base is an enum
	Modifier  int    // atttypmod; -1: none
	NotNull   bool   // also by a domain or the primary key
	Default   string // pg_get_expr; ""
	Identity  bool
	Generated bool // stored or virtual
	Collation string
	Comment   string
}

// Key is a primary key or a unique constraint. Unique indexes that are no constraints are
// among the indexes only.
type Key struct {
	Name             string
	Columns          []string
	Primary          bool
	NullsNotDistinct bool
	Deferrable       bool
}

// ForeignKey is a declared reference.
type ForeignKey struct {
	Name       string
	Columns    []string
	Target     Name
	TargetKey  []string
	OnDelete   string // pg_constraint.confdeltype: a no action, r restrict, c cascade, n set null, d set default
	OnUpdate   string
	Deferrable bool
	Valid      bool
}

// Check is a CHECK constraint.
type Check struct {
	Name       string
	Columns    []string
	Definition string // pg_get_constraintdef
	Valid      bool
}

// Index is an index, be it made by hand or for a key.
type Index struct {
	Name       string
	Method     string   // btree, gin, gist, …
	Columns    []string // "" for an expression
	Included   []string
	Definition string // pg_get_indexdef
	Predicate  string // of a partial index
	Expression string // of its expressions, "" where it has none
	Unique     bool
	Primary    bool
	Constraint bool // it stands behind a key or an exclusion constraint
	Valid      bool
	Classes    []string // operator classes, "gin_trgm_ops"
}

// Trigger is a trigger of the submission's.
type Trigger struct {
	Name       string
	Function   Name
	Definition string
}

// Enum is an enumerated type with its labels in their order.
type Enum struct {
	Name
	Labels []string
}

// Domain is a domain and what it demands.
type Domain struct {
	Name
	Base    string
	NotNull bool
	Checks  []string // pg_get_constraintdef
}

// Table finds a table.
func (s Schema) Table(name Name) (Table, bool) {
	for _, table := range s.Tables {
		if table.Name == name {
			return table, true
		}
	}
	return Table{}, false
}

// Column finds a column.
func (t Table) Column(name string) (Column, bool) {
	for _, column := range t.Columns {
		if column.Name == name {
			return column, true
		}
	}
	return Column{}, false
}

// PrimaryKey returns the columns of the primary key; nil where there is none.
func (t Table) PrimaryKey() []string {
	for _, key := range t.Keys {
		if key.Primary {
			return key.Columns
		}
	}
	return nil
}
