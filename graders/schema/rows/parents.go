package rows

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// makeParents makes the rows that the row refers to, those of wide keys first: what they
// share with others, such as a tenant, the others take over.
func (m *making) makeParents(ctx context.Context) error {
	keys := slices.Clone(m.plan.table.ForeignKeys)
	slices.SortStableFunc(keys, func(a, b live.ForeignKey) int { return len(b.Columns) - len(a.Columns) })
	for _, key := range keys {
		if m.settled[key.Name] || !m.wanted(key) {
			continue
		}
		if err := m.makeParent(ctx, key); err != nil {
			return err
		}
		m.settled[key.Name] = true
	}
	return nil
}

// wanted reports whether a foreign key still needs a parent.
func (m *making) wanted(key live.ForeignKey) bool {
	missing := false
	for _, name := range key.Columns {
		value, known := m.known(name)
		if known && value.Null {
			return false // a NULL refers to nothing
		}
		slot := m.plan.slot(name)
		if !known && slot.choice().kind != choiceParent {
			return false
		}
		missing = missing || !known
	}
	return missing
}

func (m *making) makeParent(ctx context.Context, key live.ForeignKey) error {
	optional := slices.ContainsFunc(key.Columns, func(name string) bool {
		_, known := m.known(name)
		return !known && !m.plan.slot(name).column.NotNull
	})
	with := Values{}
	for i, name := range key.Columns {
		if value, known := m.known(name); known {
			with[key.TargetKey[i]] = value
		}
	}
	above := m.above(key.Target)
	switch {
	case above != nil && optional:
		return nil // stays NULL: a category without a parent
	case above != nil:
		return m.promised(ctx, key, above)
	case !optional && key.Deferrable && m.leadsBack(key.Target, m.plan.table.Name, nil):
		return m.promised(ctx, key, nil)
	}
	parent, err := m.parent(ctx, key.Target, with, key.TargetKey)
	if unmade := (*Unmade)(nil); errors.As(err, &unmade) && optional && m.ended == nil {
		m.plan.slot(key.Columns[len(key.Columns)-1]).to(func(c choice) bool { return c.kind == choiceNull })
		return nil
	}
	if err != nil {
		return err
	}
	for i, name := range key.Columns {
		if _, known := m.known(name); !known {
			m.parents[name] = parent.Value(key.TargetKey[i])
		}
	}
	return nil
}

// parent makes a row of another table, or takes one that is there: the rows of a lookup
// table may be all that its rules allow.
func (m *making) parent(ctx context.Context, table live.Name, with Values, key []string) (Row, error) {
	if m.adopted[table] {
		if row, ok, err := m.existing(ctx, table, with, key); ok || err != nil {
			return row, err
		}
	}
	making, err := m.making(table, with, m)
	if err != nil {
		return Row{}, err
	}
	row, err := making.run(ctx)
	if unmade := (*Unmade)(nil); !errors.As(err, &unmade) || m.ended != nil {
		return row, err
	}
	if found, ok, again := m.existing(ctx, table, with, key); ok || again != nil {
		m.adopted[table] = true
		return found, again
	}
	return Row{}, err
}

// existing takes a row that is there, with these values.
func (m *making) existing(ctx context.Context, name live.Name, with Values, order []string) (Row, bool, error) {
	table, _ := m.schema.Table(name)
	row, ok, err := m.Find(ctx, name, with, order)
	row.Table = table.Name
	return row, ok, err
}

// above is the making of a row of a table that this row is made for, or this one.
func (m *making) above(table live.Name) *making {
	for at := m; at != nil; at = at.within {
		if at.plan.table.Name == table {
			return at
		}
	}
	return nil
}

// promised refers to a row before it exists: one that is being made further up, or one
// that is made afterwards.
func (m *making) promised(ctx context.Context, key live.ForeignKey, above *making) error {
	with := Values{}
	for i, name := range key.TargetKey {
		value := m.promiseOf(key.Target, name, above)
		with[name] = value
		if _, known := m.known(key.Columns[i]); !known {
			m.parents[key.Columns[i]] = value
		}
	}
	if above == m {
		return nil // it refers to itself, in one statement
	}
	if key.Deferrable {
		name := live.Name{Schema: m.plan.table.Schema, Name: key.Name}.SQL()
		if err := m.constraints(ctx, "DEFERRED", name); err != nil {
			return err
		}
		// It waits until whoever was promised exists.
		until := m
		if above != nil {
			until = above
		}
		until.waiting = append(until.waiting, name)
	}
	if above == nil {
		m.later = append(m.later, laterParent{table: key.Target, with: with})
	}
	return nil
}

// promiseOf decides a value of a key ahead of its row.
func (m *making) promiseOf(table live.Name, name string, above *making) database.Value {
	if above != nil {
		if value, known := above.known(name); known {
			return value
		}
	}
	target, _ := m.schema.Table(table)
	column, _ := target.Column(name)
	m.serial++
	slot := m.Bench.plan(target).slot(name)
	value := Text(strconv.Itoa(900_000 + m.serial))
	if at := slices.IndexFunc(slot.choices, func(c choice) bool { return c.kind == choiceValue }); at >= 0 && column.Category != "N" {
		value = slot.choices[at].send(m.serial)
	}
	if above != nil {
		above.promise[name] = value
	}
	return value
}

// leadsBack reports whether a table demands, over mandatory references, a row of another.
func (b *Bench) leadsBack(from, to live.Name, seen []live.Name) bool {
	if slices.Contains(seen, from) {
		return false
	}
	table, _ := b.schema.Table(from)
	for _, key := range table.ForeignKeys {
		mandatory := !slices.ContainsFunc(key.Columns, func(name string) bool {
			column, _ := table.Column(name)
			return !column.NotNull
		})
		if mandatory && (key.Target == to || b.leadsBack(key.Target, to, append(slices.Clone(seen), from))) {
			return true
		}
	}
	return false
}

// circular reports whether the table demands itself over other tables.
func (m *making) circular() bool {
	name := m.plan.table.Name
	return m.leadsBack(name, name, nil)
}
