package rows

import (
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

// placesOf finds the columns of the keys. An author's order names columns that exist; what
// does not is found when the challenge is verified, since then no order is ever the right one.
func placesOf(columns []database.Column, keys []Key) []int {
	places := make([]int, len(keys))
	for i, key := range keys {
		places[i] = slices.IndexFunc(columns, func(column database.Column) bool { return strings.EqualFold(column.Name, key.Column) })
	}
	return places
}

// Unknown returns the names of keys that are no columns of an answer.
func Unknown(columns []database.Column, keys []Key) []string {
	var unknown []string
	for i, place := range placesOf(columns, keys) {
		if place < 0 {
			unknown = append(unknown, keys[i].Column)
		}
	}
	return unknown
}

// keySequence is the keys of each row, in the order of the rows. Of two answers that are
// sorted by the same keys, and hold the same keys, these are equal, however ties are
// broken: no collation has to be known.
type keySequence struct {
	rows    []row
	classes []class
}

func sequence(rows sheet, places []int, classes []class) keySequence {
	made := keySequence{rows: make([]row, len(rows))}
	for _, place := range places {
		if place >= 0 {
			made.classes = append(made.classes, classes[place])
		}
	}
	for i, each := range rows {
		made.rows[i] = keysOf(each, places)
	}
	return made
}

func keysOf(each row, places []int) row {
	var keys row
	for _, place := range places {
		if place >= 0 {
			keys.form = append(keys.form, each.form[place])
			keys.values = append(keys.values, each.values[place])
		}
	}
	return keys
}

func (s keySequence) equal(other keySequence) bool {
	for i := range s.rows {
		if !nearly(s.rows[i], other.rows[i], s.classes) {
			return false
		}
	}
	return true
}

// tiesOf groups by their keys the rows that two answers do not share.
func tiesOf(wanted, found, missing, extra sheet, places []int) []Tie {
	var ties []Tie
	for _, each := range slices.Concat(missing, extra) {
		keys := keysOf(each, places)
		same := func(other row) bool { return keysOf(other, places).text() == keys.text() }
		if slices.ContainsFunc(ties, func(tie Tie) bool { return same(tie.rows[0]) }) {
			continue
		}
		tie := Tie{Keys: keys.values}
		for _, other := range found {
			if same(other) {
				tie.rows = append(tie.rows, other)
			}
		}
		for _, other := range wanted {
			if same(other) {
				tie.want++
			}
		}
		if len(tie.rows) == 0 || len(tie.rows) != tie.want {
			return nil // keys that are equal but for their rounding: not worth an excuse
		}
		ties = append(ties, tie)
	}
	return ties
}

// Within reports whether every row of the ties is among the rows of whole, which are those
// with the same keys of the given query without its limit.
func Within(ties []Tie, given, got, whole database.Answer) bool {
	classes := classesOf(given.Columns, got.Columns)
	all := sheetOf(whole, classes)
	for _, tie := range ties {
		_, extra := subtract(all, tie.rows, classes)
		if len(extra) > 0 {
			return false
		}
	}
	return true
}
