// Package rows makes valid rows for tables of any design, and tries single changes of them.
// It stands between the words of a live schema and the checks that experiment: it knows
// tables, columns and constraints, and nothing of what a table is for.
//
// It reads no SQL. Postgres is the oracle: a row is guessed from types, names, enum labels
// and the texts of constraints, and what Postgres says against it tells what to guess next.
package rows

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// Values are the values of columns, by name.
type Values map[string]database.Value

// Text is a value in the text form that Postgres reads.
func Text(text string) database.Value { return database.Value{Text: text} }

// Null is the value that is not there.
func Null() database.Value { return database.Value{Null: true} }

// Row is a row as it is stored.
type Row struct {
	Table  live.Name
	Values Values // as Postgres gave them back
	given  Values // as they were sent
	where  string
}

// Value is the value of a column; NULL for one that is not there.
func (r Row) Value(column string) database.Value {
	if value, ok := r.Values[column]; ok {
		return value
	}
	return Null()
}

// Given are the values that were sent to store the row; the others filled themselves.
func (r Row) Given() Values { return r.given }

// Where is the condition that finds the row again.
func (r Row) Where() string { return r.where }

// Draft is a row that was stored, and undone: it is known to be valid, and nothing that it
// needs is missing.
type Draft struct {
	Table live.Name
	Given Values // what has to be sent; the other columns fill themselves
}

// Unmade says that no valid row could be made. It is no fault of ours: the table may be
// impossible to fill, or its rules beyond what can be guessed.
type Unmade struct {
	Table live.Name
	Cause Cause
	Why   string // in words that are the same in every run
	Last  *database.Answer
}

// Cause sorts the reasons why a row could not be made.
type Cause string

// A circle of mandatory foreign keys is the design's; everything else may be our limit.
const (
	CauseCircle Cause = "circle" // tables demand each other's rows, and none of the keys can wait
	CauseLost   Cause = "lost"   // accepted, and nothing was stored
	CauseDenied Cause = "denied" // the role may not
	CauseRules  Cause = "rules"  // no guess satisfied its rules
	CauseSlow   Cause = "slow"   // a statement did not end
)

// Error says what could not be made.
func (u *Unmade) Error() string { return fmt.Sprintf("no row of %s: %s", u.Table, u.Why) }

// Bench is where rows are made and tried: one session of one role. It is not safe for
// concurrent use, and nothing that is done on it stays.
type Bench struct {
	conn    *database.Connection
	schema  live.Schema
	plans   map[live.Name]*plan
	bounds  map[live.Name][]string // literals of the bounds of partitions, by table
	adopted map[live.Name]bool     // tables of which a row that was there is taken, since none can be made
	serial  int
	ended   *Unmade // why nothing more is tried
	log     []database.Answer
}

// NewBench prepares a bench on a session, whose Settings must be those of Settings.
func NewBench(conn *database.Connection, schema live.Schema) *Bench {
	return &Bench{
		conn: conn, schema: schema, plans: map[live.Name]*plan{}, bounds: map[live.Name][]string{}, adopted: map[live.Name]bool{},
	}
}

// Settings are those of a session for a bench. The path leads to everything of the
// submission's, since its functions may rely on that; our own statements never do.
func Settings(schema live.Schema) map[string]string {
	path := []string{"pg_catalog"}
	for _, name := range SearchPath(schema) {
		path = append(path, live.Quote(name))
	}
	return map[string]string{
		"search_path": strings.Join(append(path, "pg_temp"), ", "), "standard_conforming_strings": "on",
		"DateStyle": "ISO, YMD", "TimeZone": "UTC", "extra_float_digits": "1", "row_security": "on",
	}
}

// SearchPath lists the namespaces of a submission, public first.
func SearchPath(schema live.Schema) []string {
	names := []string{"public"}
	add := func(name live.Name) {
		if name.Schema != "" && !slices.Contains(names, name.Schema) {
			names = append(names, name.Schema)
		}
	}
	for _, table := range schema.Tables {
		add(table.Name)
	}
	for _, list := range [][]live.Name{schema.Views, schema.Routines} {
		for _, name := range list {
			add(name)
		}
	}
	for _, enum := range schema.Enums {
		add(enum.Name)
	}
	for _, domain := range schema.Domains {
		add(domain.Name)
	}
	slices.Sort(names[1:])
	return names
}

// Experiment runs do in a transaction that is rolled back. Statements that are worth
// showing are in Log afterwards.
func (b *Bench) Experiment(ctx context.Context, do func(ctx context.Context) error) error {
	if b.ended != nil {
		return b.ended
	}
	b.serial, b.log = 0, nil
	if _, err := b.conn.Run(ctx, "BEGIN"); err != nil {
		return err
	}
	if err := b.constraints(ctx, "IMMEDIATE", b.deferrable()...); err != nil {
		return err
	}
	err := do(ctx)
	if _, undo := b.conn.Run(context.WithoutCancel(ctx), "ROLLBACK"); undo != nil && err == nil {
		err = undo
	}
	return err
}

// Log are the statements of the last experiment that show what it found.
func (b *Bench) Log() []database.Answer { return b.log }

// Run sends a statement of the experiment, which may be refused without ending it.
func (b *Bench) Run(ctx context.Context, sql string) (database.Answer, error) {
	answer, err := b.guarded(ctx, sql)
	b.log = append(b.log, answer)
	return answer, err
}

// guarded undoes what a refused statement did, so that the transaction goes on.
func (b *Bench) guarded(ctx context.Context, sql string) (database.Answer, error) {
	if b.ended != nil {
		return database.Answer{}, b.ended
	}
	if !b.conn.InTransaction() {
		return database.Answer{}, b.end(CauseSlow, "the transaction ended by itself", nil)
	}
	if _, err := b.conn.Run(ctx, "SAVEPOINT takehome"); err != nil {
		return database.Answer{}, err
	}
	answer, err := b.conn.Run(ctx, sql)
	if err != nil || answer.Refusal == nil {
		return answer, err
	}
	if answer.Refusal.TimedOut || answer.Refusal.Lost || answer.Refusal.TooMuch {
		return answer, b.end(CauseSlow, "a statement did not end properly: "+answer.Refusal.Message, &answer)
	}
	_, err = b.conn.Run(ctx, "ROLLBACK TO SAVEPOINT takehome")
	return answer, err
}

// end gives the bench up: what a statement ran into once, every later one would.
func (b *Bench) end(cause Cause, why string, last *database.Answer) error {
	b.ended = &Unmade{Cause: cause, Why: why, Last: last}
	return b.ended
}

// deferrable lists the constraints whose check can wait, quoted.
func (b *Bench) deferrable() []string {
	var names []string
	for _, table := range b.schema.Tables {
		for _, key := range table.ForeignKeys {
			if key.Deferrable {
				names = append(names, live.Name{Schema: table.Schema, Name: key.Name}.SQL())
			}
		}
		for _, key := range table.Keys {
			if key.Deferrable {
				names = append(names, live.Name{Schema: table.Schema, Name: key.Name}.SQL())
			}
		}
	}
	return names
}

// constraints sets when constraints are checked. Constraint triggers keep their own time:
// what they wait for is often a second row.
func (b *Bench) constraints(ctx context.Context, when string, names ...string) error {
	if len(names) == 0 {
		return nil
	}
	_, err := b.conn.Run(ctx, "SET CONSTRAINTS "+strings.Join(names, ", ")+" "+when)
	return err
}
