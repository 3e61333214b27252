// Package tiny makes small random databases for tables that exist: a few rows each, with
// values from small domains, so that NULLs, duplicates, ties, empty tables, empty groups and
// boundary values meet often. The declared keys, references and checks hold in each of them.
// The same seed makes the same databases. It stands below package equivalence.
package tiny

// Spec is how an author describes the databases; every part has a default.
type Spec struct {
	// Databases is how many are made; 0 means DefaultDatabases.
	Databases int
	// Tables by name; one that is not named has 0 to 6 rows with values of its types.
	Tables map[string]Table
	// Parameters are the domains of $1, $2 …; empty, or one for each. One without values
	// takes those that the challenge measures with.
	Parameters []Domain
}

// Table is how a table is filled.
type Table struct {
	Rows    []int // at least, at most; empty: 0, 6
	Columns map[string]Domain
}

// Domain is what a value is drawn from.
type Domain struct {
	// Values as Postgres reads them from text. A database uses 2 to 4 of them in a column.
	// None: the values at which the predicates of the query turn, and hard ones of the type.
	Values []string
	// NullPercent is how many of a hundred values are NULL, where NULL is allowed; nil: 15 in
	// columns, 0 for parameters.
	NullPercent *int
}

// DefaultDatabases is the number of databases where an author does not say.
const DefaultDatabases = 200
