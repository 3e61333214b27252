package rows_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// connect opens a session that the lab ends.
func connect(t *testing.T, lab database.Lab, role takehome.Role, options database.Options) *database.Connection {
	t.Helper()
	connection, err := database.Connect(t.Context(), lab, role, options)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close(t.Context()) }) // the lab goes anyway
	return connection
}

// apply runs a script as the owner, in a database that it empties first.
func apply(t *testing.T, lab database.Lab, script string) live.Schema {
	t.Helper()
	owner := connect(t, lab, takehome.RoleOwner, database.Options{})
	must(t, owner, `do $$ declare s text; begin
		for s in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop execute format('drop schema %I cascade', s); end loop;
		create schema public; end $$`)
	for _, statement := range sqlscript.Statements(script) {
		must(t, owner, statement.Text)
	}
	schema, err := live.Read(t.Context(), connect(t, lab, takehome.RoleAdmin, database.Options{}))
	require.NoError(t, err)
	return schema
}

func must(t *testing.T, connection *database.Connection, sql string) {
	t.Helper()
	answer, err := connection.Run(t.Context(), sql)
	require.NoError(t, err)
	require.Nil(t, answer.Refusal, sql)
}

// pair opens both benches.
func pair(t *testing.T, lab database.Lab, schema live.Schema) rows.Pair {
	t.Helper()
	options := database.Options{Settings: rows.Settings(schema)}
	owner := connect(t, lab, takehome.RoleOwner, options)
	guest, err := rows.Guest(t.Context(), lab, connect(t, lab, takehome.RoleAdmin, database.Options{}), owner, schema)
	require.NoError(t, err)
	return rows.Pair{
		Owner: rows.NewBench(owner, schema),
		Guest: rows.NewBench(connect(t, guest, rows.RoleGuest, options), schema),
	}
}

// scripts are the schemas of testdata by name.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/schemas/*.sql")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 25)
	texts := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		texts[strings.TrimSuffix(filepath.Base(file), ".sql")] = string(data)
	}
	return texts
}
