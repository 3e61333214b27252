// Package workload fills a copy of a submission's database with the volume of a shop that
// has been open for a while, and counts what the queries of such a shop cost. It stands
// between the mapping of a schema and the checks on its indexes: the queries speak of
// roles, and every column that no role needs holds what a valid row holds.
//
// Nothing is timed. What a query costs is the number of buffers it touches, at three
// sizes, and whether it sorts.
package workload

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/schema/rows"
)

// Sizes are the numbers of orders at which the queries are measured.
func Sizes() []int { return []int{20_000, 40_000, 80_000} }

// How many rows of the other tables there are, by the number of orders.
const (
	ordersPerUser     = 20
	ordersPerProduct  = 9
	ordersPerCategory = 90
	linesPerOrder     = 2
)

// Volume is a filled database.
type Volume struct {
	conn    *database.Connection
	schema  live.Schema
	mapping mapping.Mapping
	filled  []*filling // tables in the order in which they are filled
	size    int        // orders that are there
	states  []string   // values that the status of an order may have
	// Missing says what could not be filled, in words that are the same in every run.
	Missing []string
}

// filling is a table that is filled.
type filling struct {
	table live.Table
	count func(orders int) int
	given rows.Values // a valid row: what was sent
	held  rows.Values // and what was stored
	// special are the expressions of columns that the queries ask for.
	special map[string]expression
	plain   bool // texts are as those of the valid row: anything else was refused
	step    int  // which of the steps of time fits its partitions
	failed  bool
}

// expression writes the value of a column in the row with a number, which is itself an
// expression of type bigint.
type expression func(number string) string

// Prepare makes valid rows as templates, and takes off what is not measured: triggers and
// foreign keys cost time when rows come in, not when they are read. The session must be
// the owner's, to a database that is thrown away, with the settings of a bench.
func Prepare(ctx context.Context, conn *database.Connection, schema live.Schema, found mapping.Mapping) (*Volume, error) {
	v := &Volume{conn: conn, schema: schema, mapping: found}
	v.choose()
	if len(v.filled) == 0 {
		return v, nil
	}
	if err := v.templates(ctx); err != nil {
		return nil, err
	}
	v.express()
	return v, v.strip(ctx)
}

// choose lists the tables of the roles, and those between them.
func (v *Volume) choose() {
	add := func(name live.Name, count func(int) int) {
		table, ok := v.schema.Table(name)
		if ok && v.filling(name) == nil {
			v.filled = append(v.filled, &filling{table: table, count: count, special: map[string]expression{}})
		}
	}
	per := func(many int) func(int) int { return func(orders int) int { return max(orders/many, 1) } }
	for _, role := range []struct {
		role  mapping.Role
		count func(int) int
	}{
		{mapping.User, per(ordersPerUser)},
		{mapping.Category, per(ordersPerCategory)},
		{mapping.Product, per(ordersPerProduct)},
		{mapping.Variant, per(ordersPerProduct)},
		{mapping.ProductCategory, per(ordersPerProduct)},
		{mapping.Order, per(1)},
		{mapping.OrderLine, per(1)}, // two for every second order
	} {
		if name, ok := v.mapping.Table(role.role); ok {
			add(name, role.count)
		}
	}
	for _, link := range v.mapping.Links {
		from, to := v.filling(link.Hops[0].Table), v.filling(link.Hops[len(link.Hops)-1].Target)
		if len(link.Hops) == 2 && from != nil && to != nil {
			add(link.Hops[0].Target, to.count) // between the two
		}
	}
	// What a unique reference leads to is as many as what refers to it.
	for grown := true; grown; {
		grown = false
		for _, each := range v.filled {
			for _, key := range each.table.ForeignKeys {
				if v.filling(key.Target) == nil && unique(each.table, key.Columns) {
					add(key.Target, each.count)
					grown = true
				}
			}
		}
	}
	slices.SortStableFunc(v.filled, func(a, b *filling) int { return a.count(Sizes()[0]) - b.count(Sizes()[0]) })
}

func (v *Volume) filling(name live.Name) *filling {
	at := slices.IndexFunc(v.filled, func(f *filling) bool { return f.table.Name == name })
	if at < 0 {
		return nil
	}
	return v.filled[at]
}

// unique reports whether no two rows may hold the same in these columns.
func unique(table live.Table, columns []string) bool {
	return slices.ContainsFunc(table.Indexes, func(index live.Index) bool {
		return index.Unique && index.Expression == "" && !slices.ContainsFunc(index.Columns, func(name string) bool { return !slices.Contains(columns, name) })
	})
}

// templates makes a valid row of every table.
func (v *Volume) templates(ctx context.Context) error {
	bench := rows.NewBench(v.conn, v.schema)
	for _, each := range v.filled {
		err := bench.Experiment(ctx, func(ctx context.Context) error {
			row, err := bench.Make(ctx, each.table.Name, nil)
			if err != nil {
				return err
			}
			each.given, each.held = row.Given(), row.Values
			if name, ok := v.mapping.Table(mapping.Order); ok && name == each.table.Name {
				v.states, err = v.allowed(ctx, bench, row)
			}
			return err
		})
		if unmade := (*rows.Unmade)(nil); errors.As(err, &unmade) {
			each.failed = true
			v.Missing = append(v.Missing, unmade.Error())
			continue
		}
		if err != nil {
			return fmt.Errorf("make a row of %s as a template: %w", each.table.Name, err)
		}
	}
	return nil
}

// maxStates is how many values of a status are used.
const maxStates = 5

// allowed tries which values the status of an order may have.
func (v *Volume) allowed(ctx context.Context, bench *rows.Bench, order rows.Row) ([]string, error) {
	choice, ok := v.mapping.Column(mapping.Order, mapping.Status)
	if !ok || choice.Table != order.Table {
		return nil, nil
	}
	states := []string{}
	for _, text := range bench.Suggestions(order.Table, choice.Column) {
		reaction, err := bench.Update(ctx, order, rows.Values{choice.Column: rows.Text(text)})
		if err != nil {
			return nil, err
		}
		if reaction.Kind == rows.Stored && len(states) < maxStates {
			states = append(states, text)
		}
	}
	return states, nil
}

// strip takes foreign keys and triggers off the tables that are filled, and what rows the
// script itself brings.
func (v *Volume) strip(ctx context.Context) error {
	for _, each := range v.filled {
		sqls := []string{"TRUNCATE " + each.table.SQL() + " CASCADE", "ALTER TABLE " + each.table.SQL() + " DISABLE TRIGGER USER"}
		for _, key := range each.table.ForeignKeys {
			sqls = append(sqls, "ALTER TABLE "+each.table.SQL()+" DROP CONSTRAINT IF EXISTS "+live.Quote(key.Name)+" CASCADE")
		}
		for _, sql := range sqls {
			if _, err := v.conn.Run(ctx, sql); err != nil {
				return err
			}
		}
	}
	return nil
}
