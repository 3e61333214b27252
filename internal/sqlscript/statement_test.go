package sqlscript_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sqlscript"
)

func TestStatements(t *testing.T) {
	t.Parallel()
	const text = `-- a dump
SET x = 1; \c shop
\echo 'a;b'
create /* ; */ table t (a text default E'\';', -- ;
 \timing
 b text);
create function f() returns int language sql begin atomic select case when true then 1 end; select 2; end;
create function g() returns int as $x$ begin return 1; end; $x$ language plpgsql;
create rule r as on insert to t do also (insert into u values (1); insert into u values (2));
COPY t (a) FROM stdin;
x;y
\N
\.
select 'create database shop' where true \gexec
select 1 \g
select like'\';
select 'last'`
	statements := sqlscript.Statements(text)
	var shown [][3]any
	for _, each := range statements {
		first, _, _ := strings.Cut(each.Text, "\n")
		shown = append(shown, [3]any{each.Kind, each.Line, first})
	}
	require.Equal(t, [][3]any{
		{sqlscript.SQL, 2, "SET x = 1"},
		{sqlscript.Psql, 2, `\c shop`},
		{sqlscript.Psql, 3, `\echo 'a;b'`},
		{sqlscript.Psql, 5, `\timing`},
		{sqlscript.SQL, 4, `create /* ; */ table t (a text default E'\';', -- ;`},
		{sqlscript.SQL, 7, "create function f() returns int language sql begin atomic select case when true then 1 end; select 2; end"},
		{sqlscript.SQL, 8, "create function g() returns int as $x$ begin return 1; end; $x$ language plpgsql"},
		{sqlscript.SQL, 9, "create rule r as on insert to t do also (insert into u values (1); insert into u values (2))"},
		{sqlscript.Copy, 10, "COPY t (a) FROM stdin"},
		{sqlscript.Psql, 14, `select 'create database shop' where true \gexec`},
		{sqlscript.SQL, 15, "select 1"},
		{sqlscript.SQL, 16, `select like'\'`},
		{sqlscript.SQL, 17, "select 'last'"},
	}, shown)
	require.NotContains(t, statements[4].Text, "timing")
	require.Equal(t, "x;y\n\\N\n", statements[8].Rows)
}

func TestClass(t *testing.T) {
	t.Parallel()
	for text, class := range map[string]sqlscript.Class{
		"create /* x */ database shop": sqlscript.Server, "alter table t owner to me": sqlscript.Server, "GRANT ALL ON t TO public": sqlscript.Server,
		"begin": sqlscript.Transaction, "start  transaction": sqlscript.Transaction, "COMMIT": sqlscript.Transaction, "end": sqlscript.Transaction,
		"create extension if not exists citext": sqlscript.Extension,
		"create table t ()":                     sqlscript.Ordinary, "endless": sqlscript.Ordinary, "insert into t values ('grant')": sqlscript.Ordinary,
	} {
		require.Equal(t, class, sqlscript.Statement{Text: text}.Class(), text)
	}
	require.True(t, sqlscript.Statement{Kind: sqlscript.SQL, Text: "create index on t (a)"}.DefinesSchema())
	require.False(t, sqlscript.Statement{Kind: sqlscript.SQL, Text: "select 1"}.DefinesSchema())
	require.Equal(t, "CREATE DATABASE", sqlscript.Statement{Text: "create database shop"}.FirstWords())
}

func TestWithoutSemicolons(t *testing.T) {
	t.Parallel()
	const text = `create table a (x int)

-- create table not_this
CREATE TABLE b (
  note text default '
create table nor_this (x int)'
)
insert into a values (1)
  on conflict do nothing
alter table a add y int`
	pieces := sqlscript.Statement{Text: text, Line: 10}.WithoutSemicolons()
	require.Len(t, pieces, 4)
	var lines []int
	for _, piece := range pieces {
		lines = append(lines, piece.Line)
	}
	require.Equal(t, []int{10, 13, 17, 19}, lines)
	require.Equal(t, "insert into a values (1)\n  on conflict do nothing", pieces[2].Text)
	require.Len(t, sqlscript.Statement{Text: "create table a (x int)", Line: 1}.WithoutSemicolons(), 1)
}

// Whatever a stranger writes is cut into pieces that are in it, in order, and in time.
func FuzzStatements(f *testing.F) {
	f.Add("CREATE TABLE a (b text DEFAULT $x$;$x$); -- c;\n/* d; */ \\c x\nE'\\'';\"e;\"")
	f.Add("create function f() begin atomic case; end; end; copy t from stdin;\n1\n\\.\nx")
	f.Add("create rule r as (;)\\gexec\n\\g\n)))")
	f.Add("ñ$1$;\\\n;'\\")
	f.Fuzz(func(t *testing.T, text string) {
		line := 0
		for _, each := range sqlscript.Statements(text) {
			require.NotEmpty(t, strings.TrimSpace(each.Text))
			require.LessOrEqual(t, each.Line, strings.Count(text, "\n")+1)
			require.Positive(t, each.Line)
			if each.Kind != sqlscript.Psql {
				require.GreaterOrEqual(t, each.Line, line)
				line = each.Line
			}
			each.Class()
			each.FirstWords()
			for _, piece := range each.WithoutSemicolons() {
				require.Contains(t, each.Text, piece.Text)
				require.NotEmpty(t, piece.Text)
			}
		}
	})
}

// A script that is made to be slow takes no longer than its length explains.
func TestLongScripts(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"commands":   strings.Repeat("\\x\n", 300_000),
		"inside one": "select 1\n" + strings.Repeat("\\x\n", 300_000),
		"statements": strings.Repeat(";a", 500_000),
		"dollars":    strings.Repeat("$a ", 300_000),
		"comments":   strings.Repeat("/*", 500_000),
	} {
		require.NotPanics(t, func() { sqlscript.Statements(text) }, name)
	}
}
