package tiny

import (
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

// aim gives the parameters of every second database the values of one row: of one that has a
// value for as many of them as any. A query for a row and those behind it shows its mistakes
// where that row is there.
func (m *Maker) aim(d dice, at *Database) {
	const often = 50
	if !d.percent(often) {
		return
	}
	var (
		targets [][][]database.Value // for each row, and each parameter
		most    int
	)
	for _, each := range at.tables {
		for _, row := range each.rows {
			values, hits := m.fitting(each.of, row)
			if hits > most {
				targets, most = nil, hits
			}
			if hits > 0 && hits == most {
				targets = append(targets, values)
			}
		}
	}
	if most == 0 {
		return
	}
	for i, values := range pick(d, targets) {
		if len(values) > 0 {
			at.Parameters[i] = pick(d, values)
		}
	}
}

// fitting are the values of a row that each of the parameters may have, and how many
// parameters have one.
func (m *Maker) fitting(of *table, row []database.Value) (values [][]database.Value, hits int) {
	values = make([][]database.Value, len(m.parameters))
	for i, parameter := range m.parameters {
		for place, column := range of.columns {
			if !row[place].Null && family(column.base) == family(m.source.Types[i]) && parameter.may(row[place].Text) {
				values[i] = append(values[i], row[place])
			}
		}
		if len(values[i]) > 0 {
			hits++
		}
	}
	return values, hits
}

// family joins the names of types whose values can be taken for each other.
func family(name string) string {
	name, _, _ = strings.Cut(name, "(")
	switch strings.TrimSpace(name) {
	case "int2", "int4", "int8", "int", "integer", "bigint", "smallint":
		return "integer"
	case "text", "varchar", "bpchar", "character varying", "character":
		return "text"
	case "timestamptz", "timestamp with time zone":
		return "timestamptz"
	case "timestamp", "timestamp without time zone":
		return "timestamp"
	}
	return name
}

// may reports whether an author lets a parameter have a value.
func (p pool) may(value string) bool {
	at, isInstant := instantOf(value)
	return !p.closed || slices.ContainsFunc(p.near, func(allowed string) bool {
		same, ok := instantOf(allowed)
		return allowed == value || isInstant && ok && same.Equal(at)
	})
}

// value draws a value, or NULL.
func (p pool) value(d dice, from []string) database.Value {
	if d.percent(p.nullPercent) || len(from) == 0 {
		return database.Value{Null: true}
	}
	return database.Value{Text: pick(d, from)}
}
