package rows

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// RoleGuest is a role that may read and write every table and owns none.
const RoleGuest takehome.Role = "guest"

// guestLab logs in as the guest, whatever role is asked for.
type guestLab struct {
	database.Lab
	access takehome.Access
}

func (g guestLab) Access(takehome.Role) takehome.Access { return g.access }

// Guest makes a role with a name that nobody can know, and a lab that logs in as it. The
// owner grants it what it needs: a superuser never touches an object of the submission's.
func Guest(ctx context.Context, lab database.Lab, admin, owner *database.Connection, schema live.Schema) (database.Lab, error) {
	access := lab.Access(takehome.RoleOwner)
	access.User, access.Password = "g_"+rand.Text(), rand.Text()
	for _, sql := range []string{
		"CREATE ROLE " + live.Quote(access.User) + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD " + Literal(Text(access.Password)),
		"GRANT CONNECT, TEMPORARY ON DATABASE " + live.Quote(access.Database) + " TO " + live.Quote(access.User),
	} {
		answer, err := admin.Run(ctx, sql)
		if err != nil {
			return nil, err
		}
		if answer.Refusal != nil {
			return nil, fmt.Errorf("make a guest role: %s (%s)", answer.Refusal.Message, answer.Refusal.SQLState)
		}
	}
	for _, name := range SearchPath(schema) {
		// What the owner cannot grant, it does not own; the guest is denied, and says nothing.
		for _, what := range []string{
			"USAGE ON SCHEMA ", "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ",
			"ALL ON ALL SEQUENCES IN SCHEMA ", "EXECUTE ON ALL ROUTINES IN SCHEMA ",
		} {
			if _, err := owner.Run(ctx, "GRANT "+what+live.Quote(name)+" TO "+live.Quote(access.User)); err != nil {
				return nil, err
			}
		}
	}
	return guestLab{Lab: lab, access: access}, nil
}
