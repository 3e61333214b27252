package query

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
	"github.com/takehome-dev/takehome/graders/query/equivalence"
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
func shippedTasks(t *testing.T) map[string]Task {
	t.Helper()
	kind, err := Kind{}.Files()
	require.NoError(t, err)
	names, err := fs.Glob(challenges.Files, "*/query.yaml")
	require.NoError(t, err)
	tasks := map[string]Task{}
	for _, name := range names {
		folder := strings.TrimSuffix(name, "/query.yaml")
		files, err := fs.Sub(challenges.Files, folder)
		require.NoError(t, err)
		tasks[folder], err = LoadTask(withKind{files, kind})
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

func shippedConnection(t *testing.T, lab takehome.Lab, name string) *database.Connection {
	t.Helper()
	connection, err := database.Connect(t.Context(), lab, takehome.RoleOwner, database.Options{Database: name, Patience: 3 * time.Minute, MaxRows: answerRows, MaxBytes: answerBytes})
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) }) // the lab goes anyway
	return connection
}

// carryOut carries out the statements of a script.
func carryOut(t *testing.T, session *database.Connection, script string) {
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
	session := shippedConnection(t, lab, "")
	for _, script := range shop.Schema() {
		carryOut(t, session, script.SQL)
	}
	return session
}

// shippedWork counts the work of a query with one value of its parameters.
func shippedWork(t *testing.T, session *database.Connection, task Task, sql string, set work.Set, mode work.Mode) int64 {
	t.Helper()
	found, err := work.Measure(t.Context(), session, work.Query{SQL: bare(sql), Types: task.Parameters.Types}, set, mode)
	require.NoError(t, err)
	require.Nil(t, found.Refusal, "%+v", found.Refusal)
	t.Logf("%s %s: %+v", set.Name, mode, found.Reading.Counts)
	return found.Work()
}

// worstWork is the most work that the good form does with any of the values.
func worstWork(t *testing.T, session *database.Connection, task Task) int64 {
	t.Helper()
	var most int64
	for _, set := range task.sets() {
		for _, mode := range []work.Mode{work.Literal, work.Generic} {
			most = max(most, shippedWork(t, session, task, task.ReferenceQuery, set, mode))
		}
	}
	return most
}

// compareWork measures the slow form with the first value alone, which has to bite, and the
// good form with all of them.
func compareWork(t *testing.T, lab takehome.Lab, task Task) {
	t.Helper()
	first := task.sets()[0]
	var slow, good []int64
	for _, scale := range []string{task.Scales[0], task.Largest()} {
		session := shippedConnection(t, lab, scale)
		slow = append(slow, shippedWork(t, session, task, task.Given, first, work.Literal))
		before := indexes(t, session)
		carryOut(t, session, task.ReferenceIndexes)
		carryOut(t, session, "ANALYZE")
		good = append(good, worstWork(t, session, task))
		if scale == task.Largest() {
			compareFullAnswers(t, session, task)
		}
		for _, made := range indexes(t, session) {
			if !slices.Contains(before, made) {
				carryOut(t, session, "DROP INDEX "+made)
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

// compareFullAnswers proves that the reference gives the right answers at the full size, with
// which a submission's are compared there.
func compareFullAnswers(t *testing.T, session *database.Connection, task Task) {
	t.Helper()
	run := &grading{Grader: &Grader{task: task}}
	sets := task.values()
	verdict, err := equivalence.Filled(t.Context(), session, run.question(2*time.Minute), sets, bare(task.ReferenceQuery))
	require.NoError(t, err)
	require.Equal(t, equivalence.Equal, verdict.Outcome, "%+v", verdict)
	require.Equal(t, len(sets), verdict.Compared)
}

func compareAnswers(t *testing.T, ground *database.Connection, task Task) {
	t.Helper()
	run := &grading{Grader: &Grader{task: task}}
	maker, err := tiny.New(t.Context(), ground, run.source())
	require.NoError(t, err)
	databases, err := maker.Make(t.Context(), "shipped")
	require.NoError(t, err)
	cases, err := equivalence.Ask(t.Context(), ground, run.question(0), databases)
	require.NoError(t, err)
	verdict, err := equivalence.Small(t.Context(), ground, run.question(0), cases, bare(task.ReferenceQuery))
	require.NoError(t, err)
	require.Equal(t, equivalence.Equal, verdict.Outcome, "%+v", verdict)
}
