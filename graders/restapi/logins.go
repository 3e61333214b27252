package restapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// loginPatience bounds everything that is done with one login.
const loginPatience = 20 * time.Second

// statistics is the database of the server that holds pg_stat_statements.
const statistics = "postgres"

// as does something with a login of its own. The owner's login has no more rights than the
// program itself; the admin's is for catalog and statistics and never touches a
// candidate's object.
func as(ctx context.Context, lab takehome.Lab, role takehome.Role, database string, do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, loginPatience)
	defer cancel()
	access := lab.Access(role)
	if database == "" {
		database = access.Database
	}
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		return fmt.Errorf("make a configuration: %w", err)
	}
	config.Host, config.Port = "pod", 5432
	config.Database, config.User, config.Password = database, access.User, access.Password
	config.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"pod"}, nil }
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return lab.Dial(ctx, access.Network, access.Address)
	}
	config.Fallbacks, config.TLSConfig = nil, nil
	config.RuntimeParams["search_path"] = "pg_catalog, pg_temp"
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to the submission's database as %s: %w", role, err)
	}
	err = do(ctx, connection)
	closing, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer stop()
	_ = connection.Close(closing) // its work is done, and the database goes with the lab
	return err
}

// count asks the admin for one number.
func count(ctx context.Context, lab takehome.Lab, database, sql string, arguments ...any) (number int64, err error) {
	err = as(ctx, lab, takehome.RoleAdmin, database, func(ctx context.Context, connection *pgx.Conn) error {
		return connection.QueryRow(ctx, sql, arguments...).Scan(&number)
	})
	if err != nil {
		return 0, fmt.Errorf("ask the database server: %w", err)
	}
	return number, nil
}

// refusedBySQL tells an answer of the database, which is about the candidate's tables, from a broken pod.
func refusedBySQL(err error) bool {
	_, ok := errors.AsType[*pgconn.PgError](err)
	return ok
}
