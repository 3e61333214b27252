package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// places are things of the catalog that a probe has found, as lines for a reader. They come
// in the order of the schema, which is the same in every run.
type places []string

func (f *places) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// maxListed is how many of them a summary names.
const maxListed = 4

// String lists the first few.
func (f places) String() string {
	shown := f[:min(len(f), maxListed)]
	text := strings.Join(shown, ", ")
	if len(f) > maxListed {
		text += fmt.Sprintf(" and %d more", len(f)-maxListed)
	}
	return text
}

// observe makes an observation that lists what was found.
func (f places) observe(label string) script.Observation {
	observation := seen(label, f.String())
	if len(f) > maxListed {
		observation.Evidence = []takehome.Evidence{{Note: &takehome.Note{
			Title: "all of them", Text: takehome.Quote([]byte(strings.Join(f, "\n")), takehome.QuoteBody),
		}}}
	}
	return observation
}

// either answers "none" where nothing was found, and "found" otherwise.
func (f places) either(detail string) script.Observation {
	if len(f) == 0 {
		return seen("none", detail)
	}
	return f.observe("found")
}

// one answers "none", "one" or "several".
func (f places) one(detail string) script.Observation {
	switch len(f) {
	case 0:
		return seen("none", detail)
	case 1:
		return f.observe("one")
	}
	return f.observe("several")
}

// share is a measured share with what it lacks.
func (f places) share(good, all int, detail string) script.Observation {
	observation := f.observe("measured")
	observation.Share = takehome.Frac(int64(good), int64(max(all, 1)))
	if len(f) == 0 {
		observation.Detail = detail
	}
	return observation
}

// place names a column for a reader.
func place(table live.Table, column string) string {
	return takehome.Line(table.String() + "." + column)
}

// named names a table or several columns of it.
func named(table live.Table, columns ...string) string {
	if len(columns) == 0 {
		return takehome.Line(table.String())
	}
	return takehome.Line(table.String() + " (" + strings.Join(columns, ", ") + ")")
}

// has reports whether the words of a name hold one of some lemmas.
func (r *grading) has(name string, lemmas ...string) bool {
	return slices.ContainsFunc(r.words.Lemmas(name), func(lemma string) bool { return slices.Contains(lemmas, lemma) })
}

// roleOf is the role that a table plays; "" where it plays none.
func (r *grading) roleOf(table live.Table) mapping.Role {
	for _, role := range append(mapping.Core(), mapping.Secondary()...) {
		if name, ok := r.mapping.Table(role); ok && name == table.Name {
			return role
		}
	}
	return ""
}

// isCore reports whether a table plays one of the five roles that the brief asks for.
func (r *grading) isCore(table live.Table) bool {
	return slices.Contains(mapping.Core(), r.roleOf(table))
}

// references reports whether columns are part of a declared reference, and to which table.
func references(table live.Table, column string) (live.ForeignKey, bool) {
	for _, key := range table.ForeignKeys {
		if slices.Contains(key.Columns, column) {
			return key, true
		}
	}
	return live.ForeignKey{}, false
}

// refers reports whether a column is part of a declared reference.
func refers(table live.Table, column string) bool {
	_, ok := references(table, column)
	return ok
}

// softKeys are the columns of a table that refer to another one by name alone.
func (r *grading) softKeys(table live.Table) []mapping.SoftKey {
	var keys []mapping.SoftKey
	for _, key := range r.mapping.SoftKeys {
		if key.Table == table.Name {
			keys = append(keys, key)
		}
	}
	return keys
}

func isText(column live.Column) bool { return column.Category == "S" || column.Base == "citext" }

func isInteger(column live.Column) bool {
	return slices.Contains([]string{"int2", "int4", "int8"}, column.Base)
}

// isClosed reports whether a column takes its values from a closed set: an enum, a boolean,
// a reference, or a check.
func isClosed(table live.Table, column live.Column, domains []live.Domain) bool {
	if column.Enum != nil || column.Category == "B" {
		return true
	}
	if _, ok := references(table, column.Name); ok {
		return true
	}
	for _, check := range table.Checks {
		if slices.Contains(check.Columns, column.Name) {
			return true
		}
	}
	if column.Domain == nil {
		return false
	}
	at := slices.IndexFunc(domains, func(d live.Domain) bool { return d.Name == *column.Domain })
	return at >= 0 && len(domains[at].Checks) > 0
}

// uniqueSets lists the columns that a table's keys and unique indexes hold, each; an
// expression makes its index a set of the columns that are named in it.
func uniqueSets(table live.Table) [][]string {
	var sets [][]string
	for _, key := range table.Keys {
		sets = append(sets, key.Columns)
	}
	for _, index := range table.Indexes {
		if !index.Unique || !index.Valid || index.Constraint {
			continue
		}
		columns := slices.DeleteFunc(slices.Clone(index.Columns), func(name string) bool { return name == "" })
		for _, column := range table.Columns {
			if index.Expression != "" && strings.Contains(index.Expression, column.Name) && !slices.Contains(columns, column.Name) {
				columns = append(columns, column.Name)
			}
		}
		sets = append(sets, columns)
	}
	return sets
}

// allAmong reports whether every one of some columns is among others.
func allAmong(columns, others []string) bool {
	for _, column := range columns {
		if !slices.Contains(others, column) {
			return false
		}
	}
	return len(columns) > 0
}
