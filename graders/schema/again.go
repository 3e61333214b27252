package schema

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/ddl"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// secondRun is what a second run of the SQL did to a copy of the database.
type secondRun struct {
	refused int
	changed string // the first difference to the schema before, in words; "" for none
}

// copyName is the copy of the submission's database for the second run.
const copyName = "takehome_again"

// statistics is the database of the server that is not the submission's.
const statistics = "postgres"

// copyDatabase makes a copy of the submission's database. Nobody may be connected to it,
// so this comes before anything else. CREATE DATABASE copies files and runs nothing of the
// candidate's.
func (r *grading) copyDatabase(ctx context.Context) error {
	admin, err := database.Connect(ctx, r.session.Lab, takehome.RoleAdmin, database.Options{Database: statistics, Patience: 30 * time.Second})
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }() // nothing is open in it
	owner := r.session.Lab.Access(takehome.RoleOwner)
	var refusal *database.Refusal
	for _, sql := range []string{
		// Settings that the script gave to its own role would be in every session of ours.
		fmt.Sprintf("alter role %s reset all", live.Quote(owner.User)),
		fmt.Sprintf("alter role %s in database %s reset all", live.Quote(owner.User), live.Quote(owner.Database)),
		// A session that the script left behind, as dblink can, is over.
		fmt.Sprintf("select pg_terminate_backend(pid, 1000) from pg_stat_activity where datname = '%s'", owner.Database),
	} {
		answer, err := admin.Run(ctx, sql)
		if err != nil {
			return err
		}
		refusal = cmp.Or(refusal, answer.Refusal)
	}
	if refusal == nil {
		if refusal, err = database.Clone(ctx, r.session.Lab, admin, owner.Database, copyName); err != nil {
			return err
		}
	}
	if refusal != nil { // a script may have left no room for it
		r.out.Notes = append(r.out.Notes, "the database could not be copied ("+refusal.SQLState+"), so that the SQL was not run a second time")
		return nil
	}
	r.copied = true
	return nil
}

var fillsTables = regexp.MustCompile(`(?i)^(?:insert|copy|with|update|merge)\b`)

// applyAgain runs the SQL once more, on the copy.
func (r *grading) applyAgain(ctx context.Context) (secondRun, error) {
	result, err := ddl.Apply(ctx, r.session.Lab, r.applied.Source, ddl.Options{Database: copyName})
	if err != nil {
		return secondRun{}, fmt.Errorf("apply the SQL a second time: %w", err)
	}
	again := secondRun{refused: len(result.Refused())}
	probe, err := database.Connect(ctx, r.session.Lab, takehome.RoleProbe, database.Options{Database: copyName})
	if err != nil {
		return again, err
	}
	defer func() { _ = probe.Close(context.WithoutCancel(ctx)) }() // the database goes with the lab
	after, err := live.Read(ctx, probe)
	if err != nil {
		return again, err
	}
	again.changed = difference(r.schema, after)
	fills := false
	for _, step := range result.Steps {
		fills = fills || fillsTables.MatchString(step.SQL)
	}
	if again.changed == "" && fills {
		again.changed, err = r.moreRows(ctx, probe)
	}
	return again, err
}

// difference says what a second run added, in words; "" for nothing.
func difference(before, after live.Schema) string {
	if len(after.Tables) != len(before.Tables) {
		return fmt.Sprintf("a second run makes %d tables of %d", len(after.Tables), len(before.Tables))
	}
	for i, table := range before.Tables {
		twin := after.Tables[i]
		for _, each := range []struct {
			what      string
			then, now int
		}{
			{"columns", len(table.Columns), len(twin.Columns)},
			{"constraints", len(table.Keys) + len(table.ForeignKeys) + len(table.Checks), len(twin.Keys) + len(twin.ForeignKeys) + len(twin.Checks)},
			{"indexes", len(table.Indexes), len(twin.Indexes)},
			{"triggers", len(table.Triggers), len(twin.Triggers)},
		} {
			if each.then != each.now {
				return fmt.Sprintf("a second run makes %d %s of %d on %s", each.now, each.what, each.then, named(table))
			}
		}
	}
	return ""
}

// moreRows compares how many rows there are.
func (r *grading) moreRows(ctx context.Context, probe *database.Connection) (string, error) {
	for _, table := range r.schema.Tables {
		sql := "select count(*) from " + table.SQL()
		before, err := r.probe.Run(ctx, sql)
		if err != nil {
			return "", err
		}
		after, err := probe.Run(ctx, sql)
		if err != nil {
			return "", err
		}
		if before.Refusal == nil && after.Refusal == nil && before.Text(0, 0) != after.Text(0, 0) {
			return fmt.Sprintf("a second run makes %s rows of %s in %s", after.Text(0, 0), before.Text(0, 0), named(table)), nil
		}
	}
	return "", nil
}
