package rows

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

const (
	// maxTries is how often a row is guessed before it is given up.
	maxTries = 60
	// maxDepth is how far parents of parents are made.
	maxDepth = 12
)

// Make stores a valid row, and the rows that it refers to, with these values where they
// are given. Where it cannot, the error is *Unmade; any other is ours.
func (b *Bench) Make(ctx context.Context, table live.Name, with Values) (Row, error) {
	making, err := b.making(table, with, nil)
	if err != nil {
		return Row{}, err
	}
	return making.run(ctx)
}

// Draft makes a valid row, and undoes the row alone.
func (b *Bench) Draft(ctx context.Context, table live.Name, with Values) (Draft, error) {
	making, err := b.making(table, with, nil)
	if err != nil {
		return Draft{}, err
	}
	making.draft = true
	row, err := making.run(ctx)
	if err != nil {
		return Draft{}, err
	}
	if row.given == nil {
		return Draft{}, &Unmade{Table: table, Cause: CauseRules, Why: "its rows are made by triggers of other tables"}
	}
	return Draft{Table: table, Given: row.given}, nil
}

// making is the making of one row.
type making struct {
	*Bench
	plan    *plan
	with    Values  // what is asked for
	within  *making // the row for which this one is made
	depth   int
	parents map[string]database.Value // values of references
	settled map[string]bool           // foreign keys whose parents are made, by name
	promise Values                    // values of our key that other rows refer to before we exist
	later   []laterParent
	waiting []string // constraints that wait, quoted
	draft   bool
	made    Values // once it is stored
}

// laterParent is a row that is made after the one that refers to it.
type laterParent struct {
	table live.Name
	with  Values
}

func (b *Bench) making(name live.Name, with Values, within *making) (*making, error) {
	table, ok := b.schema.Table(name)
	if !ok {
		return nil, &Unmade{Table: name, Cause: CauseRules, Why: "there is no such table"}
	}
	made := &making{Bench: b, plan: b.plan(table), with: with, within: within, promise: Values{}}
	made.forget()
	if within != nil {
		if made.depth = within.depth + 1; made.depth > maxDepth {
			return nil, &Unmade{Table: name, Cause: CauseRules, Why: "it refers to too long a chain of tables"}
		}
	}
	return made, nil
}

// forget drops the parents, so that others are made.
func (m *making) forget() {
	m.parents, m.settled = map[string]database.Value{}, map[string]bool{}
}

func (m *making) run(ctx context.Context) (Row, error) {
	start := positions(m.plan)
	var last *database.Answer
	for range maxTries {
		if err := m.makeParents(ctx); err != nil {
			return Row{}, err
		}
		m.serial++
		given := m.given()
		answer, err := m.guarded(ctx, insertion(m.plan.table, given))
		if err != nil {
			return Row{}, err
		}
		last = &answer
		if answer.Refusal == nil {
			row, ok := stored(m.plan.table, answer, given)
			if !ok {
				return m.elsewhere(ctx, given, "an INSERT is accepted and stores nothing", last)
			}
			return m.finish(ctx, row)
		}
		switch {
		case answer.State() == "42501":
			return Row{}, m.denied(ctx, last)
		case answer.State() == "23503" && answer.Refusal.Where == "" && m.circular():
			return Row{}, m.refused(last) // no other value helps
		case answer.State() == "0A000" && m.plan.table.Rules > 0:
			return m.ruled(ctx, given, last)
		}
		if row, ok, err := m.adopt(ctx, *answer.Refusal, given); ok || err != nil {
			return row, err
		}
		if !m.repair(ctx, *answer.Refusal) {
			break
		}
	}
	restore(m.plan, start)
	return Row{}, m.refused(last)
}

// refused says why the last guess was refused.
func (m *making) refused(last *database.Answer) error {
	if last == nil || last.Refusal == nil {
		return m.unmade(CauseRules, "no guess satisfies its rules", last)
	}
	if last.State() == "23503" && m.circular() {
		return m.unmade(CauseCircle, "tables demand each other's rows, and none of the foreign keys is deferrable", last)
	}
	why := "no guess satisfies its rules; the last was refused with " + last.State()
	if last.Refusal.Constraint != "" {
		why += " by " + strconv.Quote(last.Refusal.Constraint)
	}
	return m.unmade(CauseRules, why, last)
}

func (m *making) unmade(cause Cause, why string, last *database.Answer) error {
	return &Unmade{Table: m.plan.table.Name, Cause: cause, Why: why, Last: last}
}

// finish makes what had to wait for the row.
func (m *making) finish(ctx context.Context, row Row) (Row, error) {
	m.made = row.Values
	for _, parent := range m.later {
		making, err := m.making(parent.table, parent.with, m)
		if err != nil {
			return Row{}, err
		}
		if _, err := making.run(ctx); err != nil {
			return Row{}, err
		}
	}
	if len(m.waiting) > 0 {
		answer, err := m.guarded(ctx, "SET CONSTRAINTS "+strings.Join(m.waiting, ", ")+" IMMEDIATE")
		if err != nil {
			return Row{}, err
		}
		if answer.Refusal != nil {
			return Row{}, m.refused(&answer)
		}
	}
	if m.draft {
		// The savepoint of the INSERT is the last one: parents were made before it.
		if len(m.later) > 0 {
			return Row{}, m.unmade(CauseRules, "it can only be made together with other rows", nil)
		}
		if _, err := m.conn.Run(ctx, "ROLLBACK TO SAVEPOINT takehome"); err != nil {
			return Row{}, err
		}
	}
	return row, nil
}

// given are the values of an INSERT by the choices of now.
func (m *making) given() Values {
	given := Values{}
	for _, slot := range m.plan.slots {
		name := slot.column.Name
		if slot.column.Generated {
			continue
		}
		if value, ok := m.with[name]; ok {
			given[name] = value
			continue
		}
		if value, ok := m.promise[name]; ok {
			given[name] = value
			continue
		}
		switch slot.choice().kind {
		case choiceLeave:
		case choiceParent:
			if value, ok := m.parents[name]; ok {
				given[name] = value
			} else {
				given[name] = Null()
			}
		case choiceNull, choiceValue:
			given[name] = slot.choice().send(m.serial)
		}
	}
	return given
}

// known is the value that a column will have, as far as it is decided.
func (m *making) known(name string) (database.Value, bool) {
	for _, values := range []Values{m.made, m.with, m.promise, m.parents} {
		if value, ok := values[name]; ok {
			return value, true
		}
	}
	return database.Value{}, false
}

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

func positions(p *plan) []int {
	var places []int
	for _, slot := range p.slots {
		places = append(places, slot.at)
	}
	return places
}

func restore(p *plan, places []int) {
	for i, slot := range p.slots {
		slot.at = places[i]
	}
	p.walks, p.clash = map[string]*walk{}, 0
}

// Find reads a row that is there, with these values; order tells which of several.
func (b *Bench) Find(ctx context.Context, name live.Name, with Values, order []string) (Row, bool, error) {
	table, ok := b.schema.Table(name)
	if !ok {
		return Row{}, false, nil
	}
	sql := "SELECT " + returning(table)[len(" RETURNING "):] + " FROM " + table.SQL()
	if len(with) > 0 {
		sql += " WHERE " + Matching(slices.Sorted(maps.Keys(with)), with)
	}
	if len(order) > 0 {
		quoted := make([]string, len(order))
		for i, column := range order {
			quoted[i] = live.Quote(column)
		}
		sql += " ORDER BY " + strings.Join(quoted, ", ")
	}
	answer, err := b.guarded(ctx, sql+" LIMIT 1")
	if err != nil {
		return Row{}, false, err
	}
	row, found := stored(table, answer, nil)
	return row, found, nil
}

// Keep makes a valid row that stays, for what needs more than one session. It is for a
// database that is thrown away.
func (b *Bench) Keep(ctx context.Context, table live.Name, with Values) (Row, error) {
	if _, err := b.conn.Run(ctx, "BEGIN"); err != nil {
		return Row{}, err
	}
	row, err := b.Make(ctx, table, with)
	end := "COMMIT"
	if err != nil {
		end = "ROLLBACK"
	}
	answer, ended := b.conn.Run(context.WithoutCancel(ctx), end)
	if ended == nil && err == nil && (answer.Refusal != nil || answer.Tag == "ROLLBACK") {
		return Row{}, &Unmade{Table: table, Cause: CauseRules, Why: "it is refused at the end of its transaction", Last: &answer}
	}
	return row, errors.Join(err, ended)
}
