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
