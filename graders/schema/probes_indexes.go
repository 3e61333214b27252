package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// indexProbes look at indexes in the catalog. Those that need rows and plans are among the
// probes of the workload.
func (r *grading) indexProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"indexed_references": {Once: true, Labels: []string{"measured", "no_references"}, Shares: true, Observe: r.probeIndexedReferences},
		"redundant_indexes":  {Once: true, Labels: []string{"none", "one", "several"}, Observe: r.probeRedundantIndexes},
		"index_budget":       {Once: true, Labels: []string{"within", "over"}, Observe: r.probeIndexBudget},
		"lone_flags":         {Once: true, Labels: []string{"none", "found"}, Observe: r.probeLoneFlags},
		"text_search":        {Once: true, Labels: []string{"found", "none"}, Observe: r.probeTextSearch},
	}
}

// probeIndexedReferences looks for an index whose leading columns are those of a reference.
// Without one, deleting what is referred to, and every list of what refers to it, reads the
// whole table.
func (r *grading) probeIndexedReferences(context.Context, *script.Probing) (script.Observation, error) {
	var bare places
	all := 0
	for _, table := range r.schema.Tables {
		for _, columns := range r.referring(table) {
			all++
			if !slices.ContainsFunc(table.Indexes, func(i live.Index) bool { return leadsTo(i, columns) }) {
				bare.add("%s", named(table, columns...))
			}
		}
	}
	if all == 0 {
		return seen("no_references", ""), nil
	}
	return bare.share(all-len(bare), all, fmt.Sprintf("all %d references have an index", all)), nil
}

// referring lists the columns of a table's references that want an index, declared or not.
// A tiny table of codes is never deleted from, and is no way to look for rows; the second
// column of a link table's key is a matter of taste.
func (r *grading) referring(table live.Table) [][]string {
	var wanted [][]string
	link := r.linkColumns(table)
	for _, key := range table.ForeignKeys {
		target, ok := r.schema.Table(key.Target)
		if !ok || r.isLookup(target) || link != nil && inSomeKey(table, key.Columns) {
			continue
		}
		if !slices.ContainsFunc(wanted, func(w []string) bool { return slices.Equal(w, key.Columns) }) {
			wanted = append(wanted, key.Columns)
		}
	}
	for _, key := range r.softKeys(table) {
		if target, ok := r.schema.Table(key.Target); ok && !r.isLookup(target) {
			wanted = append(wanted, []string{key.Column})
		}
	}
	return wanted
}

// maxLookupColumns is how many columns a table of codes has at most: key, code, label,
// order, active.
const maxLookupColumns = 5

// isLookup reports a table of codes: small, without references, and no part of the shop.
func (r *grading) isLookup(table live.Table) bool {
	if len(table.Columns) > maxLookupColumns || len(table.ForeignKeys) > 0 || r.roleOf(table) != "" {
		return false
	}
	return r.has(table.Name.Name, "status", "state", "type", "country", "currency", "method", "role", "unit", "tax", "locale", "permission") ||
		len(table.PrimaryKey()) == 1 && isTextKey(table)
}

func isTextKey(table live.Table) bool {
	column, ok := table.Column(table.PrimaryKey()[0])
	return ok && (isText(column) || column.Base == "int2")
}

func inSomeKey(table live.Table, columns []string) bool {
	return slices.ContainsFunc(uniqueSets(table), func(set []string) bool { return allAmong(columns, set) })
}

// leadsTo reports whether an index can find the rows of some columns: they lead it, in any
// order, and it leaves out rows without them at most.
func leadsTo(index live.Index, columns []string) bool {
	if !index.Valid || len(index.Columns) < len(columns) || index.Method != "btree" && index.Method != "hash" {
		return false
	}
	if index.Predicate != "" && !isNotNull(index.Predicate, columns) {
		return false
	}
	return allAmong(index.Columns[:len(columns)], columns)
}

func isNotNull(predicate string, columns []string) bool {
	for _, column := range columns {
		bare := strings.Trim(predicate, "()")
		if bare == column+" IS NOT NULL" || bare == live.Quote(column)+" IS NOT NULL" {
			return true
		}
	}
	return false
}

func (r *grading) probeRedundantIndexes(context.Context, *script.Probing) (script.Observation, error) {
	var redundant places
	for _, table := range r.schema.Tables {
		for i, index := range table.Indexes {
			for j, other := range table.Indexes {
				if i != j && isRedundant(index, other) && (j < i || !isRedundant(other, index)) {
					redundant.add("%s repeats %s of %s", takehome.Line(index.Name), takehome.Line(other.Name), named(table))
					break
				}
			}
		}
	}
	return redundant.one("no index repeats another one"), nil
}

// isRedundant reports whether whatever an index does another one does as well. What is
// partial, covers more columns or sorts otherwise has its own use.
func isRedundant(index, other live.Index) bool {
	plain := func(i live.Index) bool {
		return i.Valid && i.Predicate == "" && i.Expression == "" && i.Method == "btree"
	}
	length := len(index.Columns)
	switch {
	case !plain(index) || !plain(other), index.Primary || index.Constraint, len(index.Included) > 0, length > len(other.Columns):
		return false
	case index.Unique && (!other.Unique || length != len(other.Columns)):
		return false // it is a constraint of its own
	}
	sorts := func(i live.Index) bool {
		return strings.Contains(i.Definition, " DESC") || strings.Contains(i.Definition, " NULLS ") || strings.Contains(i.Definition, " COLLATE ")
	}
	if length > 1 && (sorts(index) || sorts(other)) && index.Definition[strings.Index(index.Definition, " USING "):] != other.Definition[strings.Index(other.Definition, " USING "):] {
		return false
	}
	return slices.Equal(index.Columns, other.Columns[:length]) && len(other.Classes) >= length && slices.Equal(index.Classes[:length], other.Classes[:length])
}

// probeIndexBudget counts: every index is written with every row.
func (r *grading) probeIndexBudget(_ context.Context, at *script.Probing) (script.Observation, error) {
	const most = 8
	var over places
	for _, table := range r.schema.Tables {
		if len(table.Indexes) > most || len(table.Indexes) > max(len(table.Columns), 2) {
			over.add("%s has %d indexes for %d columns", named(table), len(table.Indexes), len(table.Columns))
		}
	}
	if len(over) > 0 && !r.assumed(toldList(at, "assumption")) {
		return over.observe("over"), nil
	}
	return seen("within", "no table has too many indexes"), nil
}

// probeLoneFlags looks for indexes over nothing but a flag or a status, which point at so
// many rows that they are hardly ever used.
func (r *grading) probeLoneFlags(context.Context, *script.Probing) (script.Observation, error) {
	var lone places
	for _, table := range r.schema.Tables {
		for _, index := range table.Indexes {
			if len(index.Columns) != 1 || index.Predicate != "" || index.Unique || index.Columns[0] == "" || index.Method != "btree" {
				continue
			}
			column, ok := table.Column(index.Columns[0])
			if !ok || refers(table, column.Name) || len(r.softKeysOf(table, column.Name)) > 0 {
				continue
			}
			if column.Category == "B" || column.Enum != nil || setName.MatchString(column.Name) || flagName.MatchString(column.Name) {
				lone.add("%s over %s", takehome.Line(index.Name), place(table, column.Name))
			}
		}
	}
	return lone.either("no index is over a flag or a status alone"), nil
}

func (r *grading) softKeysOf(table live.Table, column string) []mapping.SoftKey {
	return slices.DeleteFunc(r.softKeys(table), func(k mapping.SoftKey) bool { return k.Column != column })
}

func (r *grading) probeTextSearch(context.Context, *script.Probing) (script.Observation, error) {
	for _, table := range r.schema.Tables {
		for _, index := range table.Indexes {
			searches := slices.ContainsFunc(index.Classes, func(class string) bool {
				return strings.Contains(class, "trgm") || strings.Contains(class, "tsvector")
			})
			if searches {
				return seen("found", named(table)), nil
			}
		}
	}
	return seen("none", ""), nil
}
