// Package work counts what a query makes the server do, and turns counts into shares of
// credit. It stands between package plan, which reads what EXPLAIN says, and the grader, and
// knows no challenge.
//
// Blocks, rows and temporary blocks are the same in every run on the same data, however busy
// the machine. Time is not: Clock reads it for people, and no share comes from it, nor from
// floating point.
package work

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/plan"
)

// Mode is how the values of the parameters reach the planner.
type Mode string

// A driver that puts values into the statement gets a plan for them; one that prepares it
// once may get a plan for any value (plan_cache_mode in the PostgreSQL manual, 19.7).
const (
	Literal Mode = "literal"
	Generic Mode = "generic"
)

// Set is one value for each parameter of a query.
type Set struct {
	Name   string
	Values []database.Value
}

// Query is what is measured.
type Query struct {
	Title string // of its plans: "the query as it was given"
	SQL   string // one statement that reads
	Types []string
	// Settings are parameters of the session that its author asks for, each with a value that
	// was looked at before.
	Settings  []Setting
	BigTables []string
}

// Setting is a parameter of the session.
type Setting struct{ Name, Value string }

// Measurement is what one execution showed: a reading, or why there is none.
type Measurement struct {
	Set     string
	Mode    Mode
	Reading plan.Reading
	// Refusal is an error of the query, or no end in time; nil where it was measured.
	Refusal *database.Refusal
}

// Work is the counted work in rows, a block counting as many rows as the planner counts it.
func (m Measurement) Work() int64 { return m.Reading.Counts.Weight() }

// statementName is what a query is prepared as.
const statementName = "takehome_query"

// Prefix stands before a query when it is prepared; the server counts places from its start.
func (q Query) prefix() string {
	types := ""
	if len(q.Types) > 0 {
		types = "(" + strings.Join(q.Types, ", ") + ")"
	}
	return "PREPARE " + statementName + types + " AS\n"
}

// Measure runs a query once for the counts, in a transaction that may not write, and once
// more if it is cheap: what the server looks up the first time in a session is not its work.
func Measure(ctx context.Context, session *database.Connection, query Query, set Set, mode Mode) (Measurement, error) {
	measured := Measurement{Set: set.Name, Mode: mode}
	refusal, err := within(ctx, session, query.opening(mode), func() (*database.Refusal, error) {
		for range 2 {
			answer, err := session.Run(ctx, plan.Explain+"EXECUTE "+statementName+arguments(set))
			if err != nil || answer.Refusal != nil {
				return answer.Refusal, err
			}
			measured.Reading, err = plan.Read([]byte(answer.Text(0, 0)), plan.Options{
				Title: query.Title, SQL: query.SQL, BigTables: query.BigTables,
			})
			if errors.Is(err, plan.ErrTooLong) {
				return &database.Refusal{SQLState: "54000", Message: plan.ErrTooLong.Error(), TooMuch: true}, nil
			}
			if err != nil {
				return nil, err
			}
			if measured.Work() > cheap {
				break
			}
		}
		return nil, nil
	})
	measured.Refusal = refusal
	return measured, err
}

// cheap is up to how much work a query is run a second time: 20,000 blocks.
const cheap = 2_000_000

// opening is what comes before the query in its transaction. The author's settings come
// last, so that they hold.
func (q Query) opening(mode Mode) []string {
	cache := map[Mode]string{Literal: "force_custom_plan", Generic: "force_generic_plan"}[mode]
	statements := []string{"SET LOCAL transaction_read_only = on", "SET LOCAL plan_cache_mode = " + cache}
	for _, setting := range q.Settings {
		statements = append(statements, "SET LOCAL "+setting.Name+" = "+quoted(setting.Value))
	}
	return append(statements, q.prefix()+q.SQL)
}

// within runs statements and then do, and takes everything back: in a transaction of its own,
// or in a part of the one that is open.
func within(ctx context.Context, session *database.Connection, opening []string, do func() (*database.Refusal, error)) (refusal *database.Refusal, err error) {
	begin, end := "BEGIN", "ROLLBACK"
	if session.InTransaction() {
		begin, end = "SAVEPOINT takehome", "ROLLBACK TO SAVEPOINT takehome"
	}
	defer func() {
		for _, statement := range []string{end, "DEALLOCATE ALL"} {
			_, failed := session.Run(ctx, statement)
			err = errors.Join(err, failed)
		}
	}()
	for _, statement := range append([]string{begin}, opening...) {
		answer, err := session.Run(ctx, statement)
		if err != nil || answer.Refusal != nil {
			return answer.Refusal, err
		}
	}
	return do()
}

// Line is the line of a query to which a refusal of it points, from 1; 0 where it tells none.
func (q Query) Line(refusal database.Refusal) int {
	at := refusal.Position - 1 - len([]rune(q.prefix()))
	text := []rune(q.SQL)
	if refusal.Position == 0 || at < 0 || at > len(text) {
		return 0
	}
	return strings.Count(string(text[:at]), "\n") + 1
}

// arguments are the values of a set, as literals.
func arguments(set Set) string {
	if len(set.Values) == 0 {
		return ""
	}
	var literals []string
	for _, value := range set.Values {
		literals = append(literals, literal(value))
	}
	return "(" + strings.Join(literals, ", ") + ")"
}

func literal(value database.Value) string {
	if value.Null {
		return "NULL"
	}
	return quoted(value.Text)
}

// quoted makes a literal of any text, whatever standard_conforming_strings is.
func quoted(text string) string {
	if strings.Contains(text, `\`) {
		return " E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(text) + "'"
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// Tell says in words what a refusal was, the same in every run.
func Tell(refusal database.Refusal) string {
	switch {
	case refusal.TimedOut, refusal.SQLState == "57014":
		return "it did not end in time"
	case refusal.TooMuch:
		return "it sends more than is read"
	}
	return fmt.Sprintf("%s (SQLSTATE %s)", refusal.Message, refusal.SQLState)
}

// Exhausted reports whether something was refused for want of room, memory or time (classes 53
// and 57014 of the SQLSTATEs).
func Exhausted(refusal database.Refusal) bool {
	return strings.HasPrefix(refusal.SQLState, "53") || refusal.SQLState == "57014"
}

// Grouped writes a count with commas: 1,234,567.
func Grouped(count int64) string {
	digits := strconv.FormatInt(count, 10)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
