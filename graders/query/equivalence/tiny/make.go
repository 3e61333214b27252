package tiny

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

// size is how large databases are made.
type size struct {
	rows   int  // at most, in each table; 0: as the author says
	offset int  // of the numbers of surrogate keys
	wide   bool // columns use all values of their pools, not a few of them
}

// Make makes the databases of a seed. In the first, every table is as small as it may be.
func (m *Maker) Make(ctx context.Context, seed string) ([]Database, error) {
	number := m.source.Spec.Databases
	if number <= 0 {
		number = DefaultDatabases
	}
	return m.make(ctx, seed, number, size{})
}

// medium makes one database with about so many rows in each table. Its surrogate keys begin
// behind offset, so that it can be stored beside rows that are there.
func (m *Maker) medium(ctx context.Context, seed string, rows, offset int) (Database, error) {
	made, err := m.make(ctx, seed+"/medium", 2, size{rows: rows, offset: offset, wide: true})
	if err != nil {
		return Database{}, err
	}
	return made[1], nil // the first is as small as it may be
}

// make fills table after table in all databases, since what a check of several columns lets
// pass is known to the server alone, and asking for each row would take too long.
func (m *Maker) make(ctx context.Context, seed string, number int, size size) ([]Database, error) {
	made := make([]Database, number)
	choices := make([]dice, number)
	for i := range made {
		choices[i] = newDice(fmt.Sprintf("tiny/%s/%d", seed, i))
		made[i] = Database{Number: i + 1}
		for _, each := range m.parameters {
			made[i].Parameters = append(made[i].Parameters, each.value(choices[i], each.all()))
		}
	}
	for _, each := range m.schema {
		for i := range made {
			fill := filler{maker: m, dice: choices[i], of: each, into: &made[i], size: size}
			made[i].tables = append(made[i].tables, filled{of: each, rows: fill.rows(i == 0)})
		}
		if err := m.dropRefused(ctx, each, made); err != nil {
			return nil, err
		}
	}
	for i := range made {
		m.aim(choices[i], &made[i])
	}
	return made, nil
}

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

// filler makes the rows of one table in one database.
type filler struct {
	maker *Maker
	dice  dice
	of    *table
	into  *Database
	size  size

	domains  [][]string           // by column
	parents  [][][]database.Value // by reference
	keys     []map[string]bool    // by key
	numbers  []int                // of a surrogate key, mixed
	used     int                  // of the numbers
	existing [][]database.Value   // rows that are made
}

func (f *filler) rows(smallest bool) [][]database.Value {
	const most, tries = 6, 8
	low, high := 0, most
	if said := f.maker.source.Spec.Tables[f.of.name].Rows; len(said) == 2 {
		low, high = said[0], said[1]
	}
	if f.size.rows > 0 {
		low, high = f.size.rows/2, f.size.rows
	}
	n := low
	const seldom = 12 // per cent of tables that are as small as they may be
	if !smallest && high > low && !f.dice.percent(seldom) {
		n = low + 1 + f.dice.below(high-low)
	}
	f.prepare(high)
	for range n {
		for range tries {
			if row, ok := f.row(); ok {
				f.existing = append(f.existing, row)
				break
			}
		}
	}
	return f.existing
}

// prepare chooses the few values of each column and the parents that have children. Some
// have none: a group without members is where inner and outer joins part.
func (f *filler) prepare(most int) {
	for _, column := range f.of.columns {
		from := f.maker.pools[column]
		if f.size.wide {
			f.domains = append(f.domains, from.all())
			continue
		}
		const fewest, spread = 2, 3
		f.domains = append(f.domains, from.draw(f.dice, fewest+f.dice.below(spread)))
	}
	for _, ref := range f.of.refs {
		var chosen [][]database.Value
		for _, each := range f.into.tables {
			if each.of != ref.target {
				continue
			}
			const liked = 70
			for _, row := range each.rows {
				if f.dice.percent(liked) {
					chosen = append(chosen, row)
				}
			}
			if len(chosen) == 0 && len(each.rows) > 0 {
				chosen = append(chosen, pick(f.dice, each.rows))
			}
		}
		f.parents = append(f.parents, chosen)
	}
	f.keys = make([]map[string]bool, len(f.of.keys))
	for i := range f.keys {
		f.keys[i] = map[string]bool{}
	}
	const gaps = 2
	f.numbers = f.dice.Perm(gaps * (most + 1))
}

// row makes one row; false means that it cannot stand beside those that are there.
func (f *filler) row() ([]database.Value, bool) {
	row := make([]database.Value, len(f.of.columns))
	set := make([]bool, len(row))
	for i, ref := range f.of.refs {
		if !f.refer(ref, f.parents[i], row, set) {
			return nil, false
		}
	}
	for place, column := range f.of.columns {
		switch {
		case set[place]:
		case column.made || column.omitted:
			row[place] = database.Value{Null: true}
		case f.of.surrogate(place) && len(f.maker.source.Spec.Tables[f.of.name].Columns[column.name].Values) == 0:
			row[place] = f.surrogate(column)
		case f.of.alone(place):
			from := f.maker.pools[column]
			row[place] = from.value(f.dice, from.all())
		default:
			row[place] = f.maker.pools[column].value(f.dice, f.domains[place])
		}
	}
	return row, f.admit(row)
}

// refer gives the columns of a reference the key of a row of its table, or NULL.
func (f *filler) refer(ref reference, parents [][]database.Value, row []database.Value, set []bool) bool {
	optional := -1
	for _, place := range ref.columns {
		if f.of.columns[place].nullable && !set[place] {
			optional = place
		}
	}
	if ref.target == f.of {
		parents = f.existing
	}
	var fitting [][]database.Value
	for _, parent := range parents {
		fits := true
		for i, place := range ref.columns {
			fits = fits && !parent[ref.keys[i]].Null && (!set[place] || row[place] == parent[ref.keys[i]])
		}
		if fits {
			fitting = append(fitting, parent)
		}
	}
	if optional >= 0 && (len(fitting) == 0 || f.dice.percent(f.maker.pools[f.of.columns[optional]].nullPercent)) {
		row[optional], set[optional] = database.Value{Null: true}, true
		return true
	}
	if len(fitting) == 0 {
		return false
	}
	parent := pick(f.dice, fitting)
	for i, place := range ref.columns {
		row[place], set[place] = parent[ref.keys[i]], true
	}
	return true
}

// admit makes sure that no key has the row's values yet, and takes them. NULLs are never equal.
func (f *filler) admit(row []database.Value) bool {
	words := make([]string, len(f.of.keys))
	for i, key := range f.of.keys {
		var parts []string
		for _, place := range key {
			if row[place].Null {
				parts = nil
				break
			}
			parts = append(parts, row[place].Text)
		}
		words[i] = strings.Join(parts, "\x00")
		if parts != nil && f.keys[i][words[i]] {
			return false
		}
	}
	for i, word := range words {
		f.keys[i][word] = true
	}
	return true
}

// alone reports whether a column is a key by itself.
func (t *table) alone(place int) bool {
	return slices.ContainsFunc(t.keys, func(key []int) bool { return len(key) == 1 && key[0] == place })
}

// surrogate reports whether a column is a key by itself of a type that numbers can be made for.
func (t *table) surrogate(place int) bool {
	switch t.columns[place].base {
	case "int2", "int4", "int8", "uuid":
		return t.alone(place)
	}
	return false
}

// surrogate is a key in no order, so that the order of rows in the table is not that of their keys.
func (f *filler) surrogate(of *column) database.Value {
	number := f.used + 1 // larger than each of those that are mixed
	if f.used < len(f.numbers) {
		number = f.numbers[f.used] + 1
	}
	f.used++
	if of.base == "uuid" {
		return database.Value{Text: uuid(number + f.size.offset)}
	}
	return database.Value{Text: strconv.Itoa(number + f.size.offset)}
}

// dropRefused drops the rows of a table that its checks of several columns do not let pass.
func (m *Maker) dropRefused(ctx context.Context, of *table, made []Database) error {
	if len(of.checks) == 0 {
		return nil
	}
	last := len(made[0].tables) - 1
	refused, err := m.refused(ctx, of, made)
	if err != nil {
		return fmt.Errorf("hold rows of %s against its checks: %w", of.name, err)
	}
	at := 0
	for i := range made {
		var kept [][]database.Value
		for _, row := range made[i].tables[last].rows {
			if !refused[at] {
				kept = append(kept, row)
			}
			at++
		}
		made[i].tables[last].rows = kept
		made[i].mend()
	}
	return nil
}

// refused asks the server for all rows at once. The first line gives the columns their types.
func (m *Maker) refused(ctx context.Context, of *table, made []Database) (map[int]bool, error) {
	names, types := []string{"takehome_row"}, []string{"-1"}
	for _, column := range of.columns {
		names = append(names, Quote(column.name))
		types = append(types, "cast(NULL as "+column.sqlType+")")
	}
	lines, n := []string{"(" + strings.Join(types, ", ") + ")"}, 0
	for i := range made {
		for _, row := range made[i].tables[len(made[i].tables)-1].rows {
			values := []string{strconv.Itoa(n)}
			for _, value := range row {
				values = append(values, Literal(value))
			}
			lines = append(lines, "("+strings.Join(values, ", ")+")")
			n++
		}
	}
	var conditions []string
	for _, each := range of.checks {
		conditions = append(conditions, "not ("+each.expression+")")
	}
	rows, err := reader{m.session}.ask(ctx, fmt.Sprintf("select takehome_row from (values %s) as v(%s) where takehome_row >= 0 and (%s)",
		strings.Join(lines, ", "), strings.Join(names, ", "), strings.Join(conditions, " or ")))
	refused := map[int]bool{}
	for _, row := range rows {
		at, err := strconv.Atoi(row[0].Text)
		if err != nil {
			return nil, fmt.Errorf("read the number of a row: %q", row[0].Text)
		}
		refused[at] = true
	}
	return refused, err
}
