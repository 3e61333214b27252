package query_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query"
	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/graders/query/shop"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// slower is how many times the work of the good form a slow form must do at full size. Below
// that a challenge tells nobody apart.
const slower = 12

// TestShippedChallenges guards against a server that got cleverer, or a data set that got
// duller: of every challenge that comes with the program, the slow form must still be slow,
// the good form good, and both the same. It counts work and never looks at a clock.
func TestShippedChallenges(t *testing.T) {
	t.Parallel()
	shipped := shippedTasks(t)
	lab := sandboxtest.Open(t, shop.Dataset())
	ground := prepareGround(t, lab)
	for name, task := range shipped {
		t.Run(name, func(t *testing.T) { // one after the other: they share the databases
			t.Run("slow is slow and good is good", func(t *testing.T) { compareWork(t, lab, task) })
			t.Run("both are equal", func(t *testing.T) { compareAnswers(t, ground, task) })
		})
	}
}

// shippedTasks are those of all embedded challenges of this kind.
func shippedTasks(t *testing.T) map[string]query.Task {
	t.Helper()
	kind, err := query.Kind{}.Files()
	require.NoError(t, err)
	names, err := fs.Glob(challenges.Files, "*/query.yaml")
	require.NoError(t, err)
	tasks := map[string]query.Task{}
	for _, name := range names {
		folder := strings.TrimSuffix(name, "/query.yaml")
		files, err := fs.Sub(challenges.Files, folder)
		require.NoError(t, err)
		tasks[folder], err = query.LoadTask(withKind{files, kind})
		require.NoError(t, err, folder)
	}
	require.GreaterOrEqual(t, len(tasks), 9)
	return tasks
}

// withKind is a package as its grader sees it.
type withKind struct {
	fs.FS
	kind fs.FS
}

func (w withKind) Open(name string) (fs.File, error) {
	if inside, ok := strings.CutPrefix(name, "kind/"); ok {
		return w.kind.Open(inside)
	}
	return w.FS.Open(name)
}

func connect(t *testing.T, lab takehome.Lab, name string) *database.Connection {
	t.Helper()
	connection, err := database.Connect(t.Context(), lab, takehome.RoleOwner, database.Options{Database: name, Patience: 3 * time.Minute})
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) }) // the lab goes anyway
	return connection
}

// run carries out the statements of a script.
func run(t *testing.T, session *database.Connection, script string) {
	t.Helper()
	for _, statement := range sqlscript.Statements(script) {
		answer, err := session.Run(t.Context(), statement.Text)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal, "%s: %+v", statement.Text, answer.Refusal)
	}
}

// prepareGround makes the empty tables in a database of their own.
func prepareGround(t *testing.T, lab takehome.Lab) *database.Connection {
	t.Helper()
	session := connect(t, lab, "")
	for _, script := range shop.Schema() {
		run(t, session, script.SQL)
	}
	return session
}

func sets(task query.Task) (measured []work.Set, plain [][]database.Value) {
	for _, each := range task.Parameters.Sets {
		var values []database.Value
		for _, value := range each.Values {
			values = append(values, database.Value{Text: value.Value, Null: value.Null})
		}
		measured = append(measured, work.Set{Name: each.Name, Values: values})
		plain = append(plain, values)
	}
	return measured, plain
}

// measure counts the work of a query with one value of its parameters.
func measure(t *testing.T, session *database.Connection, task query.Task, sql string, set work.Set, mode work.Mode) int64 {
	t.Helper()
	found, err := work.Measure(t.Context(), session, work.Query{SQL: sqlscript.Statements(sql)[0].Text, Types: task.Parameters.Types}, set, mode)
	require.NoError(t, err)
	require.Nil(t, found.Refusal, "%+v", found.Refusal)
	t.Logf("%s %s: %+v", set.Name, mode, found.Reading.Counts)
	return found.Work()
}

// worst is the most work that the good form does with any of the values.
func worst(t *testing.T, session *database.Connection, task query.Task) int64 {
	t.Helper()
	var most int64
	measured, _ := sets(task)
	for _, set := range measured {
		for _, mode := range []work.Mode{work.Literal, work.Generic} {
			most = max(most, measure(t, session, task, task.ReferenceQuery, set, mode))
		}
	}
	return most
}

// compareWork measures the slow form with the first value alone, which has to bite, and the
// good form with all of them.
func compareWork(t *testing.T, lab takehome.Lab, task query.Task) {
	t.Helper()
	first, _ := sets(task)
	var slow, good []int64
	for _, scale := range []string{task.Scales[0], task.Largest()} {
		session := connect(t, lab, scale)
		slow = append(slow, measure(t, session, task, task.Given, first[0], work.Literal))
		before := indexes(t, session)
		run(t, session, task.ReferenceIndexes)
		run(t, session, "ANALYZE")
		good = append(good, worst(t, session, task))
		for _, made := range indexes(t, session) {
			if !slices.Contains(before, made) {
				run(t, session, "DROP INDEX "+made)
			}
		}
	}
	t.Logf("slow %v good %v", slow, good)
	require.Greater(t, slow[1], slower*max(good[1], work.Floor), "the slow form is not slow any more, or the good form not good")
	const nearlyLinear = 5 // times the work at eight times the size
	require.Greater(t, slow[1], nearlyLinear*slow[0], "the slow form does not grow with the data")
}

func indexes(t *testing.T, session *database.Connection) []string {
	t.Helper()
	answer, err := session.Run(t.Context(), `SELECT indexname FROM pg_catalog.pg_indexes WHERE schemaname = 'public'`)
	require.NoError(t, err)
	var names []string
	for row := range answer.Rows {
		names = append(names, answer.Text(row, 0))
	}
	return names
}

func compareAnswers(t *testing.T, ground *database.Connection, task query.Task) {
	_, plain := sets(task)
	given := sqlscript.Statements(task.Given)[0].Text
	maker, err := tiny.New(t.Context(), ground, tiny.Source{Spec: tinySpec(task.Tiny), Types: task.Parameters.Types, Sets: plain, Query: given})
	require.NoError(t, err)
	databases, err := maker.Make(t.Context(), "shipped")
	require.NoError(t, err)
	question := equivalence.Question{Given: given, Types: task.Parameters.Types}
	for _, key := range task.Order {
		question.Order = append(question.Order, rows.Key{Column: key.Column, Descending: key.Descending})
	}
	cases, err := equivalence.Ask(t.Context(), ground, question, databases)
	require.NoError(t, err)
	verdict, err := equivalence.Small(t.Context(), ground, question, cases, sqlscript.Statements(task.ReferenceQuery)[0].Text)
	require.NoError(t, err)
	require.Equal(t, equivalence.Equal, verdict.Outcome, "%+v", verdict)
}

func tinySpec(spec query.Tiny) tiny.Spec {
	made := tiny.Spec{Tables: map[string]tiny.Table{}}
	domain := func(of query.Domain) tiny.Domain {
		var said tiny.Domain
		for _, value := range of.Values {
			said.Values = append(said.Values, value.Value)
		}
		said.NullPercent = of.NullPercent
		return said
	}
	for name, table := range spec.Tables {
		columns := map[string]tiny.Domain{}
		for column, of := range table.Columns {
			columns[column] = domain(of)
		}
		made.Tables[name] = tiny.Table{Rows: table.Rows, Columns: columns}
	}
	for _, of := range spec.Parameters {
		made.Parameters = append(made.Parameters, domain(of))
	}
	return made
}
