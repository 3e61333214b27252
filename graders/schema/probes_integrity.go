package schema

import (
	"context"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/graders/script"
)

// integrityProbes change one property of a valid row and look at who objects.
func (r *grading) integrityProbes() map[string]script.Probe {
	change := []string{labelRefused, labelTrigger, labelAccepted, labelAltered, labelLost, labelOtherwise}
	return map[string]script.Probe{
		"change":         {Once: true, Labels: labelled(append(change, "unchecked", "stated")...), Observe: r.probeChange},
		"range":          {Once: true, Labels: labelled("both", "one", "neither"), Observe: r.probeRange},
		"duplicate":      {Once: true, Labels: labelled(labelRefused, labelTrigger, "other_field", labelAccepted), Observe: r.probeDuplicate},
		"nameless":       {Once: true, Labels: labelled(append(change, "one_of_several")...), Observe: r.probeNameless},
		"twice_in_order": {Once: true, Labels: labelled(labelRefused, labelTrigger, "numbered", labelAccepted), Observe: r.probeTwiceInOrder},
		"own_parent":     {Once: true, Labels: labelled(change...), Observe: r.probeOwnParent},
		"category_twice": {Once: true, Labels: labelled(labelRefused, "below_parents", labelAccepted), Observe: r.probeCategoryTwice},
		"defaults":       {Once: true, Labels: labelled("filled", "demanded", "empty"), Observe: r.probeDefaults},
	}
}

// field is the column that a check is about: the first of its fields that there is.
func (r *grading) field(at *script.Probing) (live.Table, live.Column, mapping.ColumnChoice, bool) {
	roles := append(toldList(at, "role"), toldList(at, "elsewhere")...)
	for _, role := range roles {
		for _, name := range toldList(at, "field") {
			if table, column, ok := r.column(mapping.Role(role), mapping.Field(name)); ok {
				choice, _ := r.mapping.Column(mapping.Role(role), mapping.Field(name))
				return table, column, choice, true
			}
		}
	}
	return live.Table{}, live.Column{}, mapping.ColumnChoice{}, false
}

// probeChange sets one field of a valid row to a value that should be refused. It is told
// the role and the field; the value, "NULL", or "bogus" for one that means nothing; the
// states of the refusals that count; a worse value, which tells whether there is any rule
// at all; and the assumption under which the value is right.
func (r *grading) probeChange(ctx context.Context, at *script.Probing) (script.Observation, error) {
	role := mapping.Role(told(at, "role"))
	table, column, _, ok := r.field(at)
	if !ok {
		return r.without(role, "there is no such column"), nil
	}
	set := func(text string) rows.Values { return rows.Values{column.Name: valueFor(column, text)} }
	states, worse := toldList(at, "states"), told(at, "worse")
	observation, err := r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		result, err := tried(ctx, bench, table.Name, set(told(at, "value")), states)
		if err != nil || worse == "" || result.label != labelAccepted {
			return result, err
		}
		again, err := tried(ctx, bench, table.Name, set(worse), states)
		if again.label == labelAccepted {
			result.label = "unchecked"
		}
		return result, err
	})
	if (observation.Label == labelAccepted || observation.Label == "unchecked") && r.assumed(toldList(at, "assumption")) {
		observation.Label = "stated"
	}
	return observation, err
}

// valueFor is the value that a check names, in a form that the column can read.
func valueFor(column live.Column, text string) database.Value {
	switch {
	case text == "NULL":
		return rows.Null()
	case text != "bogus":
		return rows.Text(text)
	case column.Category == "N" || column.Base == "uuid":
		return nowhere(column)
	case column.Modifier >= 4 && column.Category == "S":
		return rows.Text("zq"[:min(column.Modifier-4, 2)])
	}
	return rows.Text("zq")
}

// probeRange tries a value below and one above what makes sense.
func (r *grading) probeRange(ctx context.Context, at *script.Probing) (script.Observation, error) {
	table, column, _, ok := r.field(at)
	if !ok {
		return r.without(mapping.Role(told(at, "role")), "there is no such column"), nil
	}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		var details []string
		refused := 0
		for _, value := range toldList(at, "values") {
			result, err := tried(ctx, bench, table.Name, rows.Values{column.Name: rows.Text(value)}, []string{"23514", "22003", "23503", "22P02"})
			if err != nil {
				return found{}, err
			}
			if result.label == labelRefused || result.label == labelTrigger {
				refused++
			}
			details = append(details, value+": "+result.detail)
		}
		return found{label: []string{"neither", "one", "both"}[min(refused, 2)], detail: strings.Join(details, ", ")}, nil
	})
}

// probeDuplicate gives a second row the value of a first. It is told the fields that should
// be unique, the one that matters first, and whether to write the value in capitals.
func (r *grading) probeDuplicate(ctx context.Context, at *script.Probing) (script.Observation, error) {
	role := mapping.Role(told(at, "role"))
	type place struct {
		table  live.Table
		column live.Column
	}
	var places []place
	for _, name := range toldList(at, "field") {
		if table, column, ok := r.column(role, mapping.Field(name)); ok {
			places = append(places, place{table, column})
		}
	}
	if len(places) == 0 {
		return r.without(role, "there is no such column"), nil
	}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		var first found
		for i, each := range places {
			result, err := twice(ctx, bench, each.table, each.column, told(at, "case") == "upper")
			if err != nil {
				return found{}, err
			}
			switch {
			case i == 0:
				first = result
			case result.label == labelRefused || result.label == labelTrigger:
				first.label = "other_field"
			}
			if result.label != labelAccepted {
				break
			}
		}
		return first, nil
	})
}

// twice makes two rows and gives the second the value of the first; where the value is
// unique among the rows of a parent, such as a tenant, the same parent too.
func twice(ctx context.Context, bench *rows.Bench, table live.Table, column live.Column, capitals bool) (found, error) {
	first, err := bench.Make(ctx, table.Name, nil)
	if err != nil {
		return found{}, err
	}
	if first.Value(column.Name).Null {
		if first, err = bench.Make(ctx, table.Name, rows.Values{column.Name: rows.Text("user.one@example.com")}); err != nil {
			return found{}, err
		}
	}
	second, err := bench.Make(ctx, table.Name, nil)
	if err != nil {
		return found{}, err
	}
	value := first.Value(column.Name)
	if capitals {
		value.Text = strings.ToUpper(value.Text)
	}
	change := rows.Values{column.Name: value}
	for _, index := range table.Indexes {
		if !index.Unique || !slices.Contains(index.Columns, column.Name) && !strings.Contains(index.Expression, column.Name) {
			continue
		}
		for _, name := range index.Columns {
			if slices.ContainsFunc(table.ForeignKeys, func(key live.ForeignKey) bool { return slices.Contains(key.Columns, name) }) {
				change[name] = first.Value(name)
			}
		}
	}
	reaction, err := bench.Update(ctx, second, change)
	if err != nil {
		return found{}, err
	}
	result := judged(reaction, []string{"23505", "23514", "23P01"})
	if result.label == labelAltered || result.label == labelLost || result.label == labelOtherwise {
		result.label = labelAccepted
	}
	return result, rows.NotDenied(reaction)
}

// probeNameless leaves out what a user is known by: the first of the fields, and where
// that is accepted, all of them at once.
func (r *grading) probeNameless(ctx context.Context, at *script.Probing) (script.Observation, error) {
	role := mapping.Role(told(at, "role"))
	table, first, _, ok := r.field(at)
	if !ok {
		return r.without(role, "there is no such column"), nil
	}
	all := rows.Values{}
	for _, name := range toldList(at, "field") {
		if of, column, ok := r.column(role, mapping.Field(name)); ok && of.Name == table.Name {
			all[column.Name] = rows.Null()
		}
	}
	states := []string{"23502", "23514"}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		result, err := tried(ctx, bench, table.Name, rows.Values{first.Name: rows.Null()}, states)
		if err != nil || result.label != labelAccepted || len(all) < 2 {
			return result, err
		}
		together, err := tried(ctx, bench, table.Name, all, states)
		if together.label == labelRefused || together.label == labelTrigger {
			return found{label: "one_of_several", detail: "one of several identifiers is demanded: " + together.detail}, err
		}
		return result, err
	})
}

// probeTwiceInOrder puts a product into an order a second time.
func (r *grading) probeTwiceInOrder(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	toOrder, hasOrder := r.mapping.Link(mapping.OrderLine, mapping.Order)
	toProduct, hasProduct := r.mapping.Link(mapping.OrderLine, mapping.Product)
	table, ok := r.table(mapping.OrderLine)
	if !ok || !hasOrder || !hasProduct {
		return r.without(mapping.OrderLine, "the lines do not refer to orders and products"), nil
	}
	own := slices.Concat(toOrder.Hops[0].Columns, toProduct.Hops[0].Columns)
	numbered := false
	if _, _, ok := r.column(mapping.OrderLine, mapping.LineNumber); ok {
		numbered = true
	}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		first, err := linked(ctx, bench, toProduct)
		if err != nil {
			return found{}, err
		}
		second, err := linked(ctx, bench, toProduct)
		if err != nil {
			return found{}, err
		}
		change := rows.Values{}
		for _, name := range own {
			change[name] = first[0].Value(name)
		}
		reaction, err := bench.Update(ctx, second[0], change)
		if err != nil {
			return found{}, err
		}
		result := judged(reaction, []string{"23505"})
		switch {
		case result.label == labelRefused && !within(table, reaction.Constraint, own), result.label == labelAccepted && numbered:
			return found{label: "numbered", detail: "lines are told apart by more than their product"}, nil
		case result.label == labelOtherwise, result.label == labelAltered, result.label == labelLost:
			result.label = labelAccepted
		}
		return result, rows.NotDenied(reaction)
	})
}

// within reports whether a unique index is over no other columns than these.
func within(table live.Table, index string, columns []string) bool {
	at := slices.IndexFunc(table.Indexes, func(i live.Index) bool { return i.Name == index })
	return at < 0 || !slices.ContainsFunc(table.Indexes[at].Columns, func(name string) bool { return !slices.Contains(columns, name) })
}

// probeOwnParent makes a category its own parent.
func (r *grading) probeOwnParent(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	table, parent, key, ok := r.parentColumn()
	if !ok {
		return r.without(mapping.Category, "categories have no parent"), nil
	}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		row, err := bench.Make(ctx, table.Name, nil)
		if err != nil {
			return found{}, err
		}
		reaction, err := bench.Update(ctx, row, rows.Values{parent: row.Value(key)})
		if err != nil {
			return found{}, err
		}
		return judged(reaction, []string{"23514"}), rows.NotDenied(reaction)
	})
}

// parentColumn is the reference of a category to its parent, and what it refers to.
func (r *grading) parentColumn() (table live.Table, column, key string, ok bool) {
	table, parent, ok := r.column(mapping.Category, mapping.Parent)
	if !ok {
		return live.Table{}, "", "", false
	}
	for _, reference := range table.ForeignKeys {
		if at := slices.Index(reference.Columns, parent.Name); at >= 0 && reference.Target == table.Name {
			return table, parent.Name, reference.TargetKey[at], true
		}
	}
	if keys := table.PrimaryKey(); len(keys) == 1 {
		return table, parent.Name, keys[0], true
	}
	return live.Table{}, "", "", false
}

// probeCategoryTwice names two categories of one level alike.
func (r *grading) probeCategoryTwice(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	table, name, ok := r.column(mapping.Category, mapping.CategoryName)
	if !ok {
		return r.without(mapping.Category, "categories have no name"), nil
	}
	_, parent, key, nested := r.parentColumn()
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		alike := func(with rows.Values) (bool, rows.Row, error) {
			first, err := bench.Make(ctx, table.Name, with)
			if err != nil {
				return false, first, err
			}
			second, err := bench.Make(ctx, table.Name, with)
			if err != nil {
				return false, first, err
			}
			reaction, err := bench.Update(ctx, second, rows.Values{name.Name: first.Value(name.Name)})
			return reaction.Kind == rows.Refused && reaction.State == "23505" || reaction.Kind == rows.Raised, first, err
		}
		var top rows.Values
		if nested {
			top = rows.Values{parent: rows.Null()}
		}
		refused, first, err := alike(top)
		if err != nil || refused {
			return found{label: labelRefused, detail: "two categories of one name are refused"}, err
		}
		if nested {
			below, _, err := alike(rows.Values{parent: first.Value(key)})
			if err != nil || below {
				return found{label: "below_parents", detail: "refused below a parent, accepted at the top: NULL is not equal to NULL"}, err
			}
		}
		return found{label: labelAccepted, detail: "both are stored"}, nil
	})
}

// probeDefaults leaves a field out of a new row and looks at what is stored.
func (r *grading) probeDefaults(ctx context.Context, at *script.Probing) (script.Observation, error) {
	table, column, _, ok := r.field(at)
	if !ok {
		return r.without(mapping.Role(told(at, "role")), "there is no such column"), nil
	}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		draft, err := bench.Draft(ctx, table.Name, nil)
		if err != nil {
			return found{}, err
		}
		delete(draft.Given, column.Name)
		reaction, err := bench.Insert(ctx, draft, nil)
		switch {
		case err != nil:
			return found{}, err
		case reaction.Kind == rows.Stored && !reaction.Row.Value(column.Name).Null:
			return found{label: "filled", detail: "it fills itself"}, nil
		case reaction.Kind == rows.Refused && reaction.State == "23502":
			return found{label: "demanded", detail: "it has no default and must be given"}, nil
		}
		return found{label: "empty", detail: "it stays empty"}, rows.NotDenied(reaction)
	})
}
