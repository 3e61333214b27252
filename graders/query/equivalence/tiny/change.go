package tiny

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

// Change is something that is done to a database that is full, so that an answer which was
// kept from before is wrong.
type Change struct {
	Name       string // "rows were added"
	Statements []string
	// Parameters are values that the rows of the change were made for; nil: none.
	Parameters []database.Value
}

// Changes are to be made one after the other: rows are added, deleted and changed, and in
// the end all of them are replaced by those of another seed. What is deleted and changed
// depends on the content of a row alone, not on where it is stored.
func (m *Maker) Changes(ctx context.Context, seed string) ([]Change, error) {
	const (
		added, replaced = 40, 200
		beyond          = 1_000_000_000 // every key of a data set
	)
	more, err := m.medium(ctx, seed+"/more", added, beyond)
	if err != nil {
		return nil, err
	}
	other, err := m.medium(ctx, seed+"/other", replaced, 0)
	if err != nil {
		return nil, err
	}
	return []Change{
		{Name: "rows were added", Statements: more.beside(), Parameters: more.Parameters},
		{Name: "rows were deleted", Statements: m.deletions()},
		{Name: "values were changed", Statements: m.updates(), Parameters: more.Parameters},
		{Name: "all rows were replaced", Statements: append([]string{m.truncation()}, other.statements("")...), Parameters: other.Parameters},
	}, nil
}

// beside stores the rows beside others: a value that has to be unique may be there already.
func (d Database) beside() []string { return d.statements(" on conflict do nothing") }

// statements stores the rows, parents first.
func (d Database) statements(suffix string) []string {
	var made []string
	for _, each := range d.tables {
		if len(each.rows) > 0 {
			made = append(made, each.insert()+suffix)
		}
	}
	return made
}

// hashed is a number that a row has for its content.
func hashed(of *table) string {
	return fmt.Sprintf("pg_catalog.hashtextextended((%s.*)::text, 0)", Quote(of.name))
}

// chosen is a condition that holds for one of n rows.
func chosen(of *table, n int) string { return fmt.Sprintf("%s %% %d = 0", hashed(of), n) }

// deletions take every second row of the tables that no other refers to, and then a few rows
// of the others to which nothing refers any more. Few, since for each of them the server
// looks through every table that could, which may have no index for it.
func (m *Maker) deletions() []string {
	const half, few = 2, 5
	var made []string
	for _, each := range slices.Backward(m.schema) {
		conditions := []string{chosen(each, half)}
		for _, other := range m.schema {
			for _, ref := range other.refs {
				if ref.target == each {
					conditions = append(conditions, "not exists (select from "+Quote(other.name)+" as other where "+ref.meets("other", each)+")")
				}
			}
		}
		where := strings.Join(conditions, " and ")
		if len(conditions) > 1 {
			where = fmt.Sprintf("ctid in (select ctid from %s where %s order by %s limit %d)", Quote(each.name), where, hashed(each), few)
		}
		made = append(made, fmt.Sprintf("delete from %s where %s", Quote(each.name), where))
	}
	return made
}

// meets is the condition under which a row of an alias refers to one of a table.
func (r reference) meets(alias string, target *table) string {
	made := make([]string, len(r.keys))
	for i, key := range r.keys {
		made[i] = fmt.Sprintf("%s.%s = %s.%s", alias, Quote(r.from.columns[r.columns[i]].name), Quote(target.name), Quote(target.columns[key].name))
	}
	return strings.Join(made, " and ")
}

// updates give every tenth row other values in one column after the other, so that a rule of
// the schema that stands against one of them does not save the others.
func (m *Maker) updates() []string {
	const part = 10
	var made []string
	for _, each := range m.schema {
		for place, column := range each.columns {
			if column.made || column.omitted || each.bound(place) {
				continue
			}
			from := m.pools[column].all()
			if len(from) < 2 {
				continue
			}
			words := make([]string, len(from))
			for i, value := range from {
				words[i] = Literal(database.Value{Text: value})
			}
			if column.nullable {
				words = append(words, "NULL")
			}
			made = append(made, fmt.Sprintf("update %[1]s set %[2]s = (array[%[3]s]::%[4]s[])[1 + (pg_catalog.hashtextextended((%[1]s.*)::text, %[6]d) & 65535) %% %[5]d] where %[7]s",
				Quote(each.name), Quote(column.name), strings.Join(words, ", "), column.sqlType, len(words), place+1, chosen(each, part)))
		}
	}
	return made
}

// bound reports whether a column is part of a key or a reference.
func (t *table) bound(place int) bool {
	return slices.ContainsFunc(t.keys, func(key []int) bool { return slices.Contains(key, place) }) ||
		slices.ContainsFunc(t.refs, func(ref reference) bool { return slices.Contains(ref.columns, place) })
}

func (m *Maker) truncation() string {
	names := make([]string, len(m.schema))
	for i, each := range m.schema {
		names[i] = Quote(each.name)
	}
	return "truncate " + strings.Join(names, ", ")
}
