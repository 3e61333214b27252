package sqlscript_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sqlscript"
)

func TestUp(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"goose":           "-- +goose Up\nUP;\n-- +goose Down\nDOWN;",
		"goose reversed":  "-- +goose Down\nDOWN;\n-- +goose Up\nUP;",
		"sql-migrate":     "-- +migrate Up\nUP;\n\n-- +migrate Down\nDOWN;",
		"dbmate":          "-- migrate:up transaction:false\nUP;\n-- migrate:down\nDOWN;",
		"node-pg-migrate": "-- Up Migration\nUP;\n-- Down Migration\nDOWN;",
		"tern":            "UP;\n---- create above / drop below ----\nDOWN;",
		"only down mark":  "UP;\n-- +goose Down\nDOWN;",
		"plain":           "UP;\n",
	} {
		require.Equal(t, "UP;", strings.TrimSpace(sqlscript.Up(text)), name)
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	const text = `-- a dump; with a semicolon in a comment
SET statement_timeout = 0;
\restrict abc
CREATE DATABASE todo; \c todo
\connect todo
CREATE ROLE app LOGIN PASSWORD 'x;y';
/* block; /* nested; */ still */
CREATE TABLE "To;do" (id serial PRIMARY KEY, note text DEFAULT E'it\'s; fine', other text DEFAULT 'a''b;c');
ALTER TABLE "To;do" OWNER TO postgres;
GRANT ALL PRIVILEGES ON DATABASE todo TO app;
CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN PERFORM 1; RETURN NEW; END; $body$ LANGUAGE plpgsql;
CREATE INDEX CONCURRENTLY i ON "To;do" (id);
INSERT INTO "To;do" (note) VALUES ('\c is not a command here'), ($1$;$1$) -- last one, no semicolon`
	scripts, notes := sqlscript.Scripts("db/schema.sql", text)
	require.Len(t, scripts, 3)
	require.Equal(t, "CREATE INDEX CONCURRENTLY i ON \"To;do\" (id)", strings.TrimSpace(scripts[1].SQL))
	for _, kept := range []string{"SET statement_timeout", `CREATE TABLE "To;do"`, "it\\'s; fine", "PERFORM 1; RETURN NEW;"} {
		require.Contains(t, scripts[0].SQL, kept)
	}
	for _, gone := range []string{"CREATE DATABASE", `\connect`, `\restrict`, "CREATE ROLE", "OWNER", "GRANT"} {
		require.NotContains(t, scripts[0].SQL, gone)
	}
	require.Contains(t, scripts[2].SQL, `\c is not a command here`)
	require.Equal(t, []string{"db/schema.sql: left out what concerns the server and not the database: CREATE DATABASE, CREATE ROLE, GRANT ALL, OWNER TO, \\c, \\connect, \\restrict"}, notes)
}

func TestCopyFromInputCannotBeApplied(t *testing.T) {
	t.Parallel()
	scripts, notes := sqlscript.Scripts("dump.sql", "CREATE TABLE t (a int);\nCOPY t (a) FROM stdin;\n1\n2\n\\.\n")
	require.Len(t, scripts, 1)
	require.Contains(t, notes[0], "COPY … FROM stdin cannot be applied")
}

func TestTables(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"todos", "users", "tags"}, sqlscript.Tables(
		"CREATE TABLE IF NOT EXISTS public.todos (id int); create table \"Users\" (id int);\n-- create table not_this (x int);\nSELECT 'create table nor_this';CREATE UNLOGGED TABLE tags();"))
}

func TestOrder(t *testing.T) {
	t.Parallel()
	for _, files := range [][]string{
		{"m/1_a.up.sql", "m/2_a.up.sql", "m/10_a.up.sql"},
		{"db/V1__a.sql", "db/V1.1__b.sql", "db/V2__a.sql", "db/V10__a.sql", "db/R__views.sql"},
		{"p/20230101_a/migration.sql", "p/20240101_b/migration.sql"},
		{"0000_first.sql", "0001_b.sql"},
		{"a.sql", "b.sql"},
	} {
		shuffled := append([]string{}, files...)
		for i, j := 0, len(shuffled)-1; i < j; i, j = i+1, j-1 {
			shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
		}
		sqlscript.Sort(shuffled)
		require.Equal(t, files, shuffled)
	}
}

func TestWhichFilesLeadUp(t *testing.T) {
	t.Parallel()
	for file, up := range map[string]bool{
		"1_a.up.sql": true, "V1__a.sql": true, "x/migration.sql": true, "schema.SQL": true, "003_drop_column.sql": true, "2024_x/up.sql": true,
		"1_a.down.sql": false, "U1__a.sql": false, "2024_x/down.sql": false, "drop_tables.sql": false, "tests/x.sql": false, "queries/todo.sql": false,
		"a_rollback.sql": false, "x.txt": false, "20240101-todo-down.sql": false,
	} {
		require.Equal(t, up, sqlscript.IsUp(file), file)
	}
	for file, seed := range map[string]bool{"seed.sql": true, "db/seeds/1.sql": true, "02_sample_data.sql": true, "schema.sql": false, "1_add_seeded_flag.sql": true} {
		require.Equal(t, seed, sqlscript.IsSeed(file), file)
	}
}

func FuzzScripts(f *testing.F) {
	f.Add("CREATE TABLE a (b text DEFAULT $x$;$x$); -- c;\n/* d; */ \\c x\nE'\\'';\"e;\"")
	f.Add("$$ $a$ ' \" /* --")
	f.Fuzz(func(t *testing.T, text string) {
		scripts, _ := sqlscript.Scripts("f.sql", text)
		for _, script := range scripts {
			require.NotEmpty(t, strings.TrimSpace(script.SQL))
		}
		sqlscript.Tables(text)
	})
}
