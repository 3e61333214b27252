// Package tiny makes small random databases for tables that exist: a few rows each, with
// values from small domains, so that NULLs, duplicates, ties, empty tables, empty groups and
// boundary values meet often. The declared keys, references and checks hold in each of them.
// The same seed makes the same databases. It stands below package equivalence.
package tiny

// Spec is how an author describes the databases; every part has a default.
type Spec struct {
	// Databases is how many are made; 0 means 200.
	Databases int `yaml:"databases"`
	// Tables by name; one that is not named has 0 to 6 rows with values of its types.
	Tables map[string]Table `yaml:"tables"`
	// Parameters by their name in the query, "$1".
	Parameters map[string]Domain `yaml:"parameters"`
}

// Table is how a table is filled.
type Table struct {
	Rows    []int             `yaml:"rows"` // at least, at most; [0, 6]
	Columns map[string]Domain `yaml:"columns"`
}

// Domain is what a value is drawn from.
type Domain struct {
	// Values as Postgres reads them from text. A database uses 2 to 4 of them in a column.
	Values []string `yaml:"values"`
	// NullPercent is how many of a hundred values are NULL, in a column that may be NULL;
	// not given: 15 for columns, 0 for parameters.
	NullPercent *int `yaml:"null_percent"`
}

// DefaultDatabases is the number of databases where an author does not say.
const DefaultDatabases = 200
