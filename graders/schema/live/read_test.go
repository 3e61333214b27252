package live_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// shop has one of everything that is read.
var shop = []string{
	`create extension citext`,
	`create schema sales`,
	`create type status as enum ('open', 'paid')`,
	`create domain money_amount as numeric(10,2) not null check (value >= 0)`,
	`create domain price as money_amount`,
	`create table "User" (id bigint generated always as identity primary key, email citext not null, nick varchar(40) unique nulls not distinct,
	   born date, check (born is not null), created_at timestamptz default now())`,
	`comment on column "User".email is 'to log in'`,
	`create table sales.orders (id uuid, tenant int, user_id bigint references "User" on delete cascade deferrable, status status not null default 'open',
	   total price, vat numeric(10,2) generated always as (1) stored, primary key (id, tenant)) partition by list (tenant)`,
	`create table sales.orders_1 partition of sales.orders for values in (1)`,
	`create unlogged table log (line text, other int[] check (cardinality(other) > 0), constraint pair unique (line, other))`,
	`create table sales.note (order_id uuid, tenant int, foreign key (order_id, tenant) references sales.orders)`,
	`create index on sales.orders (user_id) include (total) where user_id is not null`,
	`create unique index lower_nick on "User" (lower(nick), id)`,
	`create view v as select 1`,
	`create function f() returns trigger language plpgsql as 'begin return new; end'`,
	`create trigger t before insert on log for each row execute function f()`,
	`create rule r as on delete to log do instead nothing`,
	`create temp table pg_class (x int)`,
}

func TestRead(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	owner, err := database.Connect(t.Context(), lab, takehome.RoleOwner, database.Options{})
	require.NoError(t, err)
	for _, sql := range shop {
		answer, err := owner.Run(t.Context(), sql)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal, sql)
	}
	var readings []live.Schema
	for _, role := range []takehome.Role{takehome.RoleProbe, takehome.RoleAdmin} {
		connection, err := database.Connect(t.Context(), lab, role, database.Options{})
		require.NoError(t, err)
		schema, err := live.Read(t.Context(), connection)
		require.NoError(t, err)
		readings = append(readings, schema)
	}
	require.Equal(t, readings[0], readings[1])
	schema := readings[0]

	var names []string
	for _, table := range schema.Tables {
		names = append(names, table.String())
	}
	require.Equal(t, []string{"User", "log", "sales.note", "sales.orders"}, names, "no partition, nothing temporary")
	require.Equal(t, []live.Enum{{Name: live.Name{Schema: "public", Name: "status"}, Labels: []string{"open", "paid"}}}, schema.Enums)
	require.Equal(t, []string{"citext"}, schema.Extensions)
	require.Equal(t, []live.Name{{Schema: "public", Name: "v"}}, schema.Views)
	require.Equal(t, []live.Name{{Schema: "public", Name: "f"}}, schema.Routines, "none of an extension's")
	require.Len(t, schema.Domains, 2)
	require.Equal(t, live.Domain{Name: live.Name{Schema: "public", Name: "price"}, Base: "numeric", NotNull: true}, schema.Domains[1])
	require.False(t, schema.Truncated)

	user := schema.Tables[0]
	require.Equal(t, []string{"id"}, user.PrimaryKey())
	require.Equal(t, []live.Key{
		{Name: "User_pkey", Columns: []string{"id"}, Primary: true},
		{Name: "User_nick_key", Columns: []string{"nick"}, NullsNotDistinct: true},
	}, user.Keys)
	email, ok := user.Column("email")
	require.True(t, ok)
	require.Equal(t, live.Column{Name: "email", Number: 2, Type: "public.citext", Base: "citext", Category: "S", Modifier: -1, NotNull: true, Comment: "to log in"}, email)
	born, _ := user.Column("born")
	require.True(t, born.NotNull, "a check is as good")
	created, _ := user.Column("created_at")
	require.Equal(t, "now()", created.Default)
	require.Equal(t, "lower((nick)::text)", indexNamed(t, user, "lower_nick").Expression)
	require.Equal(t, []string{"", "id"}, indexNamed(t, user, "lower_nick").Columns)

	orders := schema.Tables[3]
	require.True(t, orders.Partitioned)
	total, _ := orders.Column("total")
	require.Equal(t, "numeric", total.Base)
	require.Equal(t, 10<<16|2+4, total.Modifier, "that of the domain")
	require.True(t, total.NotNull)
	require.Equal(t, &live.Name{Schema: "public", Name: "price"}, total.Domain)
	status, _ := orders.Column("status")
	require.Equal(t, &live.Name{Schema: "public", Name: "status"}, status.Enum)
	require.Equal(t, "E", status.Category)
	vat, _ := orders.Column("vat")
	require.True(t, vat.Generated)
	require.Empty(t, vat.Default)
	require.Equal(t, []live.ForeignKey{{
		Name: "orders_user_id_fkey", Columns: []string{"user_id"}, Target: user.Name, TargetKey: []string{"id"},
		OnDelete: "c", OnUpdate: "a", Deferrable: true, Valid: true,
	}}, orders.ForeignKeys)
	index := indexNamed(t, orders, "orders_user_id_total_idx")
	require.Equal(t, []string{"user_id"}, index.Columns)
	require.Equal(t, []string{"total"}, index.Included)
	require.Equal(t, "(user_id IS NOT NULL)", index.Predicate)
	require.Equal(t, []string{"int8_ops"}, index.Classes)
	require.True(t, indexNamed(t, orders, "orders_pkey").Primary)

	note := schema.Tables[2]
	require.Len(t, note.ForeignKeys, 1, "one, though its target has partitions")
	require.Equal(t, []string{"id", "tenant"}, note.ForeignKeys[0].TargetKey)

	log := schema.Tables[1]
	require.True(t, log.Unlogged)
	require.Equal(t, 1, log.Rules)
	require.Len(t, log.Triggers, 1)
	require.Equal(t, "f", log.Triggers[0].Function.Name)
	require.Equal(t, []live.Check{{Name: "log_other_check", Columns: []string{"other"}, Definition: "CHECK ((cardinality(other) > 0))", Valid: true}}, log.Checks)
	other, _ := log.Column("other")
	require.Equal(t, "_int4", other.Base)
}

func indexNamed(t *testing.T, table live.Table, name string) live.Index {
	t.Helper()
	for _, index := range table.Indexes {
		if index.Name == name {
			return index
		}
	}
	require.Fail(t, "no index "+name)
	return live.Index{}
}

// TestReadIsBounded makes more than is read.
func TestReadIsBounded(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	owner, err := database.Connect(t.Context(), lab, takehome.RoleOwner, database.Options{Patience: time.Minute})
	require.NoError(t, err)
	answer, err := owner.Run(t.Context(), `do $$ begin for i in 1..410 loop execute format('create table t%s (a int, b text default %L)', i, repeat('x', 3000)); end loop; end $$`)
	require.NoError(t, err)
	require.Nil(t, answer.Refusal)
	probe, err := database.Connect(t.Context(), lab, takehome.RoleProbe, database.Options{MaxBytes: 1 << 20, Patience: time.Minute})
	require.NoError(t, err)
	schema, err := live.Read(t.Context(), probe)
	require.NoError(t, err)
	require.True(t, schema.Truncated)
	require.Len(t, schema.Tables, 400)
}
