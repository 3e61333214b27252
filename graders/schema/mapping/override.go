package mapping

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Override is what the candidate states about the schema: in the front matter of
// DESIGN.md, or in takehome.yaml, which wins where both say something.
type Override struct {
	Tables  map[Role]Stated[string] // "schema.table", "table" or Nothing
	Columns map[Role]map[Field]StatedColumn
	Assume  Statements
	Notes   []string // what could not be read, and why
}

// Nothing is what a candidate writes for a role that no table plays.
const Nothing = "absent"

// Stated is a value and where it is stated.
type Stated[T any] struct {
	Value  T
	Source string // SourceDesign or SourceDeclared
}

// StatedColumn is a stated column of a field.
type StatedColumn struct {
	Table  string // "" is the table of the role
	Column string
	Unit   string // Major, Minor or "": to be found
	Source string
}

// Limits of what is read of a stranger's statements.
const (
	maxFile       = 256 << 10 // bytes
	maxStatements = 100
	maxNotes      = 10
)

// ReadOverride reads what the candidate states, from the folder of a submission. What
// cannot be used becomes a note. An error is ours.
func ReadOverride(dir string) (Override, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Override{}, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	made := Override{Tables: map[Role]Stated[string]{}, Columns: map[Role]map[Field]StatedColumn{}, Assume: Statements{}}
	for _, name := range designFiles(root) {
		if content := made.read(root, name); content != nil {
			made.add(frontMatter(content), SourceDesign)
		}
	}
	if content := made.read(root, SourceDeclared); content != nil {
		made.add(content, SourceDeclared)
	}
	if len(made.Notes) > maxNotes {
		made.Notes = append(made.Notes[:maxNotes], fmt.Sprintf("%d more statements cannot be used", len(made.Notes)-maxNotes))
	}
	return made, nil
}

// designFiles are the files named DESIGN.md, in any case, at the root or in docs.
func designFiles(root *os.Root) []string {
	var found []string
	for _, folder := range []string{"docs", "."} { // the one at the root wins
		entries, err := fs.ReadDir(root.FS(), folder)
		if err != nil {
			continue // there is no such folder
		}
		for _, entry := range entries {
			if strings.EqualFold(entry.Name(), SourceDesign) && entry.Type().IsRegular() {
				found = append(found, strings.TrimPrefix(folder+"/"+entry.Name(), "./"))
			}
		}
	}
	return found
}

func (o *Override) read(root *os.Root, name string) []byte {
	opened, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		o.note("%s cannot be read and is ignored", name)
		return nil
	}
	defer func() { _ = opened.Close() }() // opened for reading
	content, err := io.ReadAll(io.LimitReader(opened, maxFile+1))
	if err != nil || len(content) > maxFile {
		o.note("%s is too large and is ignored", name)
		return nil
	}
	return content
}

var matter = regexp.MustCompile(`(?s)\A(?:\x{FEFF})?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\z)`)

// frontMatter is the YAML between two lines of dashes at the beginning of a Markdown file.
func frontMatter(content []byte) []byte {
	if parts := matter.FindSubmatch(content); parts != nil {
		return parts[1]
	}
	return nil
}

func (o *Override) note(format string, args ...any) {
	o.Notes = append(o.Notes, fmt.Sprintf(format, args...))
}

// add takes from YAML what it can use.
func (o *Override) add(content []byte, source string) {
	if len(content) == 0 {
		return
	}
	var file struct {
		Tables  yaml.Node `yaml:"tables"`
		Columns yaml.Node `yaml:"columns"`
		Assume  yaml.Node `yaml:"assume"`
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		o.note("%s is not as expected and is ignored: %s", source, takehome.Line(err.Error()))
		return
	}
	for name, value := range o.pairs(source, "tables", &file.Tables) {
		o.addTable(source, name, value)
	}
	for name, value := range o.pairs(source, "columns", &file.Columns) {
		o.addColumn(source, name, value)
	}
	for name, value := range o.pairs(source, "assume", &file.Assume) {
		o.addAssumption(source, name, value)
	}
}

// pairs walks the pairs of a mapping in their order, up to a limit.
func (o *Override) pairs(source, section string, node *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		if node.IsZero() || node.Tag == "!!null" {
			return
		}
		if node.Kind != yaml.MappingNode {
			o.note("%s: %s must be a mapping and is ignored", source, section)
			return
		}
		for i := 0; i+1 < min(len(node.Content), 2*maxStatements); i += 2 {
			if !yield(normalName(node.Content[i].Value), node.Content[i+1]) {
				return
			}
		}
		if len(node.Content) > 2*maxStatements {
			o.note("%s: only the first %d of %s are read", source, maxStatements, section)
		}
	}
}

func normalName(name string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_")
}

func (o *Override) addTable(source, name string, value *yaml.Node) {
	role, ok := o.role(source, name)
	if !ok {
		return
	}
	if value.Kind != yaml.ScalarNode || value.Value == "" {
		o.note("%s: tables.%s must be the name of a table and is ignored", source, name)
		return
	}
	if value.Tag == "!!null" {
		value.Value = Nothing
	}
	o.Tables[role] = Stated[string]{Value: value.Value, Source: source}
}

func (o *Override) role(source, name string) (Role, bool) {
	roles := append(Core(), Secondary()...)
	if at := slices.Index(roles, Role(name)); at >= 0 {
		return roles[at], true
	}
	known := make([]string, 0, len(roles))
	for _, role := range roles {
		known = append(known, string(role))
	}
	note := fmt.Sprintf("%s: there is no role %q", source, takehome.Line(name))
	if near := authored.Nearest(takehome.Line(name), known); near != "" {
		note += fmt.Sprintf(" (did you mean %q?)", near)
	}
	o.note("%s", note)
	return "", false
}

func (o *Override) addColumn(source, name string, value *yaml.Node) {
	roleName, field, found := strings.Cut(name, ".")
	if !found {
		o.note("%s: columns.%s must name a role and a field, such as product.price", source, takehome.Line(name))
		return
	}
	role, ok := o.role(source, roleName)
	if !ok {
		return
	}
	if !knows(role, Field(field)) {
		o.note("%s: the role %s has no field %q", source, role, takehome.Line(field))
		return
	}
	column := StatedColumn{Source: source}
	var full struct {
		Table  string `yaml:"table"`
		Column string `yaml:"column"`
		Unit   string `yaml:"unit"`
	}
	switch {
	case value.Kind == yaml.ScalarNode:
		column.Column = value.Value
		if at := strings.LastIndexByte(value.Value, '.'); at >= 0 {
			column.Table, column.Column = value.Value[:at], value.Value[at+1:]
		}
	case value.Kind == yaml.MappingNode && value.Decode(&full) == nil:
		column.Table, column.Column, column.Unit = full.Table, full.Column, full.Unit
	}
	if column.Column == "" || !slices.Contains([]string{"", Major, Minor}, column.Unit) {
		o.note("%s: columns.%s needs table, column and, of money, unit: major or minor", source, takehome.Line(name))
		return
	}
	if o.Columns[role] == nil {
		o.Columns[role] = map[Field]StatedColumn{}
	}
	o.Columns[role][Field(field)] = column
}

// knows reports whether a role has a field.
func knows(role Role, field Field) bool {
	named := []Field{Key, CreatedAt, DeletedAt, UserRef, ProductRef, VariantRef, CategoryRef, OrderRef, CartRef, ShippingAddress, BillingAddress, Parent}
	for _, rule := range rules(role) {
		named = append(named, rule.field)
	}
	return slices.Contains(named, field)
}

func (o *Override) addAssumption(source, name string, value *yaml.Node) {
	if value.Kind != yaml.ScalarNode {
		o.note("%s: assume.%s must be true, false, a number or a text, and is ignored", source, takehome.Line(name))
		return
	}
	var decoded any
	if err := value.Decode(&decoded); err != nil {
		o.note("%s: assume.%s cannot be read and is ignored", source, takehome.Line(name))
		return
	}
	switch known := decoded.(type) {
	case bool, int, float64:
	case string:
		decoded = takehome.Line(known)
	default: // a date, or nothing at all
		decoded = takehome.Line(value.Value)
	}
	o.Assume[takehome.Line(name)] = Statement{Value: decoded, Source: source}
}
