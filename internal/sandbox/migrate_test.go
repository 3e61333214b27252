package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestAMigrationRunsOnceBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{})
	lab.Equip(programImage(t, engine, "serve", "database"), takehome.StartPlan{Migration: &takehome.Migration{
		Source: "takehome.yaml", Declared: true,
		Scripts: []takehome.Script{
			{File: "db/1.sql", SQL: "\ufeffcreate table todos (id serial primary key, title text);\ncreate function f() returns int language sql as $$ select 1; $$;\n"},
			{File: "db/2.sql", SQL: "insert into todos (title) values ('first');\nCOPY public.todos (title) FROM stdin;\nsecond\nthird\n\\.\n\nselect count(*) from todos;\n"},
			{File: "db/3.sql", SQL: "create index concurrently on todos (title)"},
		},
		Command: []string{"/program", "migrate", "insert into todos (title) values ('from the command')"},
	}})
	for range 2 {
		boot, err := lab.Start(t.Context(), takehome.StartOptions{})
		require.NoError(t, err)
		require.True(t, boot.Listening, "%+v", boot.Breakdown)
		require.Equal(t, 1, boot.Database.Given, "the migration's connection is not the program's")
		var count int
		require.NoError(t, mustLogin(t, lab, takehome.RoleProbe).QueryRow(t.Context(), "select count(*) from public.todos").Scan(&count))
		require.Equal(t, 4, count)
	}
	require.Equal(t, []string{
		"applied db/1.sql, db/2.sql, db/3.sql as the owner of the database (takehome.yaml)",
		`ran "/program migrate insert into todos (title) values ('from the command')" in the built image (takehome.yaml)`,
	}, lab.Notes())
}

func TestAMigrationThatFailsIsExplained(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	image := programImage(t, engine, "serve")
	cases := map[string]struct {
		migration           takehome.Migration
		reason, where, help string
	}{
		"sql": {
			takehome.Migration{Scripts: []takehome.Script{{File: "a.sql", SQL: "create table x (id int);\n"}, {File: "b.sql", SQL: "\n\ninsert into nowhere values (1);"}}},
			`the database refused the script: relation "nowhere" does not exist (SQLSTATE 42P01)`, "b.sql line 3", "a table is missing",
		},
		"psql": {
			takehome.Migration{Scripts: []takehome.Script{{File: "a.sql", SQL: "\\echo hello\nselect 1;"}}},
			`the database refused the script: syntax error at or near "\" (SQLSTATE 42601)`, "a.sql line 1", "commands of psql",
		},
		"transaction": {
			takehome.Migration{Scripts: []takehome.Script{{File: "a.sql", SQL: "create table y (id int);\ncreate index concurrently on y (id);"}}},
			"the database refused the script: CREATE INDEX CONCURRENTLY cannot run inside a transaction block (SQLSTATE 25001)", "a.sql line 1", "a file of its own",
		},
		"privilege": {
			takehome.Migration{Scripts: []takehome.Script{{File: "a.sql", SQL: "create role todo login;"}}},
			"the database refused the script: permission denied to create role (SQLSTATE 42501)", "a.sql line 1", "no superuser",
		},
		"copied data": {
			takehome.Migration{Scripts: []takehome.Script{{File: "a.sql", SQL: "create table z (id int);\ncopy z from stdin;\nnot a number\n\\.\n"}}},
			`the database refused the script: invalid input syntax for type integer: "not a number" (SQLSTATE 22P02)`, "a.sql line 2", "",
		},
		"too long": {
			takehome.Migration{Scripts: []takehome.Script{{File: "a.sql", SQL: "select pg_sleep(60)"}}},
			"the script did not end within 2s", "a.sql", "",
		},
		"command": {
			takehome.Migration{Command: []string{"/program", "exit", "4", "KeyError: 'ADMIN_URL'"}},
			"the migration exited with code 4", "/program exit 4 KeyError: 'ADMIN_URL'", "variable ADMIN_URL",
		},
		"a server": {
			takehome.Migration{Command: []string{"/program", "serve"}},
			"the migration did not end within 2s", "/program serve", "must end by itself",
		},
		"no such command": {
			takehome.Migration{Command: []string{"knex", "migrate:latest"}},
			"the migration exited with code 127", "knex migrate:latest", "not in the image",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := open(t, engine, LabSpec{MigratePatience: 2 * time.Second})
			test.migration.Declared, test.migration.Source = true, "takehome.yaml"
			lab.Equip(image, takehome.StartPlan{Migration: &test.migration})
			for range 2 {
				boot, err := lab.Start(t.Context(), takehome.StartOptions{})
				require.NoError(t, err)
				require.NotNil(t, boot.Breakdown)
				require.False(t, boot.Listening)
				require.Equal(t, "migrate", boot.Breakdown.Phase)
				require.Equal(t, test.reason, boot.Breakdown.Reason)
				require.Equal(t, test.where, boot.Breakdown.Where)
				require.Contains(t, boot.Breakdown.Help, test.help)
			}
		})
	}
}

func TestAMigrationThatWasOnlyRecognisedMayFail(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{})
	lab.Equip(programImage(t, engine, "serve"), takehome.StartPlan{Migration: &takehome.Migration{
		Command: []string{"knex", "migrate:latest"}, Source: "knexfile.js",
	}})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.True(t, boot.Listening)
	require.Equal(t, []string{"went on without the migration that was recognised (knexfile.js): knex migrate:latest: the migration exited with code 127"}, lab.Notes())
}

func TestScriptsAreCutAtCopies(t *testing.T) {
	t.Parallel()
	script := "create table a (x text);\nCOPY a FROM stdin;\n1\n2\n\\.\n\nselect 1;\ncopy b (c) from STDIN WITH (FORMAT csv);\nx\n"
	require.Equal(t, []sqlPiece{
		{sql: "create table a (x text);\n", begun: 1},
		{sql: "COPY a FROM stdin;", data: "1\n2\n", copy: true, begun: 2},
		{sql: "\nselect 1;\n", begun: 6},
		{sql: "copy b (c) from STDIN WITH (FORMAT csv);", data: "x\n", copy: true, begun: 8},
	}, splitCopies(script))
	require.Empty(t, splitCopies(" \n\n"))
	piece := sqlPiece{sql: "ä\nselect x", begun: 5}
	require.Equal(t, 6, piece.lineOf(10))
	require.Equal(t, 5, piece.lineOf(0))
}
