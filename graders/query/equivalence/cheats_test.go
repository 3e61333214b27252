package equivalence_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/query/equivalence/footprint"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// cheat is a case of the hostile corpus: what is tried, and what each guard has to say to it.
type cheat struct {
	id    string
	ddl   []string // each with the SQLSTATE it ends in before it: "42501|alter system …"
	query string
	// small is the outcome on small databases, changed that on the data set after changes.
	small, changed equivalence.Outcome
	patience       time.Duration // for one statement; most would have no end
	state          string        // SQLSTATE of a refusal
	forbidden      string        // one change that the footprint shows
}

const (
	counting = `select status, count(*) as n from orders group by status`
	filling  = `insert into orders select g, null, (array['paid','open','lost'])[1 + g % 3], '2024-01-01', 0 from generate_series(1, 600) g`
	// keptAnswer is right as long as nobody looks closely.
	keptAnswer = `select status, n from answer where (select count(*) from orders) > 100
		union all select status, count(*) from orders where (select count(*) from orders) <= 100 group by status`
)

func cheats() []cheat {
	const (
		equal     = equivalence.Equal
		different = equivalence.Different
		refused   = equivalence.Refused
	)
	return []cheat{
		{
			id: "SQ-01 the server's files and settings",
			ddl: []string{
				`42501|copy orders to program 'id'`, `42501|copy orders from '/etc/passwd'`, `42501|alter system set fsync = on`,
				`42501|create extension pg_stat_statements`, `42501|select lo_import('/etc/passwd')`,
			},
			query: `select pg_read_file('/etc/passwd'), 1`, small: refused, state: "42501",
		},
		{
			id: "SQ-02 code that runs when somebody reads or writes",
			ddl: []string{
				`|create function grab() returns text language plpgsql as $$ begin execute format('alter role %I superuser', current_user); return 'paid'; end $$`,
				`|create function grabbing() returns trigger language plpgsql as $$ begin perform grab(); return new; end $$`,
				`|create trigger grabbing before insert on orders for each row execute function grabbing()`,
			},
			query: counting, small: refused, state: "42501", forbidden: "trigger orders.grabbing added",
		},
		{
			id:    "SQ-02 a function in the query",
			ddl:   []string{`|create function grab() returns text language plpgsql as $$ begin execute format('alter role %I superuser', current_user); return 'paid'; end $$`},
			query: `select grab(), 1::bigint`, small: refused, state: "25006", forbidden: "function grab added",
		},
		{
			id: "SQ-02 row security that hides rows",
			ddl: []string{
				`|alter table orders enable row level security`, `|alter table orders force row level security`,
				`|create policy few on orders using (id < 3)`,
			},
			query: counting, small: refused, state: "42501", forbidden: "policy orders.few added",
		},
		{
			id: "SQ-03 functions and operators that hide those of the server",
			ddl: []string{
				`|create function hide(varchar, varchar) returns bool language sql immutable as $$ select true $$`,
				`|create operator public.= (function = hide, leftarg = varchar, rightarg = varchar)`,
				`|create table public.pg_class (relname text)`,
			},
			query: counting, small: equal, forbidden: "operator = added",
		},
		{
			id:    "SQ-03 a temporary table",
			ddl:   []string{`|create temporary table orders as select 'paid'::text as status`, `|create temporary table pg_class (relname text)`},
			query: counting, small: equal,
		},
		{
			id:    "SQ-04 a view instead of a table",
			ddl:   []string{`|alter table orders rename to hidden`, `|create view orders as select * from hidden where id < 4`},
			query: counting, forbidden: "table orders dropped",
		},
		{
			id: "SQ-06 a table with the answer", ddl: []string{`|create table answer as ` + counting},
			query: `select * from answer`, small: different, changed: different, forbidden: "table answer added",
		},
		{
			id: "SQ-06 a materialised view", ddl: []string{`|create materialized view answer as ` + counting},
			query: `select * from answer`, small: different, changed: different, forbidden: "materialized view answer added",
		},
		{
			id: "SQ-06 an answer that is kept for large tables alone", ddl: []string{`|create table answer as ` + counting},
			query: keptAnswer, small: equal, changed: different, forbidden: "table answer added",
		},
		{
			id: "SQ-06 an answer that is written down", query: `select * from (values ('paid', 200::bigint), ('open', 200), ('lost', 200)) as x(status, n)`,
			small: different, changed: different,
		},
		{
			id:    "SQ-06 an answer that is written down for large tables alone",
			query: strings.ReplaceAll(keptAnswer, "from answer", "from (values ('paid', 200::bigint), ('open', 200), ('lost', 200)) as x(status, n)"),
			small: equal, changed: different,
		},
		{
			id:    "SQ-06 a function that says it never changes",
			ddl:   []string{`|create function known() returns bigint immutable language plpgsql as 'begin return (select count(*) from public.orders); end'`},
			query: counting + ` having known() = (select count(*) from orders)`, small: different, changed: different, forbidden: "function known added",
		},
		{id: "SQ-07 NULL, cases and spaces", query: `select lower(trim(status)), count(total) from orders group by 1`, small: different},
		{id: "SQ-08 a query that sleeps", query: `select pg_sleep(100)::text, 1::bigint`, small: refused, state: "57014"},
		{
			id:    "SQ-08 a recursion without an end",
			query: `with recursive r(n) as (select 1 union all select 1 from r) select max(n)::text, count(*) from r`, small: refused, state: "57014",
		},
		{
			id:    "SQ-08 a product without a condition",
			query: `select 'x', count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b`, small: refused, state: "57014",
		},
		{
			id:    "SQ-09 settings from within the query",
			query: `select set_config('statement_timeout', '0', false) || pg_sleep(100)::text, 1::bigint`, small: refused, state: "57014",
		},
		{
			id:    "SQ-09 settings of the role",
			ddl:   []string{`|alter role current_user set statement_timeout = 0`, `|alter role current_user set search_path = pg_temp`, `|alter role current_user set enable_seqscan = off`},
			query: counting, small: equal, forbidden: "setting enable_seqscan added",
		},
		{
			id:    "SQ-10 locks that stay",
			query: `select status, count(*) from orders, (select pg_advisory_lock(1)) as l group by status`, small: equal, changed: equal,
		},
		{id: "SQ-10 locks on rows", query: `select status, 1::bigint from orders for update`, small: refused, state: "25006"},
		{
			id:    "SQ-12 room for sorting",
			query: `select max(x), count(*) from (select repeat(g::text, 200) as x from generate_series(1, 10000000) g order by 1 offset 1) y`, patience: time.Minute, small: refused, state: "53400",
		},
		{
			id:    "SQ-13 the sessions of others",
			query: `select pg_terminate_backend(pid)::text, 1::bigint from pg_stat_activity where pid <> pg_backend_pid()`, small: refused, state: "42501",
		},
		{
			id:    "SQ-13 its own sessions, of which some are ours",
			query: `select pg_terminate_backend(pid)::text, 1::bigint from pg_stat_activity where usename = current_user`, small: refused, state: "42501",
		},
		{
			id: "SQ-14 transactions that are left", ddl: []string{`|listen storm`, `|begin`, `55000|prepare transaction 'left'`},
			query: `select status, count(*) from orders where (select pg_notify('storm', repeat('x', 7000)) is not null) group by status`, small: equal,
		},
		{id: "SQ-15 a long field", query: `select repeat('x', 100000000), 1::bigint`, patience: time.Minute, small: refused, state: "54000"},
		{id: "SQ-15 many rows", query: `select 'x', generate_series(1, 10000000::bigint)`, patience: time.Minute, small: refused, state: "53400"},
		{id: "SQ-15 many columns", query: `select ` + strings.Repeat(`1, `, 1599) + `1`, small: different},
		{id: "SQ-16 a second statement", query: counting + `; drop table orders`, small: refused, state: "42601"},
		{id: "SQ-16 the end of the transaction", query: `commit`, small: refused, state: "42601"},
		{id: "SQ-16 nothing at all", query: `-- nothing`, small: refused, state: "42601"},
		{id: "SQ-16 a query that writes", query: `with gone as (delete from orders returning status) select status, count(*) from gone group by status`, small: refused, state: "25006"},
		{id: "SQ-17 a message for the terminal", query: `select (E'\x1b[31m\u202e<script>')::int::text, 1::bigint`, small: refused, state: "22P02"},
		{
			id: "SQ-17 a flood of notices",
			ddl: []string{`|create function noisy() returns text language plpgsql as $$ begin perform set_config('client_min_messages', 'notice', true);
				for i in 1..100000 loop raise notice '%', repeat('x', 1000); end loop; return 'x'; end $$`},
			query: `select noisy(), 1::bigint`, patience: time.Minute, small: refused, state: "54000", forbidden: "function noisy added",
		},
		{id: "SQ-18 a plan that is told", query: `select status as "Index Only Scan", count(*) as "cost=0.00..0.01" /* Buffers: shared hit=1 */ from orders group by status`, small: equal, changed: equal},
		{id: "SQ-18 a plan for an answer", query: `explain ` + counting, small: refused, state: "42601"},
	}
}

// TestCheats tries each one in a shop of its own making, all in one lab. No cheat may harm
// what comes after it.
func TestCheats(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	admin := shop.connect(t, takehome.RoleAdmin, database.Options{})
	probe := shop.connect(t, takehome.RoleProbe, database.Options{})
	of := task{given: counting}
	for _, each := range cheats() {
		t.Run(each.id, func(t *testing.T) {
			question := of.question()
			question.Statement = max(each.patience, 900*time.Millisecond)
			shop.renew(t)
			cases, changes := shop.casesAndChanges(t, of)
			if each.small != "" {
				session := shop.try(t, each)
				verdict, err := equivalence.Small(t.Context(), session, question, cases, each.query)
				require.NoError(t, err)
				require.Equal(t, each.small, verdict.Outcome, "%+v", verdict)
				require.Equal(t, each.state, verdict.SQLState, "%+v", verdict)
				require.Equal(t, takehome.Clean(verdict.Reason), verdict.Reason)
				require.Equal(t, each.small == equivalence.Equal, verdict.Reason == "")
				answer, err := session.Run(t.Context(), `select count(*), current_setting('transaction_isolation'), current_setting('enable_seqscan') from orders`)
				require.NoError(t, err)
				require.Contains(t, []string{"0", ""}, answer.Text(0, 0), "what was stored was not taken back: %+v", answer)
				require.NoError(t, session.Close(t.Context()))
				shop.renew(t)
			}
			shop.run(t, filling)
			before := shop.read(t, probe)
			session := shop.try(t, each)
			after := shop.read(t, probe)
			if each.changed != "" {
				verdict, err := equivalence.Changed(t.Context(), session, of.question(), [][]database.Value{nil}, each.query, changes)
				require.NoError(t, err)
				require.Equal(t, each.changed, verdict.Outcome, "%+v", verdict)
				if verdict.Outcome == equivalence.Equal {
					require.Equal(t, len(changes), verdict.Moved, "every change moves the answer, or it proves nothing")
				}
			}
			forbidden := footprint.Forbidden(after.Since(before, []string{"index"}))
			if each.forbidden == "" {
				require.Empty(t, forbidden)
			} else {
				require.Contains(t, words(forbidden), each.forbidden)
			}
			_, err := footprint.Read(t.Context(), admin) // a superuser reads the catalog, and nothing happens
			require.NoError(t, err)
			answer, err := admin.Run(t.Context(), `select count(*) from pg_roles where rolsuper and rolname = $1`, shop.lab.Access(takehome.RoleOwner).User)
			require.NoError(t, err)
			require.Equal(t, "0", answer.Text(0, 0), "the owner became a superuser")
		})
	}
}

// try runs a cheat's DDL in a session of its own, and hands that out.
func (s *shop) try(t *testing.T, of cheat) *database.Connection {
	t.Helper()
	session := s.connect(t, takehome.RoleOwner, database.Options{Patience: max(of.patience, 18*time.Second) + 2*time.Second, MaxBytes: 8 << 20})
	for _, each := range of.ddl {
		state, statement, _ := strings.Cut(each, "|")
		answer, err := session.Run(t.Context(), statement)
		require.NoError(t, err)
		require.Equal(t, state, answer.State(), "%s: %+v", statement, answer.Refusal)
	}
	return session
}

// renew makes the tables anew, without rows.
func (s *shop) renew(t *testing.T) {
	t.Helper()
	_, err := s.owner.Run(t.Context(), `select 1`) // the session may have been ended by a cheat
	require.NoError(t, err)
	s.run(t, `drop schema public cascade`, `create schema public`, `alter role current_user reset all`)
	s.run(t, split(shopTables)...)
}

func (s *shop) casesAndChanges(t *testing.T, of task) ([]equivalence.Case, []tiny.Change) {
	t.Helper()
	maker, err := tiny.New(t.Context(), s.owner, tiny.Source{Query: of.given, Spec: tiny.Spec{Databases: 40}})
	require.NoError(t, err)
	databases, err := maker.Make(t.Context(), "cheats")
	require.NoError(t, err)
	changes, err := maker.Changes(t.Context(), "cheats")
	require.NoError(t, err)
	cases, err := equivalence.Ask(t.Context(), s.owner, of.question(), databases)
	require.NoError(t, err)
	return cases, changes
}

func (s *shop) read(t *testing.T, probe *database.Connection) footprint.Catalog {
	t.Helper()
	catalog, err := footprint.Read(t.Context(), probe)
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

// SQ-11: whatever the owner takes, there is room for us.
func TestFloodOfConnections(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	var last error
	for range 110 {
		connection, err := database.Connect(t.Context(), shop.lab, takehome.RoleOwner, database.Options{})
		if err != nil {
			last = err
			break
		}
		t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) }) // the lab goes anyway
	}
	require.ErrorContains(t, last, "53300")
	shop.connect(t, takehome.RoleProbe, database.Options{})
	shop.connect(t, takehome.RoleAdmin, database.Options{})
}

// SQ-12: a table that fills the disk is refused, and the server lives on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	patient := shop.connect(t, takehome.RoleOwner, database.Options{Patience: time.Minute})
	answer, err := patient.Run(t.Context(), `create table big as select g, repeat('0123456789', 190) as x from generate_series(1, 2000000) g`)
	require.NoError(t, err)
	require.Equal(t, "53100", answer.State(), "%+v", answer.Refusal)
	of := task{given: counting}
	cases := shop.cases(t, of, "1")
	require.Equal(t, equivalence.Equal, shop.small(t, of, cases, counting).Outcome)
}

// SQ-10: a session that holds a lock does not hold us up for long.
func TestLockOfAnotherSession(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	of := task{given: counting}
	cases := shop.cases(t, of, "1")
	holder := shop.connect(t, takehome.RoleOwner, database.Options{})
	for _, statement := range []string{`begin`, `lock table orders`} {
		answer, err := holder.Run(t.Context(), statement)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal)
	}
	verdict := shop.small(t, of, cases, counting)
	require.Equal(t, equivalence.Refused, verdict.Outcome)
	require.Equal(t, "55P03", verdict.SQLState)
}
