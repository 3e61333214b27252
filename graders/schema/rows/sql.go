package rows

import (
	"maps"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// Literal writes a value as SQL. It has no type of its own, so that the column's input
// function reads it as it would in a program: an explicit cast would cut long texts.
func Literal(value database.Value) string {
	if value.Null {
		return "NULL"
	}
	return "'" + strings.ReplaceAll(strings.ReplaceAll(value.Text, "\x00", ""), "'", "''") + "'"
}

// insertion writes an INSERT that returns the row.
func insertion(table live.Table, given Values) string {
	names := slices.Sorted(maps.Keys(given))
	slices.SortFunc(names, func(a, b string) int { return place(table, a) - place(table, b) })
	var columns, values []string
	overriding := ""
	for _, name := range names {
		columns, values = append(columns, live.Quote(name)), append(values, Literal(given[name]))
		if column, _ := table.Column(name); column.Identity {
			overriding = " OVERRIDING SYSTEM VALUE"
		}
	}
	if len(columns) == 0 {
		return "INSERT INTO " + table.SQL() + " DEFAULT VALUES" + returning(table)
	}
	return "INSERT INTO " + table.SQL() + " (" + strings.Join(columns, ", ") + ")" + overriding +
		" VALUES (" + strings.Join(values, ", ") + ")" + returning(table)
}

func place(table live.Table, name string) int {
	column, _ := table.Column(name)
	return column.Number
}

// returning asks for every column; where no key tells rows apart, for their place too.
func returning(table live.Table) string {
	var columns []string
	for _, column := range table.Columns {
		columns = append(columns, live.Quote(column.Name))
	}
	if len(identity(table)) == 0 {
		columns = append(columns, "tableoid", "ctid")
	}
	if len(columns) == 0 {
		columns = []string{"1"}
	}
	return " RETURNING " + strings.Join(columns, ", ")
}

// identity are the columns of a key that no NULL can be in.
func identity(table live.Table) []string {
	for _, key := range table.Keys {
		if !slices.ContainsFunc(key.Columns, func(name string) bool {
			column, _ := table.Column(name)
			return !column.NotNull
		}) {
			return key.Columns
		}
	}
	return nil
}

// stored reads the row that an INSERT or UPDATE returned.
func stored(table live.Table, answer database.Answer, given Values) (Row, bool) {
	if len(answer.Rows) == 0 {
		return Row{}, false
	}
	row := Row{Table: table.Name, Values: Values{}, given: given}
	for i, column := range table.Columns {
		if i < len(answer.Rows[0]) {
			row.Values[column.Name] = answer.Rows[0][i]
		}
	}
	key := identity(table)
	if len(key) == 0 {
		n := len(table.Columns)
		row.where = "tableoid OPERATOR(pg_catalog.=) " + Literal(Text(answer.Text(0, n))) +
			" AND ctid OPERATOR(pg_catalog.=) " + Literal(Text(answer.Text(0, n+1)))
		return row, true
	}
	row.where = Matching(key, row.Values)
	return row, true
}

// Matching is the condition that columns have these values. The operators are those of
// Postgres: a schema may bring its own.
func Matching(columns []string, values Values) string {
	var parts []string
	for _, name := range columns {
		if value := values[name]; value.Null {
			parts = append(parts, live.Quote(name)+" IS NULL")
		} else {
			parts = append(parts, live.Quote(name)+" OPERATOR(pg_catalog.=) "+Literal(value))
		}
	}
	return strings.Join(parts, " AND ")
}
