package sandbox

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// login connects as a role; where says how, "" is the socket.
func login(t *testing.T, lab *Lab, access takehome.Access, where string) (*pgx.Conn, error) {
	t.Helper()
	config, err := pgx.ParseConfig("host=/x sslmode=disable user=x password=x dbname=x")
	require.NoError(t, err)
	config.User, config.Password, config.Database = access.User, access.Password, access.Database
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		if where != "" {
			return lab.Dial(ctx, "tcp", where)
		}
		return lab.Dial(ctx, access.Network, access.Address)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err == nil {
		t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	}
	return conn, err
}

func mustLogin(t *testing.T, lab *Lab, role takehome.Role) *pgx.Conn {
	t.Helper()
	conn, err := login(t, lab, lab.Access(role), "")
	require.NoError(t, err)
	return conn
}

func sqlState(err error) string {
	if said, ok := err.(*pgconn.PgError); ok { //nolint:errorlint // a helper of tests
		return said.Code
	}
	return fmt.Sprint(err)
}

func TestRolesMayWhatTheyNeedAndNoMore(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	owner, probe, admin := mustLogin(t, lab, takehome.RoleOwner), mustLogin(t, lab, takehome.RoleProbe), mustLogin(t, lab, takehome.RoleAdmin)
	database := lab.Access(takehome.RoleOwner).Database
	const denied, readOnly = "42501", "25006"
	cases := []struct {
		who   string
		conn  *pgx.Conn
		sql   string
		state string
	}{
		{"owner", owner, "create table todos (id serial primary key, title text)", ""},
		{"owner", owner, "insert into todos (title) values ('a')", ""},
		{"owner", owner, "create extension pgcrypto", ""},
		{"owner", owner, "create schema more", ""},
		{"owner", owner, "drop schema public cascade", ""},
		{"owner", owner, "create schema public", ""},
		{"owner", owner, "create table public.todos (id serial primary key, title text)", ""},
		{"owner", owner, "alter database " + database + " set search_path = pg_temp", denied},
		{"owner", owner, "create database other", denied},
		{"owner", owner, "create role other", denied},
		{"owner", owner, "copy (select 1) to program 'true'", denied},
		{"owner", owner, "alter system set work_mem = '1GB'", denied},
		{"owner", owner, "set temp_file_limit = '10GB'", denied},
		{"owner", owner, "select pg_read_file('/etc/passwd')", denied},
		{"probe", probe, "select * from public.todos", ""},
		{"probe", probe, "insert into public.todos (title) values ('x')", readOnly},
		{"probe", probe, "create table public.x (id int)", readOnly},
		{"admin", admin, "select count(*) from pg_catalog.pg_class", ""},
	}
	for _, test := range cases {
		_, err := test.conn.Exec(t.Context(), test.sql)
		if test.state == "" {
			require.NoError(t, err, "%s: %s", test.who, test.sql)
			continue
		}
		require.Equal(t, test.state, sqlState(err), "%s: %s", test.who, test.sql)
	}
	_, err := probe.Exec(t.Context(), "set default_transaction_read_only = off")
	require.NoError(t, err)
	_, err = probe.Exec(t.Context(), "delete from public.todos")
	require.Equal(t, denied, sqlState(err), "also without its read-only default the probe may only read")

	for setting, want := range map[string]string{
		"search_path": "pg_catalog, pg_temp", "row_security": "off", "lock_timeout": "500ms", "statement_timeout": "5s",
	} {
		var got string
		require.NoError(t, probe.QueryRow(t.Context(), "select current_setting($1)", setting).Scan(&got))
		require.Equal(t, want, got, setting)
	}
	var limit int
	require.NoError(t, admin.QueryRow(t.Context(), "select rolconnlimit from pg_roles where rolname = $1", lab.Access(takehome.RoleOwner).User).Scan(&limit))
	require.Equal(t, 100, limit)

	statistics := lab.Access(takehome.RoleAdmin)
	statistics.Database = "postgres"
	watcher, err := login(t, lab, statistics, "")
	require.NoError(t, err)
	var calls int
	require.NoError(t, watcher.QueryRow(t.Context(),
		"select count(*) from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = $1", database).Scan(&calls))
	require.Positive(t, calls)
}

// Whatever the program can reach needs a password that it was not told.
func TestNobodyLogsInWithoutAPassword(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	owner, admin := lab.Access(takehome.RoleOwner), lab.Access(takehome.RoleAdmin)
	for name, access := range map[string]takehome.Access{
		"no password":           {User: owner.User, Database: owner.Database},
		"the superuser":         {User: "postgres", Password: "postgres", Database: "postgres"},
		"the first password":    {User: "postgres", Password: lab.engine.grader.secret, Database: "postgres"},
		"the admin, guessed":    {User: admin.User, Password: owner.Password, Database: "postgres"},
		"the admin, without":    {User: admin.User, Database: "postgres"},
		"the template's owner":  {User: "takehome_owner", Database: owner.Database},
		"another database":      {User: owner.User, Password: owner.Password, Database: "postgres"},
		"the template database": {User: owner.User, Password: owner.Password, Database: "template1"},
	} {
		_, err := login(t, lab, access, "127.0.0.1:5432")
		require.Error(t, err, name)
		_, broken := err.(*takehome.Fault) //nolint:errorlint // only a bare one would be
		require.False(t, broken, name)
	}
	_, err := login(t, lab, owner, "127.0.0.1:5432")
	require.NoError(t, err)

	var stored string
	require.NoError(t, mustLogin(t, lab, takehome.RoleAdmin).QueryRow(t.Context(),
		"select string_agg(left(rolpassword, 5), ',' order by rolname) from pg_authid where rolpassword is not null").Scan(&stored))
	require.Equal(t, "SCRAM,md5"+"", stored[:9])
}

func TestProxyModesAsAClientSeesThem(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	owner := lab.Access(takehome.RoleOwner)
	const local = "127.0.0.1:5432"
	conn, err := login(t, lab, owner, local)
	require.NoError(t, err)
	counts, err := lab.Connections(t.Context())
	require.NoError(t, err)
	require.Equal(t, takehome.Connections{Other: 1, Open: 1}, counts)
	given, err := login(t, lab, owner, net.JoinHostPort(lab.given.String(), "5432"))
	require.NoError(t, err)
	counts, err = lab.Connections(t.Context())
	require.NoError(t, err)
	require.Equal(t, takehome.Connections{Given: 1, Other: 1, Open: 2}, counts)

	require.NoError(t, lab.Proxy(t.Context(), takehome.ProxyMode{Kind: takehome.ProxyDelay, Delay: 200 * time.Millisecond}))
	begun := time.Now()
	require.NoError(t, given.Ping(t.Context()))
	require.GreaterOrEqual(t, time.Since(begun), 200*time.Millisecond)

	require.NoError(t, lab.Proxy(t.Context(), takehome.ProxyMode{Kind: takehome.ProxyBlackHole}))
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, given.Ping(short), context.DeadlineExceeded)

	require.NoError(t, lab.Proxy(t.Context(), takehome.ProxyMode{Kind: takehome.ProxyRefuse}))
	require.Error(t, conn.Ping(t.Context()), "an open connection is reset")
	begun = time.Now()
	_, err = login(t, lab, owner, local)
	require.ErrorContains(t, err, "refused")
	require.Less(t, time.Since(begun), 2*time.Second, "at once")
	require.NoError(t, mustLogin(t, lab, takehome.RoleProbe).Ping(t.Context()), "we still reach the database")

	require.NoError(t, lab.Proxy(t.Context(), takehome.ProxyMode{Kind: takehome.ProxyLimit, Limit: 1}))
	_, err = login(t, lab, owner, local)
	require.NoError(t, err)
	_, err = login(t, lab, owner, local)
	require.ErrorContains(t, err, "53300")

	require.NoError(t, lab.Proxy(t.Context(), takehome.ProxyMode{Kind: takehome.ProxyPass}))
	_, err = login(t, lab, owner, local)
	require.NoError(t, err)
	require.Equal(t, takehome.Author, takehome.OwnerOf(lab.Proxy(t.Context(), takehome.ProxyMode{Kind: "explode"})))
}

func TestTheProgramMayUseAHundredConnections(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	owner := lab.Access(takehome.RoleOwner)
	for range 100 {
		_, err := login(t, lab, owner, "127.0.0.1:5432")
		require.NoError(t, err)
	}
	_, err := login(t, lab, owner, "127.0.0.1:5432")
	require.ErrorContains(t, err, "53300")
	require.NoError(t, mustLogin(t, lab, takehome.RoleProbe).Ping(t.Context()))
	require.NoError(t, mustLogin(t, lab, takehome.RoleAdmin).Ping(t.Context()))
}

// A program that fills its database gets an error; the server, and our own view of it,
// live on.
func TestAFullDatabaseIsAnErrorAndNotTheEnd(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	owner := mustLogin(t, lab, takehome.RoleOwner)
	_, err := owner.Exec(t.Context(), "create table heap (filler text storage external)")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	const diskFull = "53100"
	for {
		_, err = owner.Exec(ctx, "insert into heap select repeat(md5(i::text), 200) from generate_series(1, 10000) i")
		if err != nil {
			break
		}
	}
	require.Equal(t, diskFull, sqlState(err))
	t.Cleanup(func() {
		if words, err := lab.engine.tail(context.WithoutCancel(t.Context()), lab.containerName(roleDatabase), 2000); t.Failed() {
			t.Log(string(words), err)
		}
	})
	var size int64
	require.NoError(t, mustLogin(t, lab, takehome.RoleProbe).QueryRow(ctx, "select pg_table_size('public.heap')").Scan(&size))
	require.Greater(t, size, int64(300<<20))
	_, err = owner.Exec(ctx, "drop table heap")
	require.NoError(t, err)
	_, err = owner.Exec(ctx, "create table small (id int)")
	require.NoError(t, err)
}

func TestADatabaseThatIsTakenAwayIsNotTheProgramsDoing(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	timeout := 0
	require.NoError(t, lab.engine.cli.ContainerStop(t.Context(), lab.containerName(roleDatabase), container.StopOptions{Timeout: &timeout}))
	_, err := login(t, lab, lab.Access(takehome.RoleProbe), "")
	require.Error(t, err)
}
