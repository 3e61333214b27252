package query

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/takehome-dev/takehome/internal/authored"
)

// specFile is the part of a package that belongs to this kind.
const specFile = "query.yaml"

// Spec is what a challenge of this kind asks, with the SQL of the files that it names.
type Spec struct {
	// Dataset is "shop", the data that challenges share, or a folder of the package: schema.sql
	// makes the tables, and a file named for each prepared database fills them.
	Dataset string `yaml:"dataset"`
	// Query is the file with the slow query as it is handed out; $1, $2 … are its parameters.
	Query string `yaml:"query"`
	// Unlimited is a file with the same query without its LIMIT and OFFSET. It is needed where
	// Order leaves ties: rows that tie at the edge of the limit are free.
	Unlimited  string     `yaml:"unlimited"`
	Parameters Parameters `yaml:"parameters"`
	// Order is what the brief promises about the order of the rows. Rows that these keys do
	// not tell apart may come in any order.
	Order     []OrderKey `yaml:"order"`
	Reference Reference  `yaml:"reference"`
	// BigTables are those of which a sequential scan costs credit.
	BigTables []string `yaml:"big_tables"`
	// Scales are the prepared databases, the smallest first; each holds twice as much as the
	// one before it.
	Scales []string `yaml:"scales"`
	Tiny   Tiny     `yaml:"tiny"`
	// Writes is a file with the fixed batch of inserts and updates that is run before and
	// after the candidate's DDL.
	Writes string `yaml:"writes"`
	Budget Budget `yaml:"budget"`
	// Allow lists what the candidate's DDL may make: see Permissions.
	Allow []string `yaml:"allow"`
	// Rewrite is false where query.sql has to stay as it was given; true if it is left out.
	Rewrite *bool `yaml:"rewrite"`
}

// Parameters are the values that the query is run with.
type Parameters struct {
	Types []string       `yaml:"types"` // of $1, $2 … as SQL writes them
	Sets  []ParameterSet `yaml:"sets"`  // at least three where there are parameters
}

// ParameterSet is one value for each parameter.
type ParameterSet struct {
	Name   string `yaml:"name"` // "common", "rare", "absent"
	Values []Text `yaml:"values"`
}

// OrderKey is a column of the result by which the brief promises an order.
type OrderKey struct {
	Column     string `yaml:"column"`
	Descending bool   `yaml:"descending"`
}

// Reference names the files of a good solution.
type Reference struct {
	Query   string `yaml:"query"`
	Indexes string `yaml:"indexes"` // may be empty
}

// Tiny says how the small random databases are made, in which two queries show that they are
// not the same.
type Tiny struct {
	Tables     map[string]TinyTable `yaml:"tables"`
	Parameters []Domain             `yaml:"parameters"` // one for each parameter, by number
	Databases  int                  `yaml:"databases"`  // how many are made; left out: 200
}

// TinyTable is one table of them.
type TinyTable struct {
	Rows    []int             `yaml:"rows"` // least and most
	Columns map[string]Domain `yaml:"columns"`
}

// Domain is where values come from.
type Domain struct {
	Values      []Text `yaml:"values"`
	NullPercent *int   `yaml:"null_percent"` // left out: 15 in columns, 0 for parameters
}

// Budget is what the candidate's DDL may cost.
type Budget struct {
	StoragePercent int `yaml:"storage_percent"` // growth, of all tables and indexes at the largest scale
	WriteFactor    int `yaml:"write_factor"`    // of the work of the fixed batch
	// WorkPercent is how much of the reference's work a good solution may need, 125 where it is
	// left out: more where good queries come to very different plans by a hair.
	WorkPercent int `yaml:"work_percent"`
}

// usualWorkPercent is the work of a good solution beside that of the reference.
const usualWorkPercent = 125

// goal is the work that a good solution may need.
func (b Budget) goal(reference int64) int64 {
	return reference * int64(cmp.Or(b.WorkPercent, usualWorkPercent)) / 100
}

// Text is a value of SQL as its author wrote it: 07 stays 07. An unquoted null is NULL.
type Text struct {
	Value string
	Null  bool
}

// UnmarshalYAML takes any scalar.
func (t *Text) UnmarshalYAML(node ast.Node) error {
	switch node.Type() {
	case ast.NullType:
		*t = Text{Null: true}
		return nil
	case ast.LiteralType: // the token of a block is its header
		return authored.Node(node, &t.Value)
	default:
		if _, ok := node.(ast.ScalarNode); !ok {
			return authored.Node(node, &t.Value)
		}
		t.Value = node.GetToken().Value
		return nil
	}
}

// Permissions are the words of Allow, each with what it permits.
func Permissions() map[string]string {
	return map[string]string{
		"index":               "indexes",
		"extended_statistics": "extended statistics",
		"statistics_target":   "targets of the statistics of columns",
		"extension":           "extensions that ship with the server, such as pg_trgm",
		"drop_index":          "dropping indexes that were there",
	}
}

// Task is a Spec together with its SQL.
type Task struct {
	Spec
	Given            string // the slow query
	ReferenceQuery   string
	ReferenceIndexes string
	Unlimited        string
	WriteBatch       string
}

// MayRewrite reports whether query.sql may differ from the query as it was given.
func (s Spec) MayRewrite() bool { return s.Rewrite == nil || *s.Rewrite }

// Largest is the prepared database on which work is compared.
func (s Spec) Largest() string { return s.Scales[len(s.Scales)-1] }

// LoadTask reads query.yaml and the files that it names. Every error is a fault of the author.
func LoadTask(files fs.FS) (Task, error) {
	data, err := fs.ReadFile(files, specFile)
	if err != nil {
		return Task{}, authored.Fault(specFile, 0, "a query challenge needs this file")
	}
	var task Task
	if err := authored.Decode(specFile, data, &task.Spec); err != nil {
		return Task{}, err
	}
	if problem := task.problem(); problem != "" {
		return Task{}, authored.Fault(specFile, 0, problem)
	}
	for _, part := range []struct {
		name string
		into *string
		need bool
	}{
		{task.Query, &task.Given, true},
		{task.Reference.Query, &task.ReferenceQuery, true},
		{task.Reference.Indexes, &task.ReferenceIndexes, false},
		{task.Spec.Unlimited, &task.Unlimited, false},
		{task.Writes, &task.WriteBatch, false},
	} {
		if part.name == "" && !part.need {
			continue
		}
		text, err := fs.ReadFile(files, part.name)
		if err != nil {
			return Task{}, authored.Fault(specFile, 0, fmt.Sprintf("there is no file %q in the package", part.name))
		}
		*part.into = string(text)
	}
	return task, nil
}

var (
	databaseName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	typeName     = regexp.MustCompile(`^[a-z][a-z0-9_ ]*(\([0-9]+(, *[0-9]+)?\))?(\[\])?$`)
)

// problem finds the first thing that is wrong, or "".
func (s Spec) problem() string {
	switch {
	case s.Dataset == "":
		return "dataset is needed: shop, or a folder of the package"
	case s.Query == "" || s.Reference.Query == "":
		return "query and reference.query are needed"
	case len(s.Scales) < 2:
		return "scales must list at least two prepared databases, the smallest first"
	case s.Budget.StoragePercent <= 0 || s.Budget.WriteFactor <= 0:
		return "budget needs storage_percent and write_factor"
	case s.Budget.WorkPercent != 0 && s.Budget.WorkPercent < 100:
		return "budget: work_percent is at least 100, which is the work of the reference"
	}
	for _, name := range s.Scales {
		if !databaseName.MatchString(name) {
			return fmt.Sprintf("scales: %q is no name of a database", name)
		}
	}
	for _, word := range s.Allow {
		if _, known := Permissions()[word]; !known {
			return fmt.Sprintf("allow: there is no permission %q", word)
		}
	}
	for _, key := range s.Order {
		if key.Column == "" {
			return "order: each key has a column"
		}
	}
	if problem := s.Parameters.problem(); problem != "" {
		return problem
	}
	return s.Tiny.problem(len(s.Parameters.Types))
}

func (p Parameters) problem() string {
	if len(p.Types) == 0 && len(p.Sets) == 0 {
		return ""
	}
	if len(p.Types) == 0 || len(p.Sets) < 3 {
		return "parameters needs types, and at least three sets: a common, a rare and an absent value"
	}
	for _, name := range p.Types {
		if !typeName.MatchString(name) {
			return fmt.Sprintf("parameters: %q is no type", name)
		}
	}
	seen := map[string]bool{}
	for _, set := range p.Sets {
		switch {
		case set.Name == "" || seen[set.Name]:
			return fmt.Sprintf("parameters: set %q needs a name of its own", set.Name)
		case len(set.Values) != len(p.Types):
			return fmt.Sprintf("parameters: set %s has %d values for %d parameters", set.Name, len(set.Values), len(p.Types))
		}
		seen[set.Name] = true
	}
	return ""
}

func (t Tiny) problem(parameters int) string {
	if len(t.Parameters) != 0 && len(t.Parameters) != parameters {
		return fmt.Sprintf("tiny.parameters has %d domains for %d parameters", len(t.Parameters), parameters)
	}
	for name, table := range t.Tables {
		if len(table.Rows) != 0 && len(table.Rows) != 2 || len(table.Rows) == 2 && (table.Rows[0] < 0 || table.Rows[0] > table.Rows[1] || table.Rows[1] > 50) {
			return fmt.Sprintf("tiny.tables.%s: rows must be the least and the most, at most 50", name)
		}
		for column, domain := range table.Columns {
			if domain.NullPercent != nil && (*domain.NullPercent < 0 || *domain.NullPercent > 100) {
				return fmt.Sprintf("tiny.tables.%s.%s: null_percent is from 0 to 100", name, column)
			}
		}
	}
	return ""
}

// inPackage reports whether a dataset is a folder of the package.
func (s Spec) inPackage(files fs.FS) bool {
	info, err := fs.Stat(files, path.Clean(strings.TrimSuffix(s.Dataset, "/")))
	return err == nil && info.IsDir()
}
