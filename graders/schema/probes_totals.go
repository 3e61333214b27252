package schema

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
)

// keepsTotals is what a trigger that keeps a sum up to date is called, or its function.
var keepsTotals = regexp.MustCompile(`(?i)total|sum|amount|recalc|calc|subtotal|betrag|importe|monto`)

// probeDerivedTotals looks for sums that are stored although they can be computed, and for
// what keeps them right: the database itself, or nothing.
func (r *grading) probeDerivedTotals(_ context.Context, at *script.Probing) (script.Observation, error) {
	var plain, kept, generated places
	for _, each := range []struct {
		role  mapping.Role
		field mapping.Field
	}{{mapping.Order, mapping.Total}, {mapping.OrderLine, mapping.LineTotal}} {
		table, column, ok := r.column(each.role, each.field)
		if own, known := r.table(each.role); !ok || !known || own.Name != table.Name {
			continue
		}
		if unit, _, ok := r.column(mapping.OrderLine, mapping.UnitPrice); each.field == mapping.LineTotal && (!ok || unit.Name != table.Name) {
			continue // it is the only price that the line has
		}
		switch {
		case column.Generated:
			generated.add("%s is generated", place(table, column.Name))
		case r.isKeptRight(table, column):
			kept.add("%s", place(table, column.Name))
		default:
			plain.add("%s", place(table, column.Name))
		}
	}
	switch {
	case len(plain) > 0 && r.assumed(toldList(at, "assumption")):
		return plain.observe("stated"), nil
	case len(plain) > 0:
		return plain.observe("plain"), nil
	case len(kept) > 0:
		return kept.observe("maintained"), nil
	case len(generated) > 0:
		return generated.observe("generated"), nil
	}
	return seen("none", "no sum is stored"), nil
}

// isKeptRight reports a trigger that by its name keeps sums, on the table or on the lines,
// or a check that compares the column with others.
func (r *grading) isKeptRight(table live.Table, column live.Column) bool {
	lines, _ := r.table(mapping.OrderLine)
	for _, each := range []live.Table{table, lines} {
		if slices.ContainsFunc(each.Triggers, func(t live.Trigger) bool { return keepsTotals.MatchString(t.Name + " " + t.Function.Name) }) {
			return true
		}
	}
	return slices.ContainsFunc(table.Checks, func(c live.Check) bool {
		return len(c.Columns) > 2 && slices.Contains(c.Columns, column.Name) && strings.Contains(c.Definition, "=")
	})
}
