package footprint_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/footprint"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

type site struct {
	owner, probe *database.Connection
}

func open(t *testing.T) site {
	t.Helper()
	lab := sandboxtest.Open(t, nil)
	connect := func(role takehome.Role) *database.Connection {
		connection, err := database.Connect(t.Context(), lab, role, database.Options{})
		require.NoError(t, err)
		t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) }) // the lab goes anyway
		return connection
	}
	return site{owner: connect(takehome.RoleOwner), probe: connect(takehome.RoleProbe)}
}

func (s site) run(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		answer, err := s.owner.Run(t.Context(), statement)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal, "%s: %+v", statement, answer.Refusal)
	}
}

func (s site) read(t *testing.T) footprint.Catalog {
	t.Helper()
	catalog, err := footprint.Read(t.Context(), s.probe)
	require.NoError(t, err)
	return catalog
}

func words(changes []footprint.Change) []string {
	var found []string
	for _, change := range changes {
		found = append(found, change.String())
	}
	return found
}

// TestEveryKindIsSeen makes and takes back one thing after the other.
func TestEveryKindIsSeen(t *testing.T) {
	t.Parallel()
	site := open(t)
	site.run(t, `create table orders (id int primary key, customer text, total numeric(10,2) not null, data jsonb)`,
		`create index orders_customer on orders (customer)`, `insert into orders select g, 'c' || g % 3, g, '{}' from generate_series(1, 50) g`)
	allowed := []string{"index", "extended_statistics", "extension"}
	for _, each := range []struct {
		ddl, undo []string
		changes   []string
		allowed   bool
	}{
		{ddl: []string{`create index new on orders (total)`}, undo: []string{`drop index new`}, changes: []string{"index new on orders added"}, allowed: true},
		{ddl: []string{`create statistics st on customer, total from orders`}, undo: []string{`drop statistics st`}, changes: []string{"extended statistics st added"}, allowed: true},
		{ddl: []string{`create extension pg_trgm`}, undo: []string{`drop extension pg_trgm`}, changes: []string{"extension pg_trgm added"}, allowed: true},
		{ddl: []string{`analyze orders`}, undo: []string{`select 1`}, allowed: true},
		{ddl: []string{`drop index orders_customer`}, undo: []string{`create index orders_customer on orders (customer)`}, changes: []string{"index orders_customer on orders dropped"}},
		{ddl: []string{`alter table orders alter total set statistics 500`}, undo: []string{`alter table orders alter total set statistics -1`}, changes: []string{"statistics target orders.total added"}},
		{ddl: []string{`alter table orders alter total set (n_distinct = 1)`}, undo: []string{`alter table orders alter total reset (n_distinct)`}, changes: []string{"column option orders.total added"}},
		{ddl: []string{`alter table orders add check (total > 0)`}, undo: []string{`alter table orders drop constraint orders_total_check`}, changes: []string{"constraint orders.orders_total_check added"}},
		{ddl: []string{`alter table orders alter customer set not null`}, undo: []string{`alter table orders alter customer drop not null`}, changes: []string{"column orders.customer changed (NOT NULL)"}},
		{ddl: []string{`alter table orders alter customer set default 'x'`}, undo: []string{`alter table orders alter customer drop default`}, changes: []string{"column orders.customer changed (default)"}},
		{
			ddl: []string{`alter table orders add day int generated always as (id) stored`}, undo: []string{`alter table orders drop day`},
			changes: []string{"column orders.day added", "storage orders changed (file)"},
		},
		{ddl: []string{`create table cache (x int)`}, undo: []string{`drop table cache`}, changes: []string{"column cache.x added", "storage cache added", "table cache added"}},
		{ddl: []string{`create view cache as select 1 as x`}, undo: []string{`drop view cache`}, changes: []string{"view cache added"}},
		{ddl: []string{`create materialized view cache as select 1 as x`}, undo: []string{`drop materialized view cache`}, changes: []string{"materialized view cache added"}},
		{ddl: []string{`create schema evil`, `create sequence evil.s`}, undo: []string{`drop schema evil cascade`}, changes: []string{"schema evil added", "sequence evil.s added"}},
		{
			ddl:     []string{`create function lower(varchar) returns text language sql as $$ select 'forged' $$`},
			undo:    []string{`drop function public.lower(varchar)`},
			changes: []string{"function lower added"},
		},
		{
			ddl: []string{
				`create function eq(varchar, varchar) returns bool language sql as $$ select true $$`,
				`create operator public.= (function = eq, leftarg = varchar, rightarg = varchar)`,
			},
			undo:    []string{`drop operator public.= (varchar, varchar)`, `drop function eq(varchar, varchar)`},
			changes: []string{"function eq added", "operator = added"},
		},
		{
			ddl: []string{
				`create type mood as enum ('a')`, `create function mooded(mood) returns int language sql as $$ select 1 $$`,
				`create cast (mood as int) with function mooded(mood) as implicit`,
			},
			undo:    []string{`drop type mood cascade`},
			changes: []string{"cast public.mood to integer added", "function mooded added", "type mood added"},
		},
		{ddl: []string{`create domain small as int`}, undo: []string{`drop domain small`}, changes: []string{"type small added"}},
		{
			ddl: []string{
				`create function t() returns trigger language plpgsql as $$ begin return null; end $$`,
				`create trigger t before insert on orders for each row execute function t()`,
			},
			undo:    []string{`drop function t() cascade`},
			changes: []string{"function t added", "trigger orders.t added"},
		},
		{ddl: []string{`create rule r as on insert to orders do instead nothing`}, undo: []string{`drop rule r on orders`}, changes: []string{"rule orders.r added"}},
		{
			ddl:     []string{`alter table orders enable row level security`, `create policy p on orders using (id < 10)`},
			undo:    []string{`drop policy p on orders`, `alter table orders disable row level security`},
			changes: []string{"policy orders.p added", "table orders changed (row security)"},
		},
		{ddl: []string{`alter table orders set unlogged`}, undo: []string{`alter table orders set logged`}, changes: []string{"storage orders changed (file)", "table orders changed (persistence)"}},
		{ddl: []string{`alter table orders set (fillfactor = 50)`}, undo: []string{`alter table orders reset (fillfactor)`}, changes: []string{"table orders changed (options)"}},
		{ddl: []string{`cluster orders using orders_customer`}, undo: []string{`select 1`}, changes: []string{"storage orders changed (file)"}},
		{
			ddl: []string{`create table child () inherits (orders)`}, undo: []string{`drop table child`},
			changes: []string{"column child.customer added", "column child.data added", "column child.id added", "column child.total added", "storage child added", "table child added"},
		},
		{ddl: []string{`select lo_create(0)`}, undo: []string{`select lo_unlink(oid) from pg_largeobject_metadata`}, changes: []string{"large object large object 1 added"}},
		{ddl: []string{`alter role current_user set work_mem = '1GB'`}, undo: []string{`alter role current_user reset work_mem`}, changes: []string{"setting work_mem added"}},
		{ddl: []string{`create collation c from "C"`}, undo: []string{`drop collation c`}, changes: []string{"collation c added"}},
		{ddl: []string{`create text search configuration c (copy = english)`}, undo: []string{`drop text search configuration c`}, changes: []string{"text search configuration c added"}},
	} {
		before := site.read(t)
		site.run(t, each.ddl...)
		changes := site.read(t).Since(before, allowed)
		require.Equal(t, each.changes, words(changes), each.ddl)
		require.Equal(t, each.allowed, len(footprint.Forbidden(changes)) == 0, each.ddl)
		for _, change := range footprint.Forbidden(changes) {
			require.NotEmpty(t, change.Reason, change)
		}
		site.run(t, each.undo...)
	}
}

// A view in the place of a table, with every row of it, is not that table.
func TestAnotherTableOfTheSameName(t *testing.T) {
	t.Parallel()
	site := open(t)
	site.run(t, `create table orders (id int primary key)`)
	before := site.read(t)
	require.Equal(t, []string{"orders"}, before.Tables())
	site.run(t, `alter table orders rename to hidden`, `create view orders as select * from hidden`)
	require.Contains(t, words(site.read(t).Since(before, nil)), "table orders dropped")
	site.run(t, `drop view orders`, `create table orders (id int constraint orders_pkey2 primary key)`)
	require.Contains(t, words(site.read(t).Since(before, nil)), "table orders changed (another one of its name)")
}
