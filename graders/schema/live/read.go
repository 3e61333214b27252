package live

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/takehome-dev/takehome/graders/database"
)

// What is read at most, so that a script which makes tables in a loop stays an answer.
const (
	maxTables  = 400
	maxColumns = 4000
	maxOthers  = 4000
)

// Read reads the schema. The session must see the catalog first on its search path, as our
// probe and admin do: the owner's may be shadowed by a table called pg_class.
func Read(ctx context.Context, connection *database.Connection) (Schema, error) {
	reading := &reading{connection: connection, tables: map[uint32]int{}, types: map[uint32]typeRow{}}
	for _, part := range []func(context.Context) error{
		reading.readTypes, reading.readTables, reading.readColumns, reading.readConstraints, reading.readIndexes,
		reading.readTriggers, reading.readOthers,
	} {
		if err := part(ctx); err != nil {
			return Schema{}, fmt.Errorf("read the schema: %w", err)
		}
	}
	return reading.schema, nil
}

type reading struct {
	connection *database.Connection
	schema     Schema
	tables     map[uint32]int // OID to its place in schema.Tables
	types      map[uint32]typeRow
}

// rows runs a query whose rows are JSON objects. What is too long or takes too long to be
// read, as only a hostile schema's can, counts as truncated.
func rows[T any](ctx context.Context, r *reading, sql string) ([]T, error) {
	answer, err := r.connection.Run(ctx, sql)
	if err != nil {
		return nil, err
	}
	if answer.Refusal != nil {
		if answer.Refusal.TooMuch || answer.Refusal.TimedOut {
			r.schema.Truncated = true
			return nil, nil
		}
		return nil, fmt.Errorf("the catalog refuses: %s (%s)", answer.Refusal.Message, answer.Refusal.SQLState)
	}
	list := make([]T, len(answer.Rows))
	for i := range answer.Rows {
		if err := json.Unmarshal([]byte(answer.Text(i, 0)), &list[i]); err != nil {
			return nil, fmt.Errorf("decode a row of the catalog: %w", err)
		}
	}
	return list, nil
}

func (r *reading) readTypes(ctx context.Context) error {
	found, err := rows[typeRow](ctx, r, typesQuery)
	if err != nil {
		return err
	}
	for _, each := range found {
		r.types[each.OID] = each
	}
	for _, each := range found {
		name := Name{each.Schema, each.Name}
		switch {
		case each.Kind == "d" && each.Ours:
			base := r.base(each.OID)
			r.schema.Domains = append(r.schema.Domains, Domain{Name: name, Base: base.Name, NotNull: base.NotNull, Checks: each.Checks})
		case each.Kind == "e" && each.Ours:
			r.schema.Enums = append(r.schema.Enums, Enum{Name: name, Labels: each.Labels})
		}
	}
	return nil
}

// base follows domains to the type below them. Its Modifier and NotNull are what the
// domains on the way demand.
func (r *reading) base(oid uint32) typeRow {
	at := r.types[oid]
	modifier, notNull := -1, false
	for at.Kind == "d" {
		if modifier < 0 {
			modifier = at.Modifier
		}
		notNull = notNull || at.NotNull
		for _, check := range at.Checks {
			notNull = notNull || demandsValue.MatchString(check)
		}
		at = r.types[at.Base]
	}
	at.Modifier, at.NotNull = modifier, notNull
	return at
}

// demandsValue is NOT NULL in the form of a check, of a column or of a domain.
var demandsValue = regexp.MustCompile(`^CHECK \(\((?:"(?:[^"]|"")+"|\w+) IS NOT NULL\)\)`)

func (r *reading) readTables(ctx context.Context) error {
	found, err := rows[Table](ctx, r, fmt.Sprintf(tablesQuery, maxTables+1))
	if err != nil {
		return err
	}
	if len(found) > maxTables {
		found, r.schema.Truncated = found[:maxTables], true
	}
	r.schema.Tables = found
	for i, table := range found {
		r.tables[table.OID] = i
	}
	return nil
}

// table finds the table that a row of the catalog belongs to.
func (r *reading) table(oid uint32) (*Table, bool) {
	at, ok := r.tables[oid]
	if !ok {
		return nil, false
	}
	return &r.schema.Tables[at], true
}

func (r *reading) readColumns(ctx context.Context) error {
	found, err := rows[columnRow](ctx, r, fmt.Sprintf(columnsQuery, maxColumns+1))
	if err != nil {
		return err
	}
	if len(found) > maxColumns {
		found, r.schema.Truncated = found[:maxColumns], true
	}
	for _, each := range found {
		table, ok := r.table(each.Table)
		if !ok {
			continue
		}
		column := each.Column
		declared, base := r.types[each.TypeOID], r.base(each.TypeOID)
		column.Base, column.Category = base.Name, base.Category
		column.NotNull = column.NotNull || base.NotNull
		if column.Modifier < 0 {
			column.Modifier = base.Modifier
		}
		if declared.Kind == "d" {
			column.Domain = &Name{declared.Schema, declared.Name}
		}
		if base.Kind == "e" {
			column.Enum = &Name{base.Schema, base.Name}
		}
		table.Columns = append(table.Columns, column)
	}
	return nil
}

func (r *reading) readConstraints(ctx context.Context) error {
	found, err := rows[constraintRow](ctx, r, fmt.Sprintf(constraintsQuery, maxOthers))
	if err != nil {
		return err
	}
	for _, each := range found {
		table, ok := r.table(each.Table)
		if !ok {
			continue
		}
		switch each.Kind {
		case "p", "u":
			table.Keys = append(table.Keys, Key{
				Name: each.Name, Columns: each.Columns, Primary: each.Kind == "p",
				NullsNotDistinct: each.NullsNotDistinct, Deferrable: each.Deferrable,
			})
		case "f":
			table.ForeignKeys = append(table.ForeignKeys, ForeignKey{
				Name: each.Name, Columns: each.Columns, Target: Name{each.TargetSchema, each.TargetName}, TargetKey: each.TargetKey,
				OnDelete: each.OnDelete, OnUpdate: each.OnUpdate, Deferrable: each.Deferrable, Valid: each.Valid,
			})
		case "c":
			table.Checks = append(table.Checks, Check{Name: each.Name, Columns: each.Columns, Definition: each.Definition, Valid: each.Valid})
			if len(each.Columns) == 1 && each.Valid && demandsValue.MatchString(each.Definition) {
				table.demand(each.Columns[0])
			}
		case "x":
			table.Exclusions = append(table.Exclusions, each.Name)
		}
	}
	return nil
}

// demand marks a column that must hold a value.
func (t *Table) demand(column string) {
	for i := range t.Columns {
		if t.Columns[i].Name == column {
			t.Columns[i].NotNull = true
		}
	}
}

func (r *reading) readIndexes(ctx context.Context) error {
	found, err := rows[indexRow](ctx, r, fmt.Sprintf(indexesQuery, maxOthers))
	if err != nil {
		return err
	}
	for _, each := range found {
		table, ok := r.table(each.Table)
		if !ok {
			continue
		}
		index := each.Index
		index.Columns, index.Included = each.All[:each.KeyColumns], each.All[each.KeyColumns:]
		if len(index.Included) == 0 {
			index.Included = nil
		}
		table.Indexes = append(table.Indexes, index)
	}
	return nil
}

func (r *reading) readTriggers(ctx context.Context) error {
	found, err := rows[triggerRow](ctx, r, fmt.Sprintf(triggersQuery, maxOthers))
	if err != nil {
		return err
	}
	for _, each := range found {
		if table, ok := r.table(each.Table); ok {
			table.Triggers = append(table.Triggers, each.Trigger)
		}
	}
	return nil
}

func (r *reading) readOthers(ctx context.Context) (err error) {
	if r.schema.Views, err = rows[Name](ctx, r, fmt.Sprintf(viewsQuery, maxOthers)); err != nil {
		return err
	}
	if r.schema.Routines, err = rows[Name](ctx, r, fmt.Sprintf(routinesQuery, maxOthers)); err != nil {
		return err
	}
	r.schema.Extensions, err = rows[string](ctx, r, extensionsQuery)
	return err
}
