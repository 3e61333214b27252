package database

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Clone makes a database from another one to which nobody is connected, with the rights that
// the owner and the probe have in a submission's own. It copies files and runs nothing that is
// in them. admin is a session of RoleAdmin in another database. The refusal is the server's,
// most often for want of room.
func Clone(ctx context.Context, lab Lab, admin *Connection, from, to string) (*Refusal, error) {
	name := pgx.Identifier{to}.Sanitize()
	owner := pgx.Identifier{lab.Access(takehome.RoleOwner).User}.Sanitize()
	probe := pgx.Identifier{lab.Access(takehome.RoleProbe).User}.Sanitize()
	for _, sql := range []string{
		"CREATE DATABASE " + name + " TEMPLATE " + pgx.Identifier{from}.Sanitize() + " STRATEGY FILE_COPY",
		"REVOKE ALL ON DATABASE " + name + " FROM PUBLIC",
		"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE " + name + " TO " + owner,
		"GRANT CONNECT ON DATABASE " + name + " TO " + probe,
	} {
		answer, err := admin.Run(ctx, sql)
		if err != nil {
			return nil, fmt.Errorf("copy the database %s: %w", from, err)
		}
		if answer.Refusal != nil {
			return answer.Refusal, nil
		}
	}
	return nil, nil //nolint:nilnil // it is there, and nothing was refused
}
