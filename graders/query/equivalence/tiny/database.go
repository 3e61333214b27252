package tiny

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Database is one small database: rows for every table, and values for the parameters.
type Database struct {
	Number     int // from 1
	Parameters []database.Value
	tables     []filled // parents first
}

// filled is a table with its rows, which have a value for each of its columns.
type filled struct {
	of   *table
	rows [][]database.Value
}

// Rows is how many there are in all tables.
func (d Database) Rows() int {
	total := 0
	for _, each := range d.tables {
		total += len(each.rows)
	}
	return total
}

// Insert is one statement that stores every row, "" for an empty database. References are
// checked at its end, so that the order of the rows does not matter.
func (d Database) Insert() string {
	var parts []string
	for i, each := range d.tables {
		if len(each.rows) > 0 {
			parts = append(parts, fmt.Sprintf("t%d as (%s)", i, each.insert()))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "with " + strings.Join(parts, ",\n") + "\nselect 1"
}

// Script is the database as statements that a person can run.
func (d Database) Script() string {
	var out strings.Builder
	for _, each := range d.tables {
		if len(each.rows) > 0 {
			out.WriteString(each.insert() + ";\n")
		}
	}
	return out.String()
}

func (f filled) insert() string {
	var names []string
	for _, place := range f.stored() {
		names = append(names, Quote(f.of.columns[place].name))
	}
	lines := make([]string, len(f.rows))
	for i, row := range f.rows {
		var values []string
		for _, place := range f.stored() {
			values = append(values, Literal(row[place]))
		}
		lines[i] = "(" + strings.Join(values, ", ") + ")"
	}
	return fmt.Sprintf("insert into %s (%s) overriding system value values\n  %s", Quote(f.of.name), strings.Join(names, ", "), strings.Join(lines, ",\n  "))
}

// stored are the columns that get a value of ours.
func (f filled) stored() []int {
	var places []int
	for place, column := range f.of.columns {
		if !column.made && !column.omitted {
			places = append(places, place)
		}
	}
	return places
}

// Tables shows the tables that have rows, and names the empty ones.
func (d Database) Tables() (shown []takehome.Table, empty []string) {
	for _, each := range d.tables {
		if len(each.rows) == 0 {
			empty = append(empty, each.of.name)
			continue
		}
		made := takehome.Table{Title: each.of.name}
		for _, place := range each.stored() {
			made.Columns = append(made.Columns, each.of.columns[place].name)
		}
		for _, row := range each.rows {
			var cells []string
			for _, place := range each.stored() {
				cells = append(cells, Cell(row[place]))
			}
			made.Rows = append(made.Rows, cells)
		}
		shown = append(shown, made)
	}
	return shown, empty
}

// Cell shows a value so that NULL, an empty text and spaces at an end can be told apart.
func Cell(value database.Value) string {
	switch {
	case value.Null:
		return "NULL"
	case value.Text == "" || strings.TrimSpace(value.Text) != value.Text || value.Text == "NULL":
		return "'" + takehome.Line(value.Text) + "'"
	}
	return takehome.Line(value.Text)
}

// Parameter lists the values of the parameters, "$1 = 2024-05-01, $2 = paid".
func Parameter(values []database.Value) string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = "$" + strconv.Itoa(i+1) + " = " + Cell(value)
	}
	return strings.Join(words, ", ")
}

// Sizes is how many rows each table has, parents first.
func (d Database) Sizes() []int {
	sizes := make([]int, len(d.tables))
	for i, each := range d.tables {
		sizes[i] = len(each.rows)
	}
	return sizes
}

// Without is the database without a row and whatever refers to it.
func (d Database) Without(table, row int) Database {
	made := Database{Number: d.Number, Parameters: d.Parameters, tables: slices.Clone(d.tables)}
	made.tables[table].rows = slices.Delete(slices.Clone(made.tables[table].rows), row, row+1)
	made.mend()
	return made
}

// mend drops rows that refer to nothing until there are none.
func (d Database) mend() {
	for changed := true; changed; {
		changed = false
		for i, each := range d.tables {
			kept := slices.DeleteFunc(slices.Clone(each.rows), func(row []database.Value) bool {
				return slices.ContainsFunc(each.of.refs, func(ref reference) bool { return !d.holds(ref, row) })
			})
			changed = changed || len(kept) < len(each.rows)
			d.tables[i].rows = kept
		}
	}
}

// holds reports whether what a row refers to is there.
func (d Database) holds(ref reference, row []database.Value) bool {
	for _, place := range ref.columns {
		if row[place].Null {
			return true
		}
	}
	for _, each := range d.tables {
		if each.of == ref.target {
			return slices.ContainsFunc(each.rows, func(parent []database.Value) bool { return ref.matches(row, parent) })
		}
	}
	return false
}

func (r reference) matches(row, parent []database.Value) bool {
	for i, place := range r.columns {
		if row[place] != parent[r.keys[i]] {
			return false
		}
	}
	return true
}
