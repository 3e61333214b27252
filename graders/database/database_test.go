package database_test

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func connect(t *testing.T, lab takehome.Lab, role takehome.Role, options database.Options) *database.Connection {
	t.Helper()
	connection, err := database.Connect(t.Context(), lab, role, options)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close(t.Context()) }) // the lab goes anyway
	return connection
}

func run(t *testing.T, connection *database.Connection, sql string, arguments ...any) database.Answer {
	t.Helper()
	answer, err := connection.Run(t.Context(), sql, arguments...)
	require.NoError(t, err)
	return answer
}

// TestConnections speaks to a real Postgres in one lab, which takes a moment to open.
func TestConnections(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	owner := connect(t, lab, takehome.RoleOwner, database.Options{Patience: 2 * time.Second, MaxRows: 100, MaxBytes: 1 << 20})

	t.Run("answers", func(t *testing.T) {
		require.Equal(t, "CREATE TABLE", run(t, owner, `create table item (id int primary key, name text not null check (name <> ''))`).Tag)
		require.Equal(t, int64(1), run(t, owner, `insert into item values ($1::text::int, $2)`, 7, "a\nb").Affected)
		answer := run(t, owner, `select id, name, null as nothing from item`)
		require.Equal(t, "7", answer.Text(0, 0))
		require.Equal(t, database.Value{Null: true}, answer.Rows[0][2])
		require.Equal(t, [][]string{{"7", `a\nb`, "NULL"}}, answer.Evidence().Query.Rows)
		require.Equal(t, []string{"id", "name", "nothing"}, answer.Evidence().Query.Columns)
	})
	t.Run("refusals are answers", func(t *testing.T) {
		for sql, state := range map[string]string{
			`insert into item values (7, 'again')`: "23505", `insert into item values (8, '')`: "23514",
			`insert into item values (8, null)`: "23502", `selec 1`: "42601", `select 1; select 2`: "42601",
		} {
			answer := run(t, owner, sql)
			require.Equal(t, state, answer.State(), sql)
			require.NotEmpty(t, answer.Refusal.Message)
		}
		require.Equal(t, "item_pkey", run(t, owner, `insert into item values (7, 'again')`).Refusal.Constraint)
	})
	t.Run("copy", func(t *testing.T) {
		answer, err := owner.Load(t.Context(), `copy item from stdin`, net.Buffers{[]byte("20\tx\n"), []byte("21\ty\n")})
		require.NoError(t, err)
		require.Equal(t, int64(2), answer.Affected)
	})
	t.Run("what does not end in time is given up", func(t *testing.T) {
		answer := run(t, owner, `select pg_sleep(60)`)
		require.True(t, answer.Refusal.TimedOut)
		require.Equal(t, "1", run(t, owner, `select 1`).Text(0, 0), "the next statement has a session of its own")
	})
	t.Run("what is too long is not read", func(t *testing.T) {
		require.True(t, run(t, owner, `select generate_series(1, 1000000)`).Truncated)
		long := run(t, owner, `select repeat('x', 8000000)`)
		require.True(t, long.Refusal.TooMuch)
		flood := run(t, owner, `do $$ begin for i in 1..100000 loop raise warning '%', repeat('x', 1000); end loop; end $$`)
		require.True(t, flood.Refusal.TooMuch, "%+v", flood.Refusal)
		require.Equal(t, "1", run(t, owner, `select 1`).Text(0, 0))
	})
	t.Run("many in one round trip", func(t *testing.T) {
		answers, err := owner.RunEach(t.Context(), []string{`begin`, `select 1`, `rollback`, `selec`, `select 2; select 3`, `select 4`})
		require.NoError(t, err)
		var states []string
		for _, answer := range answers {
			states = append(states, answer.State()+answer.Text(0, 0))
		}
		require.Equal(t, []string{"", "1", "", "42601", "42601", "4"}, states)
		require.False(t, owner.InTransaction())

		answers, err = owner.RunEach(t.Context(), []string{`select 1`, `select pg_sleep(60)`, `select 2`})
		require.NoError(t, err)
		require.Len(t, answers, 2)
		require.True(t, answers[1].Refusal.TimedOut)
		answers, err = owner.RunEach(t.Context(), []string{`select generate_series(1, 1000000)`, `select 2`})
		require.NoError(t, err)
		require.Len(t, answers, 1)
		require.True(t, answers[0].Truncated)
		answers, err = owner.RunEach(t.Context(), []string{`select repeat('x', 8000000)`, `select 2`})
		require.NoError(t, err)
		require.True(t, answers[0].Refusal.TooMuch)
		require.Equal(t, "1", run(t, owner, `select 1`).Text(0, 0))
	})
	t.Run("transactions", func(t *testing.T) {
		run(t, owner, `begin`)
		require.True(t, owner.InTransaction())
		run(t, owner, `rollback`)
		require.False(t, owner.InTransaction())
	})
	t.Run("the probe is not fooled by the owner's names", func(t *testing.T) {
		run(t, owner, `create function lower(varchar) returns text language sql as $$ select 'forged' $$`)
		probe := connect(t, lab, takehome.RoleProbe, database.Options{})
		require.Equal(t, "ab", run(t, probe, `select lower('AB'::varchar)`).Text(0, 0))
		require.Equal(t, "25006", run(t, probe, `delete from public.item`).State())
	})
	t.Run("a session that the server ends is a refusal", func(t *testing.T) {
		admin := connect(t, lab, takehome.RoleAdmin, database.Options{Database: "postgres"})
		victim := connect(t, lab, takehome.RoleOwner, database.Options{})
		require.Equal(t, "t", run(t, admin, `select pg_terminate_backend($1::text::int)`, victim.PID()).Text(0, 0))
		answer := run(t, victim, `select 1`)
		require.True(t, answer.Refusal.Lost, "%+v", answer.Refusal)
		answer = run(t, victim, `do $$ begin perform set_config('transaction_timeout', '10ms', false); perform pg_sleep(9); end $$`)
		require.Equal(t, "25P04", answer.State())
		require.True(t, answer.Refusal.Lost, "%+v", answer.Refusal)
	})
}
