package schema

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/graders/script"
)

// relationProbes store rows that belong together.
func (r *grading) relationProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"several_categories": {Once: true, Labels: labelled("several", "one", "one_stated"), Observe: r.probeSeveralCategories},
		"hierarchy":          {Once: true, Labels: labelled("nested", "flat", "flat_stated"), Observe: r.probeHierarchy},
		"dependency":         {Once: true, Labels: labelled("none", "holds", "breaks"), Observe: r.probeDependency},
		"insertable":         {Once: true, Labels: []string{"all", "circle", "lost", labelNoRow, labelUnsure}, Observe: r.probeInsertable},
	}
}

// probeSeveralCategories puts one product into two categories.
func (r *grading) probeSeveralCategories(ctx context.Context, at *script.Probing) (script.Observation, error) {
	for _, role := range []mapping.Role{mapping.Product, mapping.Category} {
		if _, ok := r.table(role); !ok {
			return r.without(role, "there is no such table"), nil
		}
	}
	toProduct, linksProducts := r.mapping.Link(mapping.ProductCategory, mapping.Product)
	_, linksCategories := r.mapping.Link(mapping.ProductCategory, mapping.Category)
	if !linksProducts || !linksCategories || len(toProduct.Hops) != 1 {
		if _, ok := r.mapping.Link(mapping.Product, mapping.Category); !ok {
			return seen(labelAbsent, "products do not refer to categories"), nil
		}
		return r.oneCategory(at, found{label: "one", detail: "a product refers to one category"}), nil
	}
	hop := toProduct.Hops[0]
	observation, err := r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		first, err := bench.Make(ctx, hop.Table, nil)
		if err != nil {
			return found{}, err
		}
		same := rows.Values{}
		for _, name := range hop.Columns {
			same[name] = first.Value(name)
		}
		_, err = bench.Make(ctx, hop.Table, same)
		if unmade := (*rows.Unmade)(nil); errors.As(err, &unmade) && unmade.Cause == rows.CauseRules {
			return found{label: "one", detail: "the second category is refused"}, nil
		}
		return found{label: "several", detail: "a product is in two categories"}, err
	})
	if observation.Label == "one" {
		observation = r.oneCategory(at, found{label: "one", detail: observation.Detail})
	}
	return observation, err
}

func (r *grading) oneCategory(at *script.Probing, result found) script.Observation {
	if r.assumed(toldList(at, "assumption")) {
		return seen("one_stated", result.detail+", as it is stated")
	}
	return seen(result.label, result.detail)
}

// probeHierarchy puts a category below another.
func (r *grading) probeHierarchy(ctx context.Context, at *script.Probing) (script.Observation, error) {
	category, ok := r.table(mapping.Category)
	if !ok {
		return r.without(mapping.Category, "there are no categories"), nil
	}
	table, parent, key, ok := r.parentColumn()
	if ok {
		return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
			above, err := bench.Make(ctx, table.Name, nil)
			if err != nil {
				return found{}, err
			}
			_, err = bench.Make(ctx, table.Name, rows.Values{parent: above.Value(key)})
			return found{label: "nested", detail: strconv.Quote(parent) + " refers to the category above"}, err
		})
	}
	for _, column := range category.Columns {
		if column.Base == "ltree" || column.Base == "_ltree" {
			return seen("nested", strconv.Quote(column.Name)+" is the path of a category"), nil
		}
	}
	for _, other := range r.schema.Tables {
		references := 0
		for _, reference := range other.ForeignKeys {
			if reference.Target == category.Name {
				references++
			}
		}
		if references > 1 {
			return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
				_, err := bench.Make(ctx, other.Name, nil)
				return found{label: "nested", detail: other.String() + " joins two categories"}, err
			})
		}
	}
	if r.assumed(toldList(at, "assumption")) {
		return seen("flat_stated", "categories are a flat list, as it is stated"), nil
	}
	return seen("flat", "categories are a flat list"), nil
}

// dependency is a reference and a column that seems to repeat a property of its target.
type dependency struct {
	table     live.Table
	reference live.ForeignKey
	copied    live.Column
}

// dependencies looks for pairs such as category_id and category_name in one table. Orders
// and their lines keep copies for good reasons, and other checks look at those.
func (r *grading) dependencies() []dependency {
	var found []dependency
	for _, table := range r.schema.Tables {
		if snapshot := r.keepsCopies(table.Name); snapshot {
			continue
		}
		for _, key := range table.ForeignKeys {
			if len(key.Columns) != 1 {
				continue
			}
			stem := referenceStem(key.Columns[0])
			for _, column := range table.Columns {
				if name := strings.ToLower(column.Name); stem != "" && column.Category == "S" &&
					(name == stem+"_name" || name == stem+"name" || name == stem+"_title") {
					found = append(found, dependency{table, key, column})
				}
			}
		}
	}
	return found
}

// keepsCopies reports whether a table holds what was true at a moment.
func (r *grading) keepsCopies(name live.Name) bool {
	for _, role := range []mapping.Role{
		mapping.Order, mapping.OrderLine, mapping.Address, mapping.Payment, mapping.Shipment, mapping.PriceHistory, mapping.StatusHistory,
	} {
		if table, ok := r.mapping.Table(role); ok && table == name {
			return true
		}
	}
	return false
}

func referenceStem(column string) string {
	lower := strings.ToLower(column)
	for _, suffix := range []string{"_id", "id", "_fk", "_code"} {
		if stem, ok := strings.CutSuffix(lower, suffix); ok && len(stem) > 2 {
			return stem
		}
	}
	return ""
}

// probeDependency stores two rows with the same reference and different copies of what
// follows from it.
func (r *grading) probeDependency(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	candidates := r.dependencies()
	if len(candidates) == 0 {
		return seen("none", "no table repeats what a reference already says"), nil
	}
	return r.experiment(ctx, func(ctx context.Context, bench *rows.Bench) (found, error) {
		for _, each := range candidates {
			column := each.reference.Columns[0]
			first, err := bench.Make(ctx, each.table.Name, nil)
			if err != nil {
				return found{}, err
			}
			if first.Value(column).Null {
				continue
			}
			second, err := bench.Make(ctx, each.table.Name, rows.Values{column: first.Value(column)})
			if err != nil {
				return found{}, err
			}
			differs := second.Value(each.copied.Name) != first.Value(each.copied.Name)
			if !differs {
				reaction, err := bench.Update(ctx, second, rows.Values{each.copied.Name: rows.Text("other")})
				if err != nil {
					return found{}, err
				}
				differs = reaction.Kind == rows.Stored
			}
			if differs {
				return found{label: "breaks", detail: each.table.String() + ": two rows with the same " + strconv.Quote(column) +
					" hold different " + strconv.Quote(each.copied.Name)}, nil
			}
		}
		return found{label: "holds", detail: "copies cannot differ"}, nil
	})
}

// probeInsertable makes a row of every table that plays a part.
func (r *grading) probeInsertable(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	var tables []live.Name
	core := 0
	for i, role := range append(mapping.Core(), mapping.Secondary()...) {
		if name, ok := r.mapping.Table(role); ok && !slices.Contains(tables, name) {
			tables = append(tables, name)
		}
		if i < len(mapping.Core()) {
			core = len(tables)
		}
	}
	if core == 0 {
		return seen(labelUnsure, "it is not clear which tables are those of the shop"), nil
	}
	pair, err := r.benches(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	for i, name := range tables {
		result, err := pair.Observe(ctx, func(ctx context.Context, bench *rows.Bench) (string, error) {
			_, err := bench.Make(ctx, name, nil)
			return "made", err
		})
		if err != nil {
			return script.Observation{}, err
		}
		if result.Unmade == nil {
			continue
		}
		observation := script.Observation{Label: labelNoRow, Detail: result.Unmade.Error(), Evidence: result.Evidence}
		switch result.Unmade.Cause {
		case rows.CauseCircle:
			observation.Label, observation.Fault = "circle", "circle"
		case rows.CauseLost:
			observation.Label, observation.Fault = "lost", "lost"
		case rows.CauseDenied, rows.CauseRules, rows.CauseSlow:
			if i >= core {
				continue // what is beside the core may have rules beyond our guesses
			}
		}
		return observation, nil
	}
	return seen("all", "a row of every table of the shop can be stored"), nil
}
