package work_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/plan"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func connect(t *testing.T, lab takehome.Lab, role takehome.Role, name string) *database.Connection {
	t.Helper()
	session, err := database.Connect(t.Context(), lab, role, database.Options{Database: name})
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close(context.WithoutCancel(t.Context())) }) // the lab goes anyway
	return session
}

func run(t *testing.T, session *database.Connection, sql string) database.Answer {
	t.Helper()
	answer, err := session.Run(t.Context(), sql)
	require.NoError(t, err)
	require.Nil(t, answer.Refusal, "%s: %+v", sql, answer.Refusal)
	return answer
}

// TestCounts measures on a real server; the lab takes a moment to open.
func TestCounts(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	owner := connect(t, lab, takehome.RoleOwner, "")
	admin := connect(t, lab, takehome.RoleAdmin, "postgres")
	run(t, owner, `create table item (id int primary key, kind text not null, note text)`)
	run(t, owner, `insert into item select n, case when n % 100 = 0 then 'rare' else 'common' end, repeat('x', 60) from generate_series(1, 20000) n`)
	run(t, owner, `create index on item (kind)`)
	run(t, owner, `vacuum analyze item`)
	query := work.Query{Title: "q", SQL: "select count(note) from item where kind = $1", Types: []string{"text"}, BigTables: []string{"item"}}
	rare := work.Set{Name: "rare", Values: []database.Value{{Text: "rare"}}}
	common := work.Set{Name: "common", Values: []database.Value{{Text: "common"}}}
	measure := func(t *testing.T, query work.Query, set work.Set, mode work.Mode) work.Measurement {
		t.Helper()
		measured, err := work.Measure(t.Context(), owner, query, set, mode)
		require.NoError(t, err)
		require.False(t, owner.InTransaction())
		return measured
	}

	t.Run("the same as pg_stat_statements", func(t *testing.T) {
		measured := measure(t, query, common, work.Literal)
		require.Nil(t, measured.Refusal)
		run(t, admin, `select public.pg_stat_statements_reset()`)
		run(t, owner, `select count(note) from item where kind = 'common'`)
		truth := run(t, admin, `select sum(shared_blks_hit + shared_blks_read) from public.pg_stat_statements where query like 'select count(note)%'`)
		require.Equal(t, truth.Text(0, 0), work.Grouped(measured.Reading.Counts.Buffers))
		require.Equal(t, plan.BigScan, measured.Reading.Facts[0].Kind)
		require.Greater(t, measured.Reading.Counts.Rows, int64(20000))
	})
	t.Run("a plan for the value, or for any value", func(t *testing.T) {
		literal, generic := measure(t, query, rare, work.Literal), measure(t, query, rare, work.Generic)
		require.Empty(t, literal.Reading.Facts, "the planner knows that few rows are rare")
		require.NotZero(t, literal.Work())
		again := measure(t, query, rare, work.Literal)
		require.Equal(t, literal.Reading, again.Reading)
		require.Equal(t, generic.Reading, measure(t, query, rare, work.Generic).Reading)
	})
	t.Run("settings hold for one query", func(t *testing.T) {
		sorting := work.Query{SQL: "select id, note from item order by note, id desc", Settings: []work.Setting{{Name: "work_mem", Value: "64kB"}}}
		spilling := measure(t, sorting, work.Set{}, work.Literal)
		require.Positive(t, spilling.Reading.Counts.Temp)
		sorting.Settings[0].Value = "32MB"
		require.Zero(t, measure(t, sorting, work.Set{}, work.Literal).Reading.Counts.Temp)
		require.Equal(t, "4MB", run(t, owner, `show work_mem`).Text(0, 0))
	})
	t.Run("what a query may not do is a refusal", func(t *testing.T) {
		for sql, state := range map[string]string{
			"select 1; drop table item": "42601", "delete from item": "25006", "selec 1": "42601", "select * from nowhere": "42P01",
			"select 1 / (select 0)": "22012", "with gone as (delete from item returning 1) select * from gone": "25006", "commit": "42601",
		} {
			measured := measure(t, work.Query{SQL: sql}, work.Set{}, work.Literal)
			require.NotNil(t, measured.Refusal, sql)
			require.Equal(t, state, measured.Refusal.SQLState, sql)
		}
		broken := work.Query{SQL: "select *\nfrom item\nwhere where id = $1", Types: []string{"int"}}
		require.Equal(t, 3, broken.Line(*measure(t, broken, work.Set{Values: []database.Value{{Text: "1"}}}, work.Literal).Refusal))
		require.Equal(t, "20000", run(t, owner, `select count(*) from item`).Text(0, 0))
	})
	t.Run("values are literals", func(t *testing.T) {
		hostile := work.Set{Values: []database.Value{{Text: `\'; drop table item; --`}}}
		require.Nil(t, measure(t, query, hostile, work.Literal).Refusal)
		require.Nil(t, measure(t, query, work.Set{Values: []database.Value{{Null: true}}}, work.Literal).Refusal)
	})
	t.Run("a batch costs the same in every copy, and more with an index more", func(t *testing.T) {
		require.NoError(t, owner.Close(t.Context()))
		writes := []string{
			`insert into item select 100000 + n, 'new', 'y' from generate_series(1, 500) n`,
			`delete from item where id between 1 and 300 and id % 3 = 0`,
			`update item set note = 'z' where id between 1 and 300`,
		}
		name := lab.Access(takehome.RoleOwner).Database
		cost := func(copied string) work.Batch {
			require.NoError(t, work.Clone(t.Context(), lab, admin, name, copied))
			batch, err := work.MeasureBatch(t.Context(), lab, admin, copied, writes)
			require.NoError(t, err)
			require.NoError(t, work.Drop(t.Context(), admin, copied))
			return batch
		}
		first := cost("copy_a")
		require.Equal(t, first, cost("copy_b"))
		require.Equal(t, int64(200), first.Updates)
		require.Greater(t, first.HOT, int64(150))
		before := storage(t, lab, name)
		more := connect(t, lab, takehome.RoleOwner, "")
		run(t, more, `create index on item (note)`)
		require.NoError(t, more.Close(t.Context()))
		after := cost("copy_c")
		require.Greater(t, after.WAL, first.WAL)
		require.Greater(t, after.Buffers, first.Buffers)
		require.Zero(t, after.HOT)
		require.Greater(t, storage(t, lab, name), before)

		refusing := []string{`insert into item values (1, 'taken', '')`}
		require.NoError(t, work.Clone(t.Context(), lab, admin, name, "copy_d"))
		_, err := work.MeasureBatch(t.Context(), lab, admin, "copy_d", refusing)
		require.ErrorContains(t, err, "a write is refused: duplicate key value")
	})
}

func storage(t *testing.T, lab takehome.Lab, name string) int64 {
	t.Helper()
	session := connect(t, lab, takehome.RoleAdmin, name)
	size, err := work.Storage(t.Context(), session)
	require.NoError(t, err)
	require.NoError(t, session.Close(t.Context()))
	return size
}
