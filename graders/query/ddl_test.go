package query

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sqlscript"
)

func everything() Spec {
	return Spec{Allow: []string{"index", "extended_statistics", "statistics_target", "extension", "drop_index"}}
}

func TestStatementsAreKnownByWhatTheyMake(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]order{
		"create index on orders (status)":                        orderRun,
		"CREATE /* fast */ UNIQUE\n-- really\n INDEX x ON t (a)": orderRun,
		"create index concurrently if not exists a on t (b)":     orderRun,
		"create statistics s on a, b from t":                     orderRun,
		"alter table t alter column a set statistics 500":        orderRun,
		"alter table t alter a set statistics 5, add b int":      orderDeny,
		"create extension if not exists pg_trgm":                 orderRun,
		"create extension plpython3u":                            orderDeny,
		"create extension if not exists pg_stat_statements":      orderSkip,
		"drop index a":                         orderRun,
		"drop table a":                         orderDeny,
		"analyze orders":                       orderSkip,
		"vacuum (analyze) orders":              orderSkip,
		"begin":                                orderSkip,
		"set work_mem = '16MB'":                orderSet,
		"alter role app set work_mem = '16MB'": orderSet,
		"alter system set jit = off":           orderForge,
		"alter role app superuser":             orderForge,
		"insert into orders values (1)":        orderForge,
		"do $$ begin perform 1; end $$":        orderForge,
		"create or replace function f() returns int as 'select 1'": orderForge,
		"create operator = (function = f)":                         orderForge,
		"create materialized view v as select 1":                   orderDeny,
		"create or replace temp view v as select 1":                orderDeny,
		"create table t as select 1":                               orderDeny,
		"alter table t enable row level security":                  orderDeny,
		"cluster t using a":                                        orderDeny,
		"selec 1":                                                  orderDeny,
		"createindex on t (a)":                                     orderDeny,
		"create index_of_things":                                   orderDeny,
	} {
		made := everything().instruct(sqlscript.Statement{Text: text, Line: 3}, nil)
		require.Equal(t, want, made.order, text)
		require.Equal(t, made.order == orderRun || made.order == orderSet, made.reason == "", text)
	}
	without := Spec{}.instruct(sqlscript.Statement{Text: "create index on t (a)"}, nil)
	require.Equal(t, orderDeny, without.order)
	require.Equal(t, "this challenge does not allow indexes", without.reason)
}

func TestAScriptMayDropItsOwnIndexes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]order{
		"drop index if exists mine": orderRun, "DROP INDEX CONCURRENTLY IF EXISTS public.Mine, other CASCADE": orderRun, `drop index "Orders_pkey"`: orderRun,
		"drop index orders_pkey": orderDeny, "drop index if exists mine, public.ORDERS_PKEY restrict": orderDeny, `drop index public."orders_pkey"`: orderDeny,
	} {
		made := Spec{Allow: []string{"index"}}.instruct(sqlscript.Statement{Text: text}, []string{"orders_pkey"})
		require.Equal(t, want, made.order, text)
	}
}

func TestTablesOfWhichThePlannerKnowsNothingAreAnalysed(t *testing.T) {
	t.Parallel()
	for text, table := range map[string]string{
		"create index on orders (status)":                           "",
		"create index on orders (lower(status))":                    "orders",
		"create index on public.orders using gin ((data -> 'a'))":   "public.orders",
		`create index x on "Orders" ((a || b))`:                     `"Orders"`,
		"create statistics s (mcv) on city, country from customers": "customers",
		"alter table only orders alter column a set statistics 500": "orders",
	} {
		require.Equal(t, table, everything().instruct(sqlscript.Statement{Text: text}, nil).table, text)
	}
}

func TestSettingsAreThoseATeamMayMake(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"set work_mem = '16MB'": "", "SET LOCAL work_mem TO '64MB'": "", "set work_mem = 4096": "",
		"set work_mem = '65MB'":                    "work_mem may be",
		"set work_mem = '1GB'":                     "work_mem may be",
		"set work_mem = '16 parsecs'":              "work_mem may be",
		"set random_page_cost = 1.1":               "",
		"set random_page_cost = 0.1":               "random_page_cost may be",
		"set random_page_cost = 1e0":               "random_page_cost may be",
		"set session effective_cache_size = '4GB'": "",
		"set plan_cache_mode = force_custom_plan":  "",
		"set plan_cache_mode = fast":               "plan_cache_mode is",
		"set enable_seqscan = off":                 "not among the settings",
		"set fsync = off":                          "not among the settings",
		"set jit = off":                            "",
		"set jit = on":                             "not among the settings",
		"set max_parallel_workers_per_gather = 0":  "",
		"set max_parallel_workers_per_gather = 4":  "not among the settings",
		"alter role app set work_mem = '8MB'":      "",
		"set role postgres":                        "only SET name = value",
		"set session authorization postgres":       "only SET name = value",
		"set work_mem = '8MB'; drop table t":       "work_mem may be",
		"set search_path = evil, public":           "not among the settings",
		"set statement_timeout = 0":                "not among the settings",
	} {
		made := readWish(text, 1)
		if reason == "" {
			require.Empty(t, made.reason, text)
		} else {
			require.Contains(t, made.reason, reason, text)
		}
	}
}

func FuzzStatementsOfStrangers(f *testing.F) {
	for _, seed := range []string{"create index on t (a)", "set work_mem = '1MB'", "/* /* */ select 1", "-- x", "alter table \"a b\" alter c set statistics 1", "'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, statement := range sqlscript.Statements(strings.ToValidUTF8(text, "?")) {
			made := everything().instruct(statement, nil)
			require.NotEmpty(t, made.kind)
			require.True(t, utf8.ValidString(performed{instruction: made}.words()))
			wished := readWish(statement.Text, 1)
			for _, setting := range granted([]wish{wished}) {
				require.Contains(t, permitted(), setting.Name)
			}
		}
	})
}
