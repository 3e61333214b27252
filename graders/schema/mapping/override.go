package mapping

// Override is what the candidate states about the schema: in the front matter of
// DESIGN.md, or in takehome.yaml.
type Override struct {
	Tables  map[Role]Stated[string]
	Columns map[Role]map[Field]StatedColumn
	Assume  Statements
	Notes   []string // what could not be read, and why
}

// Stated is a value and where it is stated.
type Stated[T any] struct {
	Value  T
	Source string // SourceDesign or SourceDeclared
}

// StatedColumn is a stated column of a field.
type StatedColumn struct {
	Table  string // "" is the table of the role
	Column string
	Unit   string
	Source string
}

// ReadOverride reads what the candidate states, from the folder of a submission. What
// cannot be used becomes a note. An error is ours.
func ReadOverride(dir string) (Override, error) {
	return Override{}, nil
}
