package ddl_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/ddl"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// TestApply applies scripts to a real Postgres, one after the other; what one of them
// leaves behind is dropped.
func TestApply(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	apply := func(t *testing.T, files map[string]string) ddl.Result {
		t.Helper()
		source, err := ddl.Find(folder(t, files))
		require.NoError(t, err)
		result, err := ddl.Apply(t.Context(), lab, source, ddl.Options{})
		require.NoError(t, err)
		t.Cleanup(func() {
			ctx := context.WithoutCancel(t.Context())
			owner, err := database.Connect(ctx, lab, takehome.RoleOwner, database.Options{})
			require.NoError(t, err)
			for _, sql := range []string{"drop schema public cascade", "create schema public", "drop schema if exists shop cascade"} {
				answer, err := owner.Run(ctx, sql)
				require.NoError(t, err)
				require.Nil(t, answer.Refusal, sql)
			}
			require.NoError(t, owner.Close(ctx))
		})
		return result
	}
	// refused is where and why statements are refused, one line each.
	refused := func(result ddl.Result) []string {
		var lines []string
		for _, step := range result.Refused() {
			lines = append(lines, step.Where()+" | "+step.Why())
		}
		return lines
	}
	ask := func(t *testing.T, sql string) string {
		t.Helper()
		owner, err := database.Connect(t.Context(), lab, takehome.RoleOwner, database.Options{})
		require.NoError(t, err)
		answer, err := owner.Run(t.Context(), sql)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal)
		require.NoError(t, owner.Close(t.Context()))
		return answer.Text(0, 0)
	}

	t.Run("a dump", func(t *testing.T) {
		result := apply(t, map[string]string{"dump.sql": `-- PostgreSQL database dump
\restrict x
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE DATABASE shop;
\connect shop
CREATE ROLE app LOGIN;
CREATE TABLE public.users (id int);
ALTER TABLE public.users OWNER TO app;
COPY public.users (id) FROM stdin;
1
2
\.
GRANT ALL ON public.users TO app;
ALTER TABLE ONLY public.users ADD PRIMARY KEY (id);
SELECT 'CREATE DATABASE x' WHERE true \gexec
`})
		require.Empty(t, refused(result))
		require.Len(t, result.Steps, 5)
		require.Equal(t, []string{
			`dump.sql: left out what concerns the server or psql and not the schema: CREATE DATABASE, CREATE ROLE, GRANT ALL, OWNER TO, \connect, \gexec`,
		}, result.Notes)
		require.Equal(t, "2", ask(t, "select count(*) from users"))
	})

	t.Run("goes on after errors", func(t *testing.T) {
		result := apply(t, map[string]string{"schema.sql": `CREATE TABLE order (id int);
create table items (
  id int primary key,
  owner_id int references nobody (id),
  note text
);
create table things (id serial primary key, name text,);
create table fine (id int primary key);
do $$ begin raise exception 'at %', now(); end $$;
alter role current_user set search_path = x;
create extension if not exists postgis;
create table places (at geography);
select pg_sleep(0)`})
		require.Equal(t, []string{
			`schema.sql, statement 1 of 9, line 1 | 42601, syntax error at or near "order": ORDER and USER are reserved words, and need quotes or another name`,
			`schema.sql, statement 2 of 9, line 2 | 42P01, relation "nobody" does not exist: the table is created further down, is spelled differently, or was itself refused`,
			`schema.sql, statement 3 of 9, line 7 | 42601, syntax error at or near ")": there is a comma before a closing parenthesis`,
			`schema.sql, statement 5 of 9, line 9 | P0001: a function or trigger of the script says so`,
			`schema.sql, statement 8 of 9, line 12 | 42704, type "geography" does not exist: the type, role or other object is not there, or was itself refused`,
		}, refused(result))
		require.Contains(t, result.Notes, "schema.sql, line 11: this extension is not at hand, and was left out")
		require.Empty(t, result.Dialect)
	})

	t.Run("transactions", func(t *testing.T) {
		result := apply(t, map[string]string{"1_a.sql": "begin; create table a (id int); create table b (x nothing); insert into a values (1); commit;", "2_b.sql": "begin; create table c (id int);"})
		require.Equal(t, []string{
			`1_a.sql, statement 3 of 5, line 1 | 42704, type "nothing" does not exist: the type, role or other object is not there, or was itself refused`,
		}, refused(result))
		require.Contains(t, result.Notes, "the SQL begins a transaction and does not end it; it was ended with COMMIT")
		require.Equal(t, "1", ask(t, "select count(*) from a"))
		require.Equal(t, "0", ask(t, "select count(*) from c"))
	})

	t.Run("missing semicolons", func(t *testing.T) {
		result := apply(t, map[string]string{"schema.sql": "create table a (id int primary key)\n\ncreate table b (id int, a_id int references a)\n\ncreate index on b (a_id)"})
		require.Empty(t, refused(result))
		require.Len(t, result.Steps, 3)
		require.Equal(t, []string{"schema.sql, line 1: semicolons are missing; the statement was cut where a line begins another one"}, result.Notes)
	})

	t.Run("MySQL", func(t *testing.T) {
		result := apply(t, map[string]string{"dump.sql": "-- MySQL dump\nUSE shop;\nCREATE TABLE `users` (\n  `id` int(11) unsigned NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8;\nINSERT INTO `users` VALUES (1,'it\\'s');\n"})
		require.Equal(t, "MySQL", result.Dialect)
		require.Equal(t, []string{"AUTO_INCREMENT", "ENGINE=", "names in backquotes", "UNSIGNED"}, result.Signs)
		require.Contains(t, refused(result)[0], "AUTO_INCREMENT is MySQL's; PostgreSQL has GENERATED ALWAYS AS IDENTITY")
	})

	t.Run("files that include others", func(t *testing.T) {
		result := apply(t, map[string]string{
			"main.sql": "create schema shop; set search_path to shop;\n\\i tables/a.sql\n\\ir tables/b.sql\n\\i gone.sql", "tables/a.sql": "create table a (id int primary key);",
			"tables/b.sql": "create table b (a_id int references a);\n\\ir b.sql",
		})
		require.Equal(t, "2", ask(t, "select count(*) from pg_tables where schemaname = 'shop'"))
		require.Contains(t, result.Notes, "main.sql, line 4: the file that it includes is not there")
		require.Contains(t, strings.Join(result.Notes, "\n"), "include one another too often")
	})

	t.Run("what costs too much", func(t *testing.T) {
		result := apply(t, map[string]string{"schema.sql": "create table a (id int);\n" + strings.Repeat("do $$ begin perform set_config('transaction_timeout', '10ms', false); perform pg_sleep(9); end $$;\n", 9) + "create table b (id int);"})
		require.Len(t, result.Refused(), 3)
		require.Len(t, result.Steps, 4)
		require.Contains(t, result.Notes, "schema.sql, statement 4 of 11, line 4: the rest was left out, since the server cannot take more of it")
		result = apply(t, map[string]string{"schema.sql": "create table c (id int);\n" + strings.Repeat("select 1;\n", 6000)})
		require.Len(t, result.Steps, 5000)
	})

	t.Run("does not concern the host", func(t *testing.T) {
		result := apply(t, map[string]string{"schema.sql": "\\! touch /tmp/owned\ncreate table a (id int);\ncopy a from program 'echo 1';\nselect `id`;\n\\copy a from '/etc/passwd'"})
		require.Len(t, result.Refused(), 2)
		require.Contains(t, refused(result)[0], "42501")
		require.Equal(t, []string{`schema.sql: left out what concerns the server or psql and not the schema: \!, \copy`}, result.Notes)
	})
}
