package query

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

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

	delivered Delivery
	orders    []instruction // of indexes.sql
	wished    []wish
	measured
	compared
	kept bool   // the untouched copy
	time *timed // nil where no time was taken
}

// Grade reads what was handed in, measures it, and observes every check.
func (g *Grader) Grade(ctx context.Context, session takehome.Session) (takehome.Judgement, error) {
	run := &grading{Grader: g, session: session, out: takehome.Judgement{Evidence: map[string][]takehome.Evidence{}}}
	run.runner = &script.Runner{
		Lab: session.Lab, Ledger: &script.Ledger{}, Seed: session.Seed, Results: map[string]takehome.Finding{},
	}
	run.runner.Probes = probes(run)
	run.round = &script.Round{Runner: run.runner, Checks: g.checks, Watch: session.Watch}
	err := run.walk(ctx)
	run.round.Complete(&run.out)
	return run.out, errors.Join(append(run.round.Problems, err)...)
}

// walk takes the run from station to station.
func (r *grading) walk(ctx context.Context) error {
	for _, station := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"read", r.read},
		{"baseline", r.measureBaselineOnce},
		{"measure", r.observe},
		{"writes", r.measureWrites},
		{"time", r.compareTime},
		{"compare", r.compareFilled},
		{"checks", func(ctx context.Context) error { return r.round.Run(ctx, &r.out) }},
	} {
		if err := script.Phase(r.session, &r.out, station.name, func() error { return station.do(ctx) }); err != nil {
			return err
		}
	}
	r.exhibit()
	return nil
}

// observe counts and compares at the same time: each works in databases of its own.
func (r *grading) observe(ctx context.Context) error {
	if err := r.keepUntouched(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.measureSubmission(ctx) })
	group.Go(func() error { return r.compareSmall(ctx) })
	return group.Wait()
}

// read takes the files of the submission.
func (r *grading) read(ctx context.Context) (err error) {
	if r.delivered, err = readDelivery(r.session.Submission.Dir); err != nil {
		return err
	}
	survey, err := r.survey()
	if err != nil {
		return err
	}
	if r.unexplained(survey) && r.delivered.Notes.Found() {
		r.delivered.Explanation = r.delivered.Notes
	}
	ddl := r.delivered.ddl()
	var ofDataset []string
	if slices.ContainsFunc(ddl, dropsIndex) {
		if ofDataset, err = r.indexesOfDataset(ctx); err != nil {
			return err
		}
	}
	for _, statement := range ddl {
		r.orders = append(r.orders, r.task.instruct(statement, ofDataset))
	}
	r.wished = r.wishes(r.orders)
	return nil
}

// indexesOfDataset are the names of the indexes that the data set comes with.
func (r *grading) indexesOfDataset(ctx context.Context) ([]string, error) {
	probe, err := r.open(ctx, takehome.RoleProbe, r.task.Scales[0], r.patience.query)
	if err != nil {
		return nil, err
	}
	defer shut(ctx, probe)
	answer, err := probe.Run(ctx, "SELECT indexname FROM pg_catalog.pg_indexes WHERE schemaname = 'public'")
	if err != nil {
		return nil, fmt.Errorf("list the indexes of the data set: %w", err)
	}
	if answer.Refusal != nil {
		return nil, fmt.Errorf("list the indexes of the data set: %s", answer.Refusal.Message)
	}
	var names []string
	for row := range answer.Rows {
		names = append(names, answer.Text(row, 0))
	}
	return names, nil
}
