package tiny

import (
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

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
