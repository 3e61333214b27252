package schema

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/ddl"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// grading is one run of a Grader.
type grading struct {
	*Grader
	session takehome.Session
	runner  *script.Runner
	round   *script.Round
	out     takehome.Judgement

	// owner made everything and may change it; probe reads, and admin looks at the catalog
	// and at statistics alone.
	owner, probe, admin *database.Connection

	applied ddl.Result
	copied  bool // there is a copy of the database as it was when the SQL was applied
	schema  live.Schema
	mapping mapping.Mapping
	words   mapping.Words
	diagram diagramFacts

	experiments experiments
	volume      volume
}

// Grade applies the submission's SQL, reads the schema, maps it and observes every check.
func (g *Grader) Grade(ctx context.Context, session takehome.Session) (takehome.Judgement, error) {
	run := &grading{Grader: g, session: session, words: mapping.ShopWords(), out: takehome.Judgement{Evidence: map[string][]takehome.Evidence{}}}
	run.runner = &script.Runner{
		Lab: session.Lab, Ledger: &script.Ledger{}, Seed: session.Seed, Results: map[string]takehome.Finding{},
		Owners: owners(),
	}
	run.runner.Probes = probes(run)
	run.round = &script.Round{Runner: run.runner, Checks: g.checks, Watch: session.Watch, Prevented: run.nothingApplied}
	err := run.walk(ctx)
	run.disconnect(ctx)
	run.round.Complete(&run.out)
	return run.out, errors.Join(append(run.round.Problems, err)...)
}

// walk takes the run from station to station.
func (r *grading) walk(ctx context.Context) error {
	stations := []struct {
		name string
		do   func(context.Context) error
	}{
		{"apply", r.apply},
		{"read", r.read},
		{"diagram", func(context.Context) error { return r.lookAtDiagram() }},
		{"checks", func(ctx context.Context) error { return r.round.Run(ctx, &r.out) }},
	}
	for _, station := range stations {
		if err := script.Phase(r.session, &r.out, station.name, func() error { return station.do(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

// apply runs the submission's SQL as the owner.
func (r *grading) apply(ctx context.Context) error {
	source, err := ddl.Find(r.session.Submission.Dir)
	if err != nil {
		return fmt.Errorf("look for the SQL of the submission: %w", err)
	}
	if r.applied, err = ddl.Apply(ctx, r.session.Lab, source, ddl.Options{}); err != nil {
		return fmt.Errorf("apply the SQL of the submission: %w", err)
	}
	r.out.Notes = append(r.out.Notes, r.applied.Notes...)
	if layout := r.applied.Source.Layout; layout != "" {
		r.out.Binding = append(r.out.Binding, takehome.BindingEntry{
			Name: "SQL", Value: layout, Source: fmt.Sprintf("applied in %d statements, %d of them refused", len(r.applied.Steps), len(r.applied.Refused())), Confidence: 100,
		})
	}
	if err := r.copyDatabase(ctx); err != nil {
		return err
	}
	return r.connect(ctx)
}

// connect opens the sessions of the checks, after the submission's own has ended.
func (r *grading) connect(ctx context.Context) (err error) {
	for _, session := range []struct {
		role takehome.Role
		into **database.Connection
	}{{takehome.RoleOwner, &r.owner}, {takehome.RoleProbe, &r.probe}, {takehome.RoleAdmin, &r.admin}} {
		if *session.into, err = database.Connect(ctx, r.session.Lab, session.role, database.Options{}); err != nil {
			return err
		}
	}
	return nil
}

func (r *grading) disconnect(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	for _, connection := range append(r.experiments.sessions, r.owner, r.probe, r.admin) {
		if connection != nil {
			_ = connection.Close(ctx) // the database goes with the lab
		}
	}
}

// read takes the schema from the catalog and finds out what plays which part in it.
func (r *grading) read(ctx context.Context) (err error) {
	if r.schema, err = live.Read(ctx, r.probe); err != nil {
		return err
	}
	override, err := mapping.ReadOverride(r.session.Submission.Dir)
	if err != nil {
		return fmt.Errorf("read what the submission states: %w", err)
	}
	r.mapping = mapping.Find(r.schema, override)
	r.out.Binding = append(r.out.Binding, r.mapping.Entries()...)
	r.out.Notes = append(r.out.Notes, r.mapping.Notes...)
	return nil
}

// Operations of checks that can be observed where no table came of the submission.
const (
	operationApply = "apply" // its SQL
	operationFiles = "files" // its other files: the diagram, the design
)

// nothingApplied blocks everything that needs a table when there is none, under the first
// check about applying the SQL.
func (r *grading) nothingApplied(check takehome.Check) (cause string) {
	if len(r.schema.Tables) > 0 || check.Operation == operationApply || check.Operation == operationFiles {
		return ""
	}
	first := slices.IndexFunc(r.checks, func(c script.Check) bool { return c.Operation == operationApply })
	if first < 0 {
		return ""
	}
	return r.checks[first].ID
}

// table is the table that plays a role; false where there is none to be relied on.
func (r *grading) table(role mapping.Role) (live.Table, bool) {
	name, ok := r.mapping.Table(role)
	if !ok {
		return live.Table{}, false
	}
	return r.schema.Table(name)
}

// column is the column of a role's field, and the table that it is in.
func (r *grading) column(role mapping.Role, field mapping.Field) (live.Table, live.Column, bool) {
	choice, ok := r.mapping.Column(role, field)
	if !ok {
		return live.Table{}, live.Column{}, false
	}
	table, ok := r.schema.Table(choice.Table)
	if !ok {
		return live.Table{}, live.Column{}, false
	}
	column, ok := table.Column(choice.Column)
	return table, column, ok
}
